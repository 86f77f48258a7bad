"""Parameters of the impedance spectra: a row of Table 2, the contact, the sweep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from lithode.cases.tang2026.measured import (
    ELECTRODE_RADIUS,
    PAPER,
    PELLET_THICKNESS,
    TABLE_2,
    CellImpedance,
    Electrode,
)
from lithode.core.axis import Axis
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.core.units import to_model
from lithode.spectroscopy.drt import MOST_POINTS
from lithode.theory.circuit import Element, Resistor, Scaled, Series, Zarc

FREQUENCY = Axis("frequency", "f", "Hz")
_OURS = "Lithode"
_DOCS = "docs/tang2026-impedance.md"
_INSTEAD = "instead of Table 2"


class Parameters(CaseParameters):
    """Parameters of the scenario."""

    resumable: ClassVar[frozenset[str]] = frozenset({"regularisation", "noise", "seed"})

    electrode: Electrode = choice(
        "Li", "bare or coated", source=f"{PAPER}, Table 2", provenance="paper"
    )
    cycle: int = count(150, "row of Table 2", source=f"{PAPER}, Table 2", provenance="paper", ge=0)
    geometry: Literal["layered", "disc", "strip", "box"] = choice(
        "layered",
        "flat interfaces (1D; voids are a circuit element), or partial contact: disc in a cylinder "
        "(axisymmetric), strip (2D), disc in a square period (3D)",
        source=_OURS,
        provenance="assumed",
    )
    bulk_resistivity: float | None = quantity(
        None, "ohm cm", f"R_b {_INSTEAD}", source="-", provenance="assumed", gt=0
    )
    grain_boundary_resistivity: float | None = quantity(
        None, "ohm cm", f"R_gb {_INSTEAD}", source="-", provenance="assumed", gt=0
    )
    interface_resistivity: float | None = quantity(
        None, "ohm cm", f"R_Interface {_INSTEAD}", source="-", provenance="assumed", gt=0
    )
    void_resistivity: float | None = quantity(
        None, "ohm cm", f"R_void {_INSTEAD}, if layered", source="-", provenance="assumed", ge=0
    )
    grain_boundary_frequency: float = quantity(
        5e5,
        "Hz",
        "its peak",
        source=f"{PAPER}, full cells: 0.5 MHz",
        provenance="paper",
        ge=1e-9,
        le=1e15,
    )
    grain_boundary_exponent: float = quantity(
        0.95, "", "of its constant-phase element", source=_OURS, provenance="assumed", gt=0, le=1
    )
    interface_frequency: float = quantity(
        300.0,
        "Hz",
        "its peak",
        source="Fig. 3 has no numbers",
        provenance="assumed",
        ge=1e-9,
        le=1e15,
    )
    interface_exponent: float = quantity(
        0.85, "", "of its constant-phase element", source=_OURS, provenance="assumed", gt=0, le=1
    )
    void_frequency: float = quantity(
        4e4,
        "Hz",
        "its peak, if layered",
        source=f"{PAPER} says 1e4 to 1e5 Hz only",
        provenance="assumed",
        ge=1e-9,
        le=1e15,
    )
    void_exponent: float = quantity(
        0.95, "", "of its constant-phase element", source=_OURS, provenance="assumed", gt=0, le=1
    )
    thickness: float = material(PELLET_THICKNESS, "of the electrolyte", gt=0)
    width: float = quantity(
        4500.0,
        "um",
        "radius of the cylinder or half of the period, if not layered",
        source=ELECTRODE_RADIUS.source,
        provenance="paper",
        gt=0,
    )
    contact_fraction: float = quantity(
        0.64,
        "",
        "touched part of the area, if not layered",
        source="so that R_void comes out with the default width",
        provenance="calibrated",
        gt=0,
        le=1,
    )
    loss: Literal["both", "one"] = choice(
        "both", "electrodes that lost contact", source=_OURS, provenance="assumed"
    )
    gap: float = quantity(
        10.0,
        "nm",
        "height of the voids over their relative permittivity",
        source="so that the peak lies between 1e4 and 1e5 Hz",
        provenance="calibrated",
        gt=0,
    )
    contact_cycle: int = count(
        20,
        "row of Table 2 whose R_Interface the touched area has, if not layered",
        source="the last one without R_void",
        provenance="assumed",
        ge=0,
    )
    lowest_frequency: float = quantity(
        1.0, "Hz", "start", source=f"{PAPER}, Methods", provenance="paper", ge=1e-9, le=1e15
    )
    highest_frequency: float = quantity(
        3e6, "Hz", "end", source=f"{PAPER}, Methods", provenance="paper", ge=1e-9, le=1e15
    )
    points_per_decade: int = count(10, "frequencies", source=_DOCS, provenance="numerical", ge=3)
    noise: float = quantity(
        0.0,
        "",
        "added to the spectrum before its analysis, over |Z|",
        source=_OURS,
        provenance="assumed",
        ge=0,
        lt=0.1,
    )
    seed: int = count(1, "of the noise", source=_OURS, provenance="sample", ge=0)
    regularisation: float = quantity(
        1e-3,
        "",
        "lambda of the distribution of relaxation times",
        source=f"{PAPER}, Methods",
        provenance="paper",
        gt=0,
    )
    refinement: float = quantity(
        60.0,
        "",
        "touched width over the element size at its edge",
        source=_DOCS,
        provenance="numerical",
        ge=4,
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "linear solver", source=_DOCS, provenance="numerical"
    )

    @property
    def row(self) -> CellImpedance:
        """The row of Table 2 that is looked at."""
        return self._row("cycle", self.cycle)

    def _row(self, field: str, cycle: int) -> CellImpedance:
        if (self.electrode, cycle) not in TABLE_2:
            known = ", ".join(str(n) for name, n in TABLE_2 if name == self.electrode)
            raise InputError(field, cycle, f"Table 2 has {known} for {self.electrode}")
        return TABLE_2[self.electrode, cycle]

    @property
    def is_layered(self) -> bool:
        """Whether it is in one dimension."""
        return self.geometry == "layered"

    @property
    def resistivities(self) -> tuple[float, float, float, float]:
        """R_b, R_gb, R_Interface of what is touched, and R_void of the circuit, in ohm cm."""
        row = self.row
        touched = row if self.is_layered else self._row("contact_cycle", self.contact_cycle)
        void = self.void_resistivity
        if void is None:
            void = row.void.value if row.void and self.is_layered else 0.0
        return (
            self.bulk_resistivity or row.bulk.value,
            self.grain_boundary_resistivity or row.grain_boundary.value,
            self.interface_resistivity or touched.interface.value,
            void,
        )

    @property
    def solid(self) -> Element:
        """Resistivity of the electrolyte, in Mohm m."""
        bulk, boundaries = (to_model(r, "ohm cm") for r in self.resistivities[:2])
        arc = Zarc(boundaries, self.grain_boundary_frequency, self.grain_boundary_exponent)
        return Series((Resistor(bulk), arc))

    @property
    def interface(self) -> Element:
        """Area-specific impedance of one electrode, half of what Table 2 gives for both."""
        half = [r * to_model(1.0, "ohm cm") * self.thickness / 2 for r in self.resistivities[2:]]
        elements: list[Element] = [Zarc(half[0], self.interface_frequency, self.interface_exponent)]
        if half[1]:
            elements.append(Zarc(half[1], self.void_frequency, self.void_exponent))
        return Series(tuple(elements))

    @property
    def formula(self) -> Element:
        """Impedance of the layered cell in closed form, in ohm m^2."""
        return Series((Scaled(self.solid, self.thickness), Scaled(self.interface, 2.0)))

    @property
    def frequencies(self) -> tuple[float, ...]:
        """Frequencies of the sweep in Hz.

        Raises:
            InputError: The end is not after the start, or they are too many.
        """
        low, high = self.lowest_frequency, self.highest_frequency
        if high < 10 * low:
            allowed = f"must be at least a decade above lowest_frequency = {low:g}"
            raise InputError("highest_frequency", high, allowed, "Hz")
        number = round(math.log10(high / low) * self.points_per_decade) + 1
        if number > MOST_POINTS:
            allowed = f"makes {number} frequencies, which must be at most {MOST_POINTS}"
            raise InputError("points_per_decade", self.points_per_decade, allowed)
        return tuple(np.geomspace(low, high, number).tolist())


PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {},
    "paper": {"points_per_decade": 20},
    "macroscopic": {"geometry": "disc"},
    "micron": {"geometry": "disc", "width": 50.0, "contact_fraction": 0.5},
    "3d": {
        "geometry": "box",
        "width": 50.0,
        "contact_fraction": 0.5,
        "refinement": 10.0,
        "points_per_decade": 8,
    },
}
"""Preset to the values it changes."""
