"""Parameters of a straight crack in a large block, filled with a growing volume."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lithode.cases.verification.brittle import DOCS, BrittleParameters
from lithode.core.axis import Axis
from lithode.core.parameters import count, quantity
from lithode.solvers.fracture.parameters import Numerics, Parameters, Region
from lithode.theory import fracture
from lithode.theory.elasticity import Kinematics

AXIS = Axis("volume", "V", "um^2")
BLOCK = 15.0
"""Half of the edge of the block over half of the crack's length."""


class CrackParameters(BrittleParameters):
    """Parameters of the crack."""

    fracture_toughness: float = quantity(
        1.0, "MPa*m^0.5", "K_IC", source="of the order of LLZTO", provenance="assumed", gt=0
    )
    half_length: float = quantity(
        10.0, "um", "a of the crack", source="Lithode", provenance="assumed", gt=0
    )
    length_ratio: float = quantity(
        0.1, "", "l / a", source=DOCS, provenance="assumed", gt=0, le=0.5
    )
    elements_per_length: int = count(
        4, "elements per l along the crack", source=DOCS, provenance="numerical", ge=2, le=40
    )
    last_volume: float = quantity(
        1.2, "", "of the volume by which the crack starts", source=DOCS,
        provenance="assumed", ge=0.2, le=4,
    )  # fmt: skip
    volume_step: float = quantity(
        0.02, "", "near the start of growth, of that volume", source=DOCS,
        provenance="numerical", gt=0, le=0.2,
    )  # fmt: skip

    @property
    def modulus(self) -> float:
        """E' in MPa."""
        modulus = self.model_value("youngs_modulus")
        return fracture.strip_modulus(modulus, self.poissons_ratio, Kinematics.PLANE_STRAIN)

    @property
    def toughness(self) -> float:
        """G_c = K_IC^2 / E' in J/m^2."""
        return self.model_value("fracture_toughness") ** 2 / self.modulus

    @property
    def length(self) -> float:
        """L of the phase field in um."""
        return self.length_ratio * self.half_length

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

    @property
    def critical_pressure(self) -> float:
        """Closed form for the effective toughness, in MPa."""
        return fracture.critical_pressure(self.modulus, self.effective_toughness, self.half_length)

    @property
    def critical_volume(self) -> float:
        """Volume of the sharp crack at that pressure, in um^2."""
        return fracture.opened_volume(self.modulus, self.critical_pressure, self.half_length)

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
        return Parameters(
            regions={"electrolyte": Region(self.stiffness, self.toughness)},
            length=self.length,
            regularisation=self.law,
            load="volume",
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(relaxation=1.7)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {
        "length_ratio": 0.4,
        "elements_per_length": 2,
        "volume_step": 0.1,
        "last_volume": 2.0,
    },
}
