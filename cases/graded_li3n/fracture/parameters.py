"""Parameters of a filled crack below a coarse particle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from lithode.cases.fracture.brittle import ToughParameters
from lithode.core.axis import Axis
from lithode.core.parameters import choice, fill, quantity
from lithode.materials.library import LI3N
from lithode.solvers.fracture.parameters import Parameters as Physics
from lithode.solvers.fracture.parameters import Region, Seam
from lithode.theory import fracture
from lithode.theory.elasticity import Stiffness

if TYPE_CHECKING:
    from lithode.meshes.inclusion import Inclusion

AXIS = Axis("volume", "V", "um^2")
DOCS = "docs/graded-li3n-fracture.md"
SPAN = 6.0
"""Height and half width of the layer, over the height of the particle's top."""

_YOUNG, _POISSON = LI3N.of("youngs_modulus"), LI3N.of("poissons_ratio")


class Parameters(ToughParameters):
    """Parameters of the crack and the particle."""

    youngs_modulus: float = fill(
        ToughParameters, "youngs_modulus", _YOUNG.value,
        meaning="of the fine layer", source=_YOUNG.source, provenance="literature",
    )  # fmt: skip
    poissons_ratio: float = fill(
        ToughParameters, "poissons_ratio", _POISSON.value,
        meaning="of both", source=_POISSON.source, provenance="assumed",
    )  # fmt: skip
    fracture_toughness: float = fill(
        ToughParameters, "fracture_toughness", 0.5,
        meaning="K_IC of the fine layer: pressures go with it, the path does not",
        source="unknown for Li3N; between sulphides and oxides", provenance="assumed",
    )  # fmt: skip
    toughness_ratio: float = quantity(
        1.0, "", "G_c of the coarse particle over that of the fine layer",
        source="unknown", provenance="assumed", gt=0, le=100,
    )  # fmt: skip
    stiffness_ratio: float = quantity(
        1.0, "", "E of the coarse particle over that of the fine layer",
        source="unknown", provenance="assumed", gt=0, le=100,
    )  # fmt: skip
    seam_ratio: float = quantity(
        1.0, "", "G_c at the surface of the particle over that of the fine layer; 1 has no seam",
        source="unknown", provenance="assumed", gt=0, le=1,
    )  # fmt: skip
    particle_radius: float = quantity(
        14.0, "um", "of the coarse particle", source="as wide as in graded-li3n/bilayer",
        provenance="assumed", gt=0,
    )  # fmt: skip
    offset: float = quantity(
        3.0, "um", "of the middle of the particle from the line of the crack", source=DOCS,
        provenance="assumed", ge=0,
    )  # fmt: skip
    flaw_length: float = quantity(
        15.0, "um", "of the crack at the electrode", source=DOCS, provenance="assumed", gt=0
    )
    gap: float = quantity(
        8.0, "um", "from the tip of the flaw to the height at which the particle begins",
        source=DOCS, provenance="assumed", gt=0,
    )  # fmt: skip
    length: float = quantity(
        2.0, "um", "l of the phase field", source="docs/fracture.md", provenance="numerical", gt=0
    )
    elements_per_length: float = quantity(
        2.5, "", "elements per l", source=DOCS, provenance="numerical", ge=1, le=40
    )
    mesh: Literal["fixed", "adaptive"] = choice(
        "fixed", "adaptive: fine around the crack alone, wherever it goes",
        source=DOCS, provenance="numerical",
    )  # fmt: skip
    last_volume: float = quantity(
        10.0, "", "over the volume with which a sharp crack at an edge starts", source=DOCS,
        provenance="assumed", gt=1, le=100,
    )  # fmt: skip
    volume_growth: float = quantity(
        0.05, "", "of the volume from step to step", source=DOCS, provenance="numerical",
        gt=0, le=0.5,
    )  # fmt: skip

    @model_validator(mode="after")
    def _particle_fits(self) -> Self:
        if self.offset >= 2 * self.particle_radius:
            raise ValueError("offset must be below the diameter of the particle")
        if self.particle_radius <= 2 * self.length:
            raise ValueError("particle_radius must be above two lengths")
        return self

    @property
    def critical_pressure(self) -> float:
        """Pressure in MPa with which a sharp flaw at the edge of a half plane starts."""
        return fracture.edge_pressure(self.modulus, self.toughness, self.flaw_length)

    @property
    def volumes(self) -> tuple[float, ...]:
        """Volumes in um^2, from half of that of this flaw on."""
        critical = fracture.edge_volume(self.modulus, self.critical_pressure, self.flaw_length)
        steps = math.ceil(math.log(2 * self.last_volume) / math.log1p(self.volume_growth))
        growth = (2 * self.last_volume) ** (1 / steps)
        return (0.0, *(critical / 2 * growth**k for k in range(steps + 1)))

    @property
    def element_size(self) -> float:
        """Everywhere, in um."""
        return self.length / self.elements_per_length

    @property
    def particle_top(self) -> float:
        """Height in um."""
        return self.flaw_length + self.gap + 2 * self.particle_radius

    @property
    def core_radius(self) -> float:
        """In um: a crack along the surface is half as wide as that is away from it."""
        return self.particle_radius - 2 * self.length

    @property
    def geometry(self) -> Inclusion:
        """The mesh, whose far sides are far away."""
        from lithode.meshes.inclusion import Inclusion

        far = SPAN * self.particle_top
        return Inclusion(
            width=2 * far,
            height=far,
            middle=(far + self.offset, self.particle_top - self.particle_radius),
            radius=self.particle_radius,
            core=self.core_radius,
            size=self.element_size,
            reach=1.5 * self.particle_radius,
        )

    @property
    def model(self) -> Physics:
        """Parameters of the model of fracture."""
        modulus = self.model_value("youngs_modulus")
        fine, coarse = (
            Region(Stiffness.from_engineering(k * modulus, self.poissons_ratio), q * self.toughness)
            for k, q in ((1.0, 1.0), (self.stiffness_ratio, self.toughness_ratio))
        )
        # Wide enough for the whole of a crack in it.
        seam = Seam(("around", "disc"), self.seam_ratio * self.toughness, 2 * self.length)
        return Physics(
            regions={"around": fine, "disc": coarse, "core": coarse},
            length=self.length,
            regularisation=self.law,
            load="volume",
            seams=() if self.seam_ratio == 1 else (seam,),
        )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {"length": 3.0, "volume_growth": 0.08},
    "fine": {},
}
