"""Parameters of the voids: the cell, its layers and loads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np

from lithode.cases.tang2026.measured import (
    HIGH_PRESSURE,
    LI3N_CONDUCTIVITY,
    LI3N_THICKNESS,
    PAPER,
    PELLET_THICKNESS,
    STACK_PRESSURE,
    TABLE_2,
    CellImpedance,
    Electrode,
)
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.core.units import to_model
from lithode.materials.library import LITHIUM, Value
from lithode.solvers.voids.balance import stripping_speed
from lithode.solvers.voids.parameters import Parameters as Model
from lithode.theory.creep import (
    diffusional_rate,
    rate_over_stress,
    strengthening,
    vacancy_current,
)

ELECTRODES: tuple[Electrode, ...] = ("Li", "Li3N")
_OURS = "Lithode"
_DOCS = "docs/tang2026-voids.md"

# Of small volumes of lithium.
_XU = "Xu et al., PNAS 114 (2017) 57"
_HERBERT = "Herbert et al., J. Mater. Res. 33 (2018) 1347"
PILLAR_STRENGTH = Value(105.0, "MPa", f"{_XU}: at 1 um and room temperature", "literature")
PILLAR_EXPONENT = Value(0.68, "", f"{_XU}: room temperature", "literature")
PILLAR_RATE = Value(5e-3, "1/s", f"of the tests of {_XU}, from memory", "assumed")
INDENT_SIZE = Value(0.04, "um", f"{_HERBERT}: depth", "literature")
INDENTS = (23.0, 0.195), (175.0, 1.364)
"""Hardness in MPa and strain rate in 1/s at that depth, from the same abstract."""
DIFFUSIONAL_CREEP = Value(
    round(sum(rate_over_stress(*indent) for indent in INDENTS) / len(INDENTS), 4),
    "1/(MPa s)",
    f"{_HERBERT}: rate over a third of the hardness, mean of the slowest and fastest test",
    "literature",
)
SELF_DIFFUSIVITY = Value(5.6e-15, "m^2/s", "lithium in lithium at 25 C, from memory", "assumed")
GRAIN_SIZE = Value(100.0, "um", "Yoon et al. (2023), 10.1039/d3ta03814a: in use", "literature")
LAYER_THICKNESS: Mapping[int, Value] = {
    1: Value(1.0, "um", f"{PAPER}, Fig. 1a; the text has no number", "paper"),
    3: LI3N_THICKNESS,
    6: Value(4.1, "um", f"{PAPER} gives none; parabolic growth from 3 min", "assumed"),
}
"""Minutes in N2 to the thickness of the Li3N layer."""
INITIAL_CONTACT: Mapping[int, Value] = {
    1: Value(0.98, "", f"{PAPER}: good contact", "assumed"),
    3: Value(0.98, "", f"{PAPER}: good contact", "assumed"),
    6: Value(0.7, "", f"{PAPER}: visible gaps, of no stated size", "assumed"),
}
"""Minutes in N2 to the contact fraction of new cells."""


class Parameters(CaseParameters):
    """Parameters of the scenario."""

    resumable: ClassVar[frozenset[str]] = frozenset(
        (
            "contact_fractions",
            "current",
            "capacity",
            "stack_pressures",
            "void_height",
            "creep_rate",
            "initial_contact",
            "strength",
            "pillar_strength",
            "pillar_exponent",
            "pillar_rate",
            "diffusional_creep",
            "vacancy_sinks",
            "self_diffusivity",
            "plating_back",
        )
    )
    reach: ClassVar[frozenset[str]] = frozenset({"contact_fractions"})

    contact_fractions: tuple[float, ...] = quantity(
        (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98),
        "",
        "touched part of the area, one solve each, rising",
        source=_DOCS,
        provenance="numerical",
    )
    stack_pressures: tuple[float, ...] = quantity(
        (1.0, STACK_PRESSURE.value, HIGH_PRESSURE.value),
        "MPa",
        "held constant",
        source=f"{PAPER}, Methods and text on Fig. S8; 1 MPa for comparison",
        provenance="paper",
    )
    current: float = quantity(
        0.5, "mA/cm^2", "of stripping", source=f"{PAPER}, Fig. 2c", provenance="paper", gt=0
    )
    capacity: float = quantity(
        4.0, "mAh/cm^2", "stripped", source=f"{PAPER}, Fig. 2c", provenance="paper", gt=0
    )
    creep_exponent: float = material(LITHIUM.creep_exponent, "n of rate = A sigma^n", ge=1, le=12)
    creep_rate: float = material(LITHIUM.creep_rate, "A: equivalent creep rate at 1 MPa", gt=0)
    strength: Literal["bulk", "size"] = choice(
        "bulk",
        "of lithium at voids: that of bulk metal, or of a volume as large as the void",
        source=_DOCS,
        provenance="assumed",
    )
    pillar_strength: float = material(PILLAR_STRENGTH, "of lithium of 1 um, strength=size", ge=0)
    pillar_exponent: float = material(PILLAR_EXPONENT, "strength over size", ge=0, le=2)
    pillar_rate: float = material(PILLAR_RATE, "strain rate of that strength", gt=0)
    diffusional_creep: float = material(
        DIFFUSIONAL_CREEP, "strain rate over stress by diffusion at 40 nm, strength=size", ge=0
    )
    vacancy_sinks: float | None = quantity(
        None,
        "um",
        "distance of the sinks of vacancies; unset: vacancies carry nothing",
        source=f"half of a grain: {GRAIN_SIZE.source}",
        provenance="assumed",
        gt=0,
    )
    self_diffusivity: float = material(SELF_DIFFUSIVITY, "of lithium, for vacancies", gt=0)
    plating_back: float | None = quantity(
        None,
        "",
        "share of uneven plating that returns into voids; unset: stripped one way",
        source="not in the text",
        provenance="assumed",
        ge=0,
        le=1,
    )
    tube_radius: float = quantity(
        50.0,
        "um",
        "b, half of the distance between voids",
        source="not in the text",
        provenance="assumed",
        gt=0,
    )
    void_height: float = quantity(
        0.5, "um", "h of the voids", source="not in the text", provenance="assumed", gt=0
    )
    cycle: int = count(
        0,
        "row of Table 2 that gives the resistances",
        source=f"{PAPER}, Table 2",
        provenance="paper",
        ge=0,
    )
    nitridation: Literal["1 min", "3 min", "6 min"] = choice(
        "3 min",
        "of the Li3N layer: its thickness and first contact",
        source=f"{PAPER}, Fig. 1a",
        provenance="paper",
    )
    layer_thickness: float | None = quantity(
        None,
        "um",
        "of the Li3N layer, instead of that of its time",
        source="-",
        provenance="assumed",
        gt=0,
    )
    initial_contact: float | None = quantity(
        None,
        "",
        "contact fraction before stripping, instead of that of the layers",
        source="-",
        provenance="assumed",
        gt=0,
        lt=1,
    )
    thickness: float = material(PELLET_THICKNESS, "of the electrolyte", gt=0)
    element_size: float = quantity(
        0.002,
        "",
        "at the edge of the contact, in tube radii",
        source=_DOCS,
        provenance="numerical",
        gt=0,
        le=0.02,
    )
    growth: float = quantity(
        1.6,
        "",
        "ratio of neighbouring element sizes",
        source=_DOCS,
        provenance="numerical",
        ge=1.1,
        le=2,
    )

    def check(self) -> None:
        """Refuse what single numbers do not show: contact fractions, pressures, resistances.

        Raises:
            InputError: There are such.
        """
        fractions = self.contact_fractions
        if len(fractions) < 2 or np.any(np.diff([0.0, *fractions, 1.0]) <= 0):
            allowed = "give at least two that rise between 0 and 1, both excluded"
            raise InputError("contact_fractions", _text(fractions), allowed)
        starts = [self.first_contact(electrode) for electrode in ELECTRODES]
        if min(starts) < fractions[0]:
            allowed = f"must not begin above {min(starts):g}, the contact before stripping"
            raise InputError("contact_fractions", _text(fractions), allowed)
        pressures = self.stack_pressures
        if not pressures or min(pressures) <= 0 or len(set(pressures)) < len(pressures):
            allowed = "give at least one, each once and greater than 0"
            raise InputError("stack_pressures", _text(pressures), allowed, "MPa")
        if self.tube_radius > self.thickness / 2:
            allowed = f"must be at most half of the thickness, {self.thickness / 2:g} um"
            raise InputError("tube_radius", f"{self.tube_radius:g}", allowed, "um")
        for electrode in ELECTRODES:
            self.wagner(electrode)

    def row(self, electrode: Electrode) -> CellImpedance:
        """Return the row of Table 2 of an electrode.

        Raises:
            InputError: There is none for the cycle.
        """
        if (electrode, self.cycle) not in TABLE_2:
            both = sorted(n for name, n in TABLE_2 if ("Li", n) in TABLE_2 and name == "Li3N")
            known = ", ".join(map(str, both))
            raise InputError("cycle", self.cycle, f"Table 2 has {known} for both electrodes")
        return TABLE_2[electrode, self.cycle]

    def resistivity(self, electrode: Electrode) -> float:
        """Return R_b + R_gb in ohm cm."""
        row = self.row(electrode)
        return row.bulk.value + row.grain_boundary.value

    def interface(self, electrode: Electrode) -> float:
        """Return the resistance of one interface that touches everywhere, in ohm cm^2.

        Table 2 gives two of them, with 3 min of Li3N: another thickness adds or takes its ohmic
        part.

        Raises:
            InputError: Nothing is left of it.
        """
        half = self.row(electrode).interface.value * 1e-4 * self.thickness / 2
        if electrode == "Li":
            return half
        more = 1e-4 * (self.layer - LI3N_THICKNESS.value) / LI3N_CONDUCTIVITY.value
        if half + more <= 0:
            raise InputError("thickness", self.thickness, "leaves no resistance to the layer", "um")
        return half + more

    @property
    def layer(self) -> float:
        """Thickness of the Li3N layer in um."""
        return self.layer_thickness or LAYER_THICKNESS[_minutes(self.nitridation)].value

    def first_contact(self, electrode: Electrode) -> float:
        """Return the contact fraction before stripping."""
        minutes = 3 if electrode == "Li" else _minutes(self.nitridation)
        return self.initial_contact or INITIAL_CONTACT[minutes].value

    def area_resistance(self, electrode: Electrode) -> float:
        """Return rho b, what resistances of the unit cell are measured in, in ohm cm^2."""
        return self.resistivity(electrode) * 1e-4 * self.tube_radius

    def wagner(self, electrode: Electrode) -> float:
        """Return R / (rho b)."""
        return self.interface(electrode) / self.area_resistance(electrode)

    def cell_resistance(self, electrode: Electrode) -> float:
        """Return the resistance of a cell that touches everywhere, in ohm cm^2."""
        solid = self.resistivity(electrode) * 1e-4 * self.thickness
        return solid + 2 * self.interface(electrode)

    def closing_ratio(self, pressure: float, current: float) -> float:
        """Return q = A p^n b over the stripping speed, for MPa and mA/cm^2."""
        closing = self.creep_rate * pressure**self.creep_exponent * self.tube_radius
        return float(closing / self.speed(current))

    def void_size(self, fraction: Any) -> Any:
        """Return the width in um of the void around a contact fraction, or its height if larger."""
        return np.maximum(self.tube_radius * (1 - np.sqrt(fraction)), self.void_height)

    def softening(self, fraction: Any) -> Any:
        """Return the rate of dislocation creep at a void over that of bulk metal."""
        if self.strength == "bulk":
            return np.ones_like(fraction)
        bulk = (self.pillar_rate / self.creep_rate) ** (1 / self.creep_exponent)
        size = self.void_size(fraction)
        stress = strengthening(size, self.pillar_strength, bulk, self.pillar_exponent)
        return stress**-self.creep_exponent

    def diffusion_rate(self, fraction: Any) -> Any:
        """Return strain rate over stress by diffusion at a void, in 1/(MPa s)."""
        if self.strength == "bulk":
            return np.zeros_like(fraction)
        size = self.void_size(fraction)
        return diffusional_rate(size, INDENT_SIZE.value, self.diffusional_creep)

    def carried(self, current: float) -> float:
        """Return the share of a current in mA/cm^2 that vacancies carry, at most 1."""
        if self.vacancy_sinks is None:
            return 0.0
        volume, diffusivity = LITHIUM.molar_volume.model, self.model_value("self_diffusivity")
        limit = vacancy_current(self.vacancy_sinks, diffusivity, volume)
        return min(limit / to_model(current, "mA/cm^2"), 1.0)

    def speed(self, current: float) -> float:
        """Return the speed in um/s at which a current in mA/cm^2 strips."""
        return stripping_speed(to_model(current, "mA/cm^2"), LITHIUM.molar_volume.model)

    def stripped(self, capacity: Any) -> Any:
        """Return the thickness in um of a capacity in mAh/cm^2."""
        return stripping_speed(to_model(capacity, "mAh/cm^2"), LITHIUM.molar_volume.model)

    @property
    def model(self) -> Model:
        """The parameters of the unit cell."""
        return Model(self.creep_exponent, {name: self.wagner(name) for name in ELECTRODES})


def _minutes(nitridation: str) -> int:
    return int(nitridation.split()[0])


def _text(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "unset"


PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {},
    "paper": {
        "element_size": 0.0005,
        "growth": 1.4,
        "contact_fractions": (
            *(0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55),
            *(0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99),
        ),
    },
}
"""Preset to the values it changes."""
