"""Parameters of a disc of lithium under surface energy alone."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.cases.verification import physics
from lithode.cases.verification.front import DOCS, FrontParameters
from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.parameters import fill, quantity
from lithode.solvers.electrodeposition.parameters import Numerics, Parameters

ROOM = 2.0
"""Side of the square over the radius."""


class DiscParameters(FrontParameters):
    """Parameters of the disc."""

    radius: float = quantity(10.0, "um", "at first", source="Lithode", provenance="assumed", gt=0)
    exchange_current_density: float = quantity(
        20.0, "A/m^2", "i_0", source="Lithode", provenance="assumed", gt=0
    )
    conductivity: float = quantity(
        100.0,
        "S/m",
        "of the electrolyte, so large that the reaction alone resists",
        source="Lithode",
        provenance="assumed",
        gt=0,
        le=1e6,
    )
    interface_width: float = fill(
        FrontParameters, "interface_width", 1.5, source=DOCS, provenance="numerical"
    )
    elements_per_width: float = fill(
        FrontParameters, "elements_per_width", 4.0, source=DOCS, provenance="numerical"
    )

    @property
    def mobility(self) -> float:
        """i_0 gamma V_m^2 / (F R T) in um^2/s: the speed over the curvature."""
        per_current = self.model_value("molar_volume") / FARADAY
        conductance = self.model_value("exchange_current_density") * inverse_thermal_voltage(
            self.temperature
        )
        return conductance * self.model_value("surface_energy") * per_current**2

    @property
    def duration(self) -> float:
        """Time in s in which a disc loses 0.4 of its area."""
        return 0.4 * self.radius**2 / (2 * self.mobility)

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
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(tolerance=self.time_tolerance, mechanics=False)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "fine": {"elements_per_width": 8.0},
}
