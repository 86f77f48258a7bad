"""Parameters of a bar that is pulled until it breaks everywhere at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lithode.cases.fracture.brittle import DOCS, BrittleParameters
from lithode.core.axis import Axis
from lithode.core.parameters import choice, count, quantity
from lithode.solvers.fracture.parameters import Numerics, Parameters, Region
from lithode.theory import fracture
from lithode.theory.elasticity import Kinematics

AXIS = Axis("stretch", "U", "um")
STRETCH = 1.3
"""Last strain over the one at the largest stress."""


class StrengthParameters(BrittleParameters):
    """Parameters of the bar."""

    kinematics: Literal["plane_strain", "plane_stress", "solid"] = choice(
        "plane_strain", "2D, or a cube", source=DOCS, provenance="assumed"
    )
    toughness: float = quantity(
        6.0, "J/m^2", "G_c", source="of the order of LLZTO", provenance="assumed", gt=0
    )
    length: float = quantity(
        1.0, "um", "l of the phase field", source=DOCS, provenance="assumed", gt=0
    )
    split: bool = choice(
        False, "whether what shrinks keeps its stiffness", source=DOCS, provenance="assumed"
    )
    elements: int = count(
        2, "along an edge", source="tests/verification/test_fracture.py", provenance="numerical",
        ge=1, le=100,
    )  # fmt: skip
    steps: int = count(130, "of the load", source=DOCS, provenance="numerical", ge=10, le=10000)

    @property
    def plane(self) -> Kinematics:
        """As chosen."""
        return Kinematics(self.kinematics)

    @property
    def dimension(self) -> int:
        """Of the mesh."""
        return 3 if self.kinematics == "solid" else 2

    @property
    def edge(self) -> float:
        """Edge of the bar in um: too short for damage to gather in a part of it."""
        return self.length / 2

    @property
    def strength(self) -> float:
        """Closed form, in MPa."""
        return fracture.strength(self.modulus, self.model_value("toughness"), self.length, self.law)

    @property
    def last_stretch(self) -> float:
        """Where the run ends, in um."""
        peak = fracture.peak_strain(
            self.modulus, self.model_value("toughness"), self.length, self.law
        )
        return STRETCH * peak * self.edge

    @property
    def model(self) -> Parameters:
        """Parameters of the model of fracture."""
        return Parameters(
            regions={"electrolyte": Region(self.stiffness, self.model_value("toughness"))},
            length=self.length,
            regularisation=self.law,
            kinematics=self.plane,
            split=self.split,
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved; damage that is even settles in two alternations."""
        return Numerics(relaxation=1.0)


PRESETS: Mapping[str, Mapping[str, object]] = {"standard": {}}
