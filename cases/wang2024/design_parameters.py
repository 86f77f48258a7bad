"""Parameters of the scenarios that sweep the current density: criterion and gradient."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from lithode.cases.wang2024.layer import StackLayer
from lithode.cases.wang2024.measured import PAPER, SIDE_RESISTANCE
from lithode.cases.wang2024.stack import PlatingStack
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import choice, count, differences, fill, material, quantity
from lithode.core.units import from_model
from lithode.solvers.current_distribution.parameters import LithiumSurface, NucleationReaction
from lithode.theory import interlayer_design
from lithode.theory.interlayer_design import InterlayerDesign

_FLAT = "nothing varies along it: tests/cases/test_wang2024_design.py"


class DesignParameters(PlatingStack):
    """What the design criterion needs: the scenarios that sweep the current density."""

    resumable: ClassVar[frozenset[str]] = frozenset({"currents"})
    reach: ClassVar[frozenset[str]] = resumable

    currents: tuple[float, ...] = quantity(
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0, 3.5, 4.0),
        "mA/cm^2",
        "current densities of the sweep, rising",
        source=f"range of {PAPER}, Fig. 4e",
        provenance="paper",
    )
    porosity: float = quantity(
        0.447,
        "",
        "share of pores that lithium can fill",
        source=f"{PAPER}, Methods: 15 mg on 0.5 inch at 2.38 g/cm^3, taken as the 90 um",
        provenance="paper",
        gt=0,
        lt=1,
    )
    resistance: float = material(
        SIDE_RESISTANCE, "R of one side, from lithium to where it plates", gt=0
    )
    surface_energy: float = fill(
        PlatingStack,
        "surface_energy",
        0.0428,
        source="so that nucleation begins at 0.4 mA/cm^2 (Fig. 4e); that of the bulk is 0.5 J/m^2",
        provenance="calibrated",
    )
    critical_overpotential: float | None = quantity(
        None,
        "mV",
        "eta_c, instead of that of the contact angle",
        source="-",
        provenance="assumed",
        ge=0,
    )
    nucleation_conductance: float = quantity(
        4e8,
        "A/(V*m^3)",
        "g, plating at nuclei per overpotential beyond eta_c",
        source="Lithode; plates within 3 um where there is more than eta_c",
        provenance="assumed",
        gt=0,
    )
    onset_width: float = quantity(
        1.0, "mV", "over which nucleation sets in", source="Lithode", provenance="assumed", gt=0
    )
    tolerated_current: float = quantity(
        0.57,
        "mA/cm^2",
        "plating next to the electrolyte that it bears, two-potential model",
        source="so that 90 um of LNI-50CNT bear 0.62 mA/cm^2",
        provenance="calibrated",
        gt=0,
    )
    dimension: int = count(
        1, "of the two-potential model", source=_FLAT, provenance="numerical", ge=1, le=2
    )
    width: float = quantity(
        20.0, "um", "width, in 2 dimensions", source=_FLAT, provenance="numerical", gt=0
    )
    element_size: float = quantity(
        0.5,
        "um",
        "element size, mean in 1 and at both ends in 2 dimensions",
        source="docs/wang2024-criterion.md",
        provenance="numerical",
        gt=0,
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/numerics.md", provenance="numerical"
    )

    @property
    def eta_c(self) -> float:
        """Critical overpotential in V."""
        if self.critical_overpotential is not None:
            return self.model_value("critical_overpotential")
        return super().eta_c

    @property
    def growth_slope(self) -> float:
        """s_g in um per A/m^2."""
        return interlayer_design.growth_slope(
            self.model_value("duration"), self.model_value("molar_volume"), self.porosity
        )

    @property
    def is_calibrated(self) -> bool:
        """Whether resistance and critical overpotential are those that were tuned to LNI-CNT."""
        names = {"resistance", "surface_energy", "critical_overpotential"}
        return names.isdisjoint(differences(self, type(self)()))

    def design(
        self, thicknesses: tuple[float, ...], conductivities: tuple[float, ...]
    ) -> InterlayerDesign:
        """Return the closed form of a stack of layers.

        Args:
            thicknesses: In um, from lithium upwards.
            conductivities: Electronic, in S/cm.
        """
        return self.closed_form(
            thicknesses,
            conductivities,
            side=self.model_value("resistance"),
            porosity=self.porosity,
        )

    def design_of(self, layers: tuple[StackLayer, ...]) -> InterlayerDesign:
        """Return the closed form of layers, from lithium upwards."""
        return self.design(
            tuple(layer.thickness for layer in layers),
            tuple(layer.electronic for layer in layers),
        )

    @property
    def reaction(self) -> NucleationReaction:
        """Plating inside."""
        return NucleationReaction(
            self.model_value("nucleation_conductance"),
            self.eta_c,
            self.model_value("onset_width"),
        )

    @property
    def surface(self) -> LithiumSurface:
        """The lithium; its film makes up for what the kinetics lack of R at low currents.

        Raises:
            InputError: The kinetics alone have more than R.
        """
        kinetic = 1 / (inverse_thermal_voltage(self.temperature) * self.exchange_current_density)
        film = self.model_value("resistance") - kinetic
        if film < 0:
            allowed = f"must be at least RT/(F i_0) = {from_model(kinetic, 'ohm cm^2'):.3g}"
            raise InputError("resistance", self.resistance, allowed, "ohm cm^2")
        return LithiumSurface(self.exchange_current_density, self.symmetry_factor, film)

    def check_currents(self) -> None:
        """Refuse current densities that do not rise from above 0.

        Raises:
            InputError: They do not.
        """
        steps = np.diff([0.0, *self.currents])
        if not len(self.currents) or np.any(steps <= 0):
            given = ", ".join(f"{current:g}" for current in self.currents) or "unset"
            raise InputError("currents", given, "must rise from above 0", "mA/cm^2")
