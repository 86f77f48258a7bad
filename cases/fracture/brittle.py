"""Brittle solids in plane strain, and straight cracks in them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.solvers.fracture.parameters import Numerics
from lithode.theory import fracture
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import Regularisation

DOCS = "docs/fracture.md"


class BrittleParameters(CaseParameters):
    """An elastic solid in which cracks are smeared."""

    regularisation: Literal["AT1", "AT2"] = choice(
        "AT1", "what a crack costs in the bulk", source=DOCS, provenance="assumed"
    )
    youngs_modulus: float = quantity(
        150.0, "GPa", "E", source="as LLZTO", provenance="assumed", gt=0
    )
    poissons_ratio: float = quantity(
        0.26, "", "nu", source="as LLZTO", provenance="assumed", gt=-1, lt=0.5
    )

    @property
    def law(self) -> Regularisation:
        """The regularisation."""
        return Regularisation(self.regularisation)

    @property
    def plane(self) -> Kinematics:
        """What the direction out of the mesh does."""
        return Kinematics.PLANE_STRAIN

    @property
    def stiffness(self) -> Stiffness:
        """Of the solid without damage."""
        return Stiffness.from_engineering(self.model_value("youngs_modulus"), self.poissons_ratio)

    @property
    def modulus(self) -> float:
        """E' in MPa."""
        modulus = self.model_value("youngs_modulus")
        return fracture.strip_modulus(modulus, self.poissons_ratio, self.plane)

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(relaxation=1.7)


class ToughParameters(BrittleParameters):
    """The same of a known fracture toughness."""

    fracture_toughness: float = quantity(
        1.0, "MPa*m^0.5", "K_IC", source="of the order of LLZTO", provenance="assumed", gt=0
    )

    @property
    def toughness(self) -> float:
        """G_c = K_IC^2 / E' in J/m^2."""
        return self.model_value("fracture_toughness") ** 2 / self.modulus


class StraightCrackParameters(ToughParameters):
    """A straight crack in it, along which the mesh is fine."""

    length_ratio: float = quantity(
        0.1, "", "l of the phase field over the size of the crack", source=DOCS,
        provenance="assumed", gt=0, le=0.5,
    )  # fmt: skip
    elements_per_length: int = count(
        4, "elements per l along the crack", source=DOCS, provenance="numerical", ge=2, le=40
    )

    @property
    @abstractmethod
    def crack_size(self) -> float:
        """Its length if it is at an edge, half of it inside of the solid, in um."""

    @property
    def length(self) -> float:
        """L of the phase field in um."""
        return self.length_ratio * self.crack_size

    @property
    def element_size(self) -> float:
        """H along the crack in um."""
        return self.length / self.elements_per_length

    @property
    def effective_toughness(self) -> float:
        """What a crack costs that is a row of elements wide, in J/m^2."""
        return fracture.effective_toughness(
            self.toughness, self.element_size, self.length, self.law
        )
