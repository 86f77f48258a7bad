"""Parameters of one wave on a flat front in a single-ion conductor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from lithode.cases.verification import physics
from lithode.cases.verification.front import DOCS, FrontParameters
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.parameters import choice, quantity
from lithode.materials.library import LI3N, LITHIUM
from lithode.solvers.electrodeposition.parameters import Numerics, Parameters
from lithode.theory.elasticity import Stiffness
from lithode.theory.stability import FlatFront
from lithode.theory.wavy_interface import Sandwich

HEIGHT_OVER_WAVE = 1.5
"""Electrolyte above the front over the wavelength: tanh(k H) is 1 to 1e-8."""

LITHIUM_STIFFNESS = Stiffness.from_engineering(
    LITHIUM.youngs_modulus.model, LITHIUM.poissons_ratio.model
)
LI3N_STIFFNESS = Stiffness.from_engineering(
    LI3N.of("youngs_modulus").model, LI3N.of("poissons_ratio").model
)


class DispersionParameters(FrontParameters):
    """Parameters of the wave."""

    wave_number: float = quantity(
        0.5, "1/um", "k of the wave cos(k x)", source="Lithode", provenance="assumed", gt=0
    )
    current: float = quantity(
        0.5, "mA/cm^2", "held, plates", source="Lithode", provenance="assumed", gt=0
    )
    conductivity: float = quantity(
        0.1, "S/m", "of the electrolyte", source="as Li3N", provenance="assumed", gt=0, le=1e6
    )
    exchange_current_density: float = quantity(
        2000.0, "A/m^2", "i_0 of the front", source="Lithode", provenance="assumed", gt=0
    )
    eigenstrain: float = quantity(
        0.0,
        "",
        "K of lithium; 0 without stress",
        source="Lithode",
        provenance="assumed",
        ge=0,
        lt=0.1,
    )
    mechanical_factor: float = quantity(
        1.0, "", "C of the stress", source="thermodynamics", provenance="assumed", ge=0
    )
    amplitude: float = quantity(
        0.005,
        "",
        "of the wave at first, over its length",
        source=DOCS,
        provenance="numerical",
        gt=0,
        le=0.05,
    )
    front_relaxation: float = quantity(
        4.0, "", "b / (v d)", source=DOCS, provenance="numerical", ge=1, le=100
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "linear solvers", source="docs/numerics.md", provenance="numerical"
    )

    @property
    def flat_front(self) -> FlatFront:
        """The sharp front that is compared with."""
        return FlatFront(
            current=self.model_value("current"),
            conductivity=self.model_value("conductivity"),
            surface_energy=self.model_value("surface_energy"),
            molar_volume=self.model_value("molar_volume"),
            exchange=self.model_value("exchange_current_density"),
            f=inverse_thermal_voltage(self.temperature),
            pressure_slope=self.mechanical_factor * self.solids.pressure_slope,
        )

    @property
    def solids(self) -> Sandwich:
        """Lithium and Li3N between plates."""
        share = self.base_height / (self.base_height + self.electrolyte_height)
        return Sandwich.between_plates(LITHIUM_STIFFNESS, LI3N_STIFFNESS, self.eigenstrain, share)

    @property
    def wavelength(self) -> float:
        """2 pi / k in um."""
        return 2 * math.pi / self.wave_number

    @property
    def electrolyte_height(self) -> float:
        """From the front to where the current is held even, in um."""
        return HEIGHT_OVER_WAVE * self.wavelength

    @property
    def base_height(self) -> float:
        """Of lithium below the front in um; stress reaches about as far as the wave is long."""
        return 8 * self.profile_length + (0.8 if self.eigenstrain else 0.3) * self.wavelength

    @property
    def sharp_rate(self) -> float:
        """s(k) in 1/s."""
        return float(self.flat_front.growth_rate(self.wave_number, self.electrolyte_height))

    @property
    def scale(self) -> float:
        """Growth rate in 1/s that errors are held against: the fastest, or that of the wave."""
        return max(self.flat_front.fastest()[1], abs(self.sharp_rate))

    @property
    def duration(self) -> float:
        """Time in s in which the fastest wave grows by 0.3, or the front goes 1.5 widths."""
        speed = self.flat_front.speed
        return min(0.3 / self.scale, 1.5 * self.interface_width / speed)

    @property
    def model(self) -> Parameters:
        """Parameters of the electrodeposition model."""
        return physics.single_ion(
            profile_length=self.profile_length,
            conductivity=self.model_value("conductivity"),
            exchange=self.model_value("exchange_current_density"),
            surface_energy=self.model_value("surface_energy"),
            molar_volume=self.model_value("molar_volume"),
            temperature=self.temperature,
            current=self.model_value("current"),
            mechanical_factor=self.mechanical_factor,
            solids=self.solids,
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(
            solver=self.solver,
            tolerance=self.time_tolerance,
            relaxation=self.front_relaxation,
            mechanics=self.eigenstrain > 0,
        )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "fine": {"elements_per_width": 10.0},
}
