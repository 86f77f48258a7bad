"""Parameters of a flaw at the edge of the second layer, whose rim has reacted and swollen."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lithode.cases.graded_li3n.parameters import PAPER
from lithode.core.axis import Axis
from lithode.core.parameters import CaseParameters, count, quantity
from lithode.materials.library import LZC
from lithode.solvers.fracture.parameters import Numerics, Region
from lithode.solvers.fracture.parameters import Parameters as Physics
from lithode.theory import fracture
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import Regularisation

AXIS = Axis("volume", "V", "um^2")
DOCS = "docs/graded-li3n-bilayer-fracture.md"
BLOCK = 15.0
"""Height and half width of the layer over the length of the flaw."""
SWOLLEN, PLAIN = "swollen", "plain"

_YOUNG, _POISSON = LZC.of("youngs_modulus"), LZC.of("poissons_ratio")


class Parameters(CaseParameters):
    """Parameters of the flaw and of the rim."""

    youngs_modulus: float = quantity(
        _YOUNG.value, _YOUNG.unit, "of the layer and of its reacted rim",
        source=_YOUNG.source, provenance="assumed", gt=0,
    )  # fmt: skip
    poissons_ratio: float = quantity(
        _POISSON.value, "", "of both", source=_POISSON.source,
        provenance="assumed", gt=-1, lt=0.5,
    )  # fmt: skip
    fracture_toughness: float = quantity(
        0.23, "MPa*m^0.5", "K_IC of both", source="unknown for LZC; as reported of Li6PS5Cl",
        provenance="assumed", gt=0,
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
    length_ratio: float = quantity(
        0.1, "", "l of the phase field over the length of the flaw", source="docs/fracture.md",
        provenance="numerical", gt=0, le=0.5,
    )  # fmt: skip
    elements_per_length: int = count(
        3, "elements per l along the flaw", source="docs/fracture.md", provenance="numerical",
        ge=2, le=40,
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
    def stiffness(self) -> Stiffness:
        """Of the layer."""
        return Stiffness.from_engineering(self.model_value("youngs_modulus"), self.poissons_ratio)

    @property
    def modulus(self) -> float:
        """E' in MPa."""
        modulus = self.model_value("youngs_modulus")
        return fracture.strip_modulus(modulus, self.poissons_ratio, Kinematics.PLANE_STRAIN)

    @property
    def toughness(self) -> float:
        """G_c in J/m^2."""
        return self.model_value("fracture_toughness") ** 2 / self.modulus

    @property
    def length(self) -> float:
        """L of the phase field in um."""
        return self.length_ratio * self.flaw_length

    @property
    def element_size(self) -> float:
        """H along the flaw in um."""
        return self.length / self.elements_per_length

    @property
    def plain_pressure(self) -> float:
        """Closed form in MPa of the pressure that the flaw bears without swelling."""
        effective = fracture.effective_toughness(
            self.toughness, self.element_size, self.length, Regularisation.AT1
        )
        inner = fracture.critical_pressure(self.modulus, effective, self.flaw_length)
        return inner / fracture.EDGE_INTENSITY

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
        volume = fracture.EDGE_VOLUME * math.pi * self.flaw_length**2 * self.plain_pressure
        steps = math.ceil((self.last_volume - 0.7) / self.volume_step)
        rest = (0.7 + (self.last_volume - 0.7) * (k + 1) / steps for k in range(steps))
        return tuple(share * volume / self.modulus for share in (0.0, 0.35, 0.7, *rest))

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
            load="volume",
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(relaxation=1.7)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {"length_ratio": 0.2, "elements_per_length": 2, "volume_step": 0.1},
}
