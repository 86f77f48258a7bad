"""The brittle solid of the verification cases of fracture."""

from __future__ import annotations

from typing import Literal

from lithode.core.parameters import CaseParameters, choice, quantity
from lithode.theory.elasticity import Stiffness
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
    def stiffness(self) -> Stiffness:
        """Of the solid without damage."""
        return Stiffness.from_engineering(self.model_value("youngs_modulus"), self.poissons_ratio)
