"""Parameters of a straight crack in a large block, filled with a growing volume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import model_validator

from lithode.cases.fracture.brittle import DOCS, StraightCrackParameters
from lithode.core.axis import Axis
from lithode.core.parameters import choice, quantity
from lithode.solvers.fracture.parameters import Parameters, Region
from lithode.theory import fracture
from lithode.theory.elasticity import Kinematics

AXIS = Axis("volume", "V", "um^2")
BLOCK = 15.0
"""Half of the edge of the block over half of the crack's length."""


class CrackParameters(StraightCrackParameters):
    """Parameters of the crack."""

    place: Literal["inner", "edge"] = choice(
        "inner",
        "inside of the block, or at a free side that it opens into",
        source=DOCS,
        provenance="assumed",
    )
    kinematics: Literal["plane_strain", "plane_stress"] = choice(
        "plane_strain", "of the block", source=DOCS, provenance="assumed"
    )
    half_length: float = quantity(
        10.0, "um", "a of the crack", source="Lithode", provenance="assumed", gt=0
    )
    compression: float = quantity(
        0.0, "MPa", "pressure in the block, which swells between its sides; an inner crack only",
        source=DOCS, provenance="assumed", ge=0,
    )  # fmt: skip
    last_volume: float = quantity(
        1.2, "", "of the volume by which the crack starts", source=DOCS,
        provenance="assumed", ge=0.2, le=15,
    )  # fmt: skip
    volume_step: float = quantity(
        0.02, "", "near the start of growth, of that volume", source=DOCS,
        provenance="numerical", gt=0, le=0.2,
    )  # fmt: skip

    @model_validator(mode="after")
    def _squeezed_inside(self) -> Self:
        if self.compression and (self.place, self.kinematics) != ("inner", "plane_strain"):
            raise ValueError("compression is for an inner crack in plane strain")
        return self

    @property
    def plane(self) -> Kinematics:
        """As chosen."""
        return Kinematics(self.kinematics)

    @property
    def crack_size(self) -> float:
        """Half of the length in um."""
        return self.half_length

    @property
    def critical_pressure(self) -> float:
        """Closed form for the effective toughness, above the compression, in MPa."""
        extends = fracture.critical_pressure if self.place == "inner" else fracture.edge_pressure
        return extends(self.modulus, self.effective_toughness, self.half_length)

    def opened_volume(self, pressure: float) -> float:
        """Return the volume of the part of a sharp crack that is on the mesh, in um^2.

        Args:
            pressure: Above the compression, in MPa.
        """
        if self.place == "edge":
            return fracture.edge_volume(self.modulus, pressure, self.half_length)
        return fracture.opened_volume(self.modulus, pressure, self.half_length) / 2

    @property
    def critical_volume(self) -> float:
        """That volume at the critical pressure, in um^2."""
        return self.opened_volume(self.critical_pressure)

    @property
    def volumes(self) -> tuple[float, ...]:
        """Volumes in um^2: the crack is a spring at first, so few will do."""
        last, step = self.last_volume, self.volume_step
        few = [share for share in (0.0, 0.2, 0.4, 0.6) if share < last]
        rest = last - few[-1]
        number = math.ceil(rest / step - 1e-9)
        shares = [*few, *(few[-1] + rest * (k + 1) / number for k in range(number))]
        return tuple(share * self.critical_volume for share in shares)

    @property
    def model(self) -> Parameters:
        """Parameters of the model of fracture."""
        # Between sides that hold it all around (and in depth) it bears 3 K times that strain.
        swelling = self.compression / (3 * float(self.stiffness.bulk))
        return Parameters(
            regions={"electrolyte": Region(self.stiffness, self.toughness, swelling)},
            length=self.length,
            regularisation=self.law,
            kinematics=self.plane,
            load="volume",
        )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {
        "length_ratio": 0.4,
        "elements_per_length": 2,
        "volume_step": 0.1,
        "last_volume": 2.0,
    },
}
