"""Inputs of the model: how lithium deforms, and what the layer is held by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lithode.core.parameters import choice, material, quantity
from lithode.materials.library import LITHIUM
from lithode.materials.thermal import ThermalInputs
from lithode.solvers.electrodeposition.parameters import Stack
from lithode.theory.creep import PowerLaw

_DOCS = "docs/lithium-mechanics.md"


class MechanicsInputs(ThermalInputs):
    """Elasticity and creep of lithium, and the stack that presses on the layer."""

    lithium_youngs_modulus: float = material(
        LITHIUM.youngs_modulus, "Young's modulus of lithium", gt=0, le=1e4
    )
    lithium_poissons_ratio: float = material(
        LITHIUM.poissons_ratio, "Poisson's ratio of lithium", gt=-1, lt=0.45
    )
    lithium_mechanics: Literal["elastic", "creep"] = choice(
        "elastic",
        "lithium that is elastic, or that creeps by a power law",
        source=_DOCS,
        provenance="assumed",
    )
    creep_rate: float = material(
        LITHIUM.creep_rate, "A of rate = A sigma^n: equivalent creep rate at 1 MPa", gt=0, le=1e6
    )
    creep_exponent: float = material(LITHIUM.creep_exponent, "n of it", ge=1, le=12)
    creep_activation: float = material(LITHIUM.creep_activation, "of A", ge=0, le=5)
    stack: Literal["clamped", "pressed"] = choice(
        "clamped",
        "counter electrode that stays where it is, or that stack_pressure and a spring press on",
        source=_DOCS,
        provenance="assumed",
    )
    stack_pressure: float = quantity(
        5.0,
        "MPa",
        "on the counter electrode where it has not moved, if stack=pressed",
        source="usual of cells in the laboratory",
        provenance="assumed",
        ge=0,
        le=1e4,
    )
    stack_stiffness: float = quantity(
        0.0,
        "MPa/um",
        "of what is beyond the counter electrode, if stack=pressed; 0 holds the pressure",
        source="springs of cells are soft",
        provenance="assumed",
        ge=0,
        le=1e6,
    )

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV."""
        return {"creep_rate": self.creep_activation}

    @property
    def creep(self) -> PowerLaw | None:
        """The law of lithium that creeps, at the temperature of the run."""
        if self.lithium_mechanics == "elastic":
            return None
        return PowerLaw(self.thermal_value("creep_rate"), self.creep_exponent)

    @property
    def pressed(self) -> Stack | None:
        """What presses on the counter electrode."""
        if self.stack == "clamped":
            return None
        return Stack(self.model_value("stack_pressure"), self.model_value("stack_stiffness"))
