"""Inputs that know at which temperature their constants hold, and what others make of them.

Exchange currents, diffusivities, conductivities and creep follow Arrhenius' law from the
temperature at which they were measured. A constant without an activation energy holds at that
temperature alone, and any other one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, quantity
from lithode.materials.library import REFERENCE_TEMPERATURE
from lithode.theory import arrhenius


def activation_energy(
    meaning: str, default: float | None = None, source: str = "-", **kept: Any
) -> Any:
    """Declare an activation energy in eV, unset where none is known; see `quantity`."""
    return quantity(
        default, "eV", meaning, source=source, **{"provenance": "assumed", "ge": 0, "le": 5, **kept}
    )


def first_known(*energies: float | None) -> float | None:
    """Return the first activation energy that is known."""
    return next((energy for energy in energies if energy is not None), None)


class ThermalInputs(CaseParameters):
    """The temperature of a run, and the one at which its constants hold."""

    temperature: float = quantity(
        REFERENCE_TEMPERATURE,
        "K",
        "temperature",
        source="room temperature",
        provenance="assumed",
        ge=100,
        le=1000,
    )
    reference_temperature: float = quantity(
        REFERENCE_TEMPERATURE,
        "K",
        "at which the constants hold as they are given; activation energies lead elsewhere",
        source="room temperature",
        provenance="assumed",
        ge=100,
        le=1000,
    )

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """Activation energy in eV of every constant that moves with temperature; None: unknown."""
        return {}

    def thermal_factor(self, constant: str) -> float:
        """Return a constant at the temperature of the run over that at the reference temperature.

        Raises:
            InputError: It has no activation energy, and the two temperatures differ.
        """
        energy = self.activation_energies[constant]
        if self.temperature == self.reference_temperature:
            return 1.0
        if energy is None:
            allowed = (
                f"{constant} has no activation energy and holds at reference_temperature, "
                f"{self.reference_temperature:g} K"
            )
            raise InputError("temperature", self.temperature, allowed, "K")
        return arrhenius.factor(energy, self.temperature, self.reference_temperature)

    def thermal_value(self, constant: str) -> float:
        """Return a quantity at the temperature of the run, in the coherent units of the solvers.

        Raises:
            InputError: As `thermal_factor`.
        """
        return self.model_value(constant) * self.thermal_factor(constant)

    @model_validator(mode="after")
    def _known_at_this_temperature(self) -> Self:
        for constant in self.activation_energies:
            self.thermal_factor(constant)
        return self
