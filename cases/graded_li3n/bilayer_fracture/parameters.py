"""Parameters of a flaw at the edge of the second layer, whose rim has reacted and swollen."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lithode.cases.fracture.brittle import StraightCrackParameters
from lithode.cases.graded_li3n.parameters import PAPER
from lithode.core.axis import Axis
from lithode.core.parameters import fill, quantity
from lithode.materials.library import LZC
from lithode.solvers.fracture.parameters import Parameters as Physics
from lithode.solvers.fracture.parameters import Region
from lithode.theory import fracture

AXIS = Axis("volume", "V", "um^2")
DOCS = "docs/graded-li3n-bilayer-fracture.md"
BLOCK = 15.0
"""Height and half width of the layer over the length of the flaw."""
SWOLLEN, PLAIN = "swollen", "plain"

_YOUNG, _POISSON = LZC.of("youngs_modulus"), LZC.of("poissons_ratio")


class Parameters(StraightCrackParameters):
    """Parameters of the flaw and of the rim."""

    youngs_modulus: float = fill(
        StraightCrackParameters, "youngs_modulus", _YOUNG.value,
        meaning="of the layer and of its reacted rim", source=_YOUNG.source, provenance="assumed",
    )  # fmt: skip
    poissons_ratio: float = fill(
        StraightCrackParameters, "poissons_ratio", _POISSON.value,
        meaning="of both", source=_POISSON.source, provenance="assumed",
    )  # fmt: skip
    fracture_toughness: float = fill(
        StraightCrackParameters, "fracture_toughness", 0.23,
        meaning="K_IC of both", source="unknown for LZC; as reported of Li6PS5Cl",
        provenance="assumed",
    )  # fmt: skip
    swelling_pressure: float = quantity(
        40.0, "MPa", "compression along the interface in the reacted rim",
        source=f"{PAPER}, Fig. 8D: largest pressure", provenance="paper", ge=0, le=1000,
    )  # fmt: skip
    rim: float = quantity(
        4.0, "um", "thickness of the reacted rim", source="as in graded-li3n/reaction-stress",
        provenance="assumed", gt=0,
    )  # fmt: skip
    flaw_length: float = quantity(
        10.0, "um", "of the flaw, from the interface into the layer", source=DOCS,
        provenance="assumed", gt=0,
    )  # fmt: skip
    elements_per_length: int = fill(
        StraightCrackParameters, "elements_per_length", 3, source="docs/fracture.md",
        provenance="numerical",
    )  # fmt: skip
    last_volume: float = quantity(
        1.3, "", "over the volume with which the flaw starts", source=DOCS, provenance="numerical",
        ge=1, le=4,
    )  # fmt: skip
    volume_step: float = quantity(
        0.03, "", "near the start of growth, of that volume", source=DOCS, provenance="numerical",
        gt=0, le=0.2,
    )  # fmt: skip

    @property
    def crack_size(self) -> float:
        """Length of the flaw in um."""
        return self.flaw_length

    @property
    def plain_pressure(self) -> float:
        """Closed form in MPa of the pressure that the flaw bears without swelling."""
        return fracture.edge_pressure(self.modulus, self.effective_toughness, self.flaw_length)

    @property
    def closing_pressure(self) -> float:
        """Closed form in MPa of what the swelling adds, by the stress intensity of the rim."""
        share = fracture.mouth_intensity(self.rim / self.flaw_length)
        return self.model_value("swelling_pressure") * share / fracture.EDGE_INTENSITY

    @property
    def shut_length(self) -> float:
        """Length in um from which on a rim as deep as the flaw bears more than its toughness."""
        pressure = fracture.EDGE_INTENSITY * self.model_value("swelling_pressure")
        if not pressure:
            return math.inf
        return float(self.model_value("fracture_toughness") / pressure) ** 2 / math.pi

    @property
    def volumes(self) -> tuple[float, ...]:
        """Volumes in um^2: the flaw is a spring at first, so few will do."""
        volume = fracture.edge_volume(self.modulus, self.plain_pressure, self.flaw_length)
        steps = math.ceil((self.last_volume - 0.7) / self.volume_step)
        rest = (0.7 + (self.last_volume - 0.7) * (k + 1) / steps for k in range(steps))
        return tuple(share * volume for share in (0.0, 0.35, 0.7, *rest))

    def model(self, *, swollen: bool) -> Physics:
        """Return the parameters of the model of fracture."""
        # The rim may rise, and bears E / (1 - nu) times its strain along the interface.
        pressure = self.model_value("swelling_pressure") if swollen else 0.0
        strain = pressure * (1 - self.poissons_ratio) / self.model_value("youngs_modulus")
        return Physics(
            regions={
                "rim": Region(self.stiffness, self.toughness, strain),
                "layer": Region(self.stiffness, self.toughness),
            },
            length=self.length,
            regularisation=self.law,
            load="volume",
        )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {"length_ratio": 0.2, "elements_per_length": 2, "volume_step": 0.1},
}
