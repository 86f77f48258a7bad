"""Parameters of a void at the lithium electrode of an electrolyte."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, Self

from pydantic import model_validator

from lithode.cases.fracture.brittle import DOCS
from lithode.cases.fracture.critical_current.parameters import CriticalCurrentParameters
from lithode.cases.fracture.edge_crack import BLOCK
from lithode.core.parameters import choice, fill, quantity
from lithode.solvers.fracture.parameters import Parameters, Seam
from lithode.theory import fracture, pore

WALL, GAP = "wall", "gap"
"""Boundaries of the meshes."""
_SHIELD = 100.0


class VoidParameters(CriticalCurrentParameters):
    """Parameters of the void; numbers of the electrolyte that are not given are its own."""

    void: Literal["pore", "gap"] = choice(
        "pore", "a pore below the surface of the electrolyte, which lithium fills through a crack "
        "from the electrode, or a gap in the lithium, at the rim of which a crack stands",
        source=DOCS, provenance="assumed",
    )  # fmt: skip
    void_width: float = quantity(
        4.0, "um", "of the pore or the gap along the electrode", source="Lithode",
        provenance="assumed", gt=0, le=1e4,
    )  # fmt: skip
    void_height: float = quantity(
        4.0, "um", "of the pore, away from the electrode; the crack to it is as long as the rest",
        source="Lithode", provenance="assumed", gt=0, le=1e4,
    )  # fmt: skip
    groove: float = quantity(
        0.0, "um", "length of a crack that the far end of the pore has at first", source="none",
        provenance="assumed", ge=0, le=1e4,
    )  # fmt: skip
    flaw_length: float = fill(
        CriticalCurrentParameters, "flaw_length", 10.0, source="Lithode", provenance="assumed",
        meaning="depth of the far end of the pore, or length of the crack at the rim of the gap",
    )  # fmt: skip
    length_ratio: float = fill(
        CriticalCurrentParameters, "length_ratio", 0.1, source=DOCS, provenance="assumed"
    )
    strength: float | None = quantity(
        None, "MPa", "of the electrolyte without flaws, from which l follows; unset: l is given",
        source=DOCS, provenance="assumed", gt=0, le=1e5,
    )  # fmt: skip
    last_volume: float = fill(
        CriticalCurrentParameters, "last_volume", 1.7, source=DOCS, provenance="assumed",
        meaning="of the volume by which, in closed form, the pore cracks or an even pressure "
        "extends the crack",
    )  # fmt: skip

    @model_validator(mode="after")
    def _is_below(self) -> Self:
        if self.is_pore and self.void_height >= self.flaw_length:
            raise ValueError("void_height must be below flaw_length, the depth of the far end")
        return self

    @property
    def length(self) -> float:
        """L of the phase field in um."""
        if self.strength is None:
            return super().length
        toughness = self.toughness / fracture.effective_toughness(
            1.0, 1.0, float(self.elements_per_length), self.law
        )
        of_one = fracture.strength(self.modulus, toughness, 1.0, self.law)
        return (of_one / self.model_value("strength")) ** 2

    @property
    def wall_strength(self) -> float:
        """Stress in MPa that an evenly strained bar of the mesh bears."""
        (region,) = self.model.regions.values()
        return fracture.strength(self.modulus, region.toughness, self.length, self.law)

    @property
    def is_pore(self) -> bool:
        """Whether there is a pore, and no crack at first."""
        return self.void == "pore"

    @property
    def void_pressure(self) -> float:
        """Pressure in MPa by which the pore cracks, about.

        It must damage the wall, and extend a sharp crack as deep as the pore. The stress at the
        end of the pore is about that of an ellipse as deep, of the same radius there.
        """
        if self.groove:
            return self.critical_pressure
        half = math.sqrt(self.end_radius * self.flaw_length)
        onset = pore.onset_pressure(self.wall_strength, self.poissons_ratio, self.flaw_length, half)
        return max(onset, self.critical_pressure)

    @property
    def end_radius(self) -> float:
        """Radius of the wall at the far end of the pore in um."""
        return self.void_width**2 / (2 * self.void_height)

    @property
    def crack_size(self) -> float:
        """Depth of the flaw at first in um."""
        return self.flaw_length + self.groove if self.is_pore else self.flaw_length

    @property
    def void_volume(self) -> float:
        """What flaw and pore gain by that pressure in um^2, about."""
        modulus, a = self.model_value("youngs_modulus"), self.void_height / 2
        round_one, flat = (
            pore.opened_volume(modulus, self.poissons_ratio, self.void_pressure, a, b)
            for b in (self.void_width / 2, 0.0)
        )
        crack = fracture.edge_volume(self.modulus, self.void_pressure, self.crack_size)
        return crack + round_one - flat

    @property
    def volumes(self) -> tuple[float, ...]:
        """Volumes in um^2: the pore is a spring at first, so few will do."""
        if not self.is_pore:
            return super().volumes
        last, start = self.last_volume, 0.3
        shares = [share for share in (0.0, 0.15, start) if share < last]
        if last > start:
            number = max(1, round(math.log(last / start) / math.log1p(self.volume_step)))
            shares += [start * (last / start) ** (k / number) for k in range(1, number)]
        return tuple(share * self.void_volume for share in (*shares, last))

    @property
    def longest(self) -> float:
        """How far the crack may grow, in um: as long as a sharp one that holds as much."""
        if not self.is_pore:
            return super().longest
        share = self.volumes[-1] / self.critical_volume
        return float(self.crack_size * max(1.2, share ** (2 / 3)))

    @property
    def block(self) -> float:
        """Half of the edge of the block in um."""
        return max(super().block, BLOCK * self.void_width / 2)

    @property
    def model(self) -> Parameters:
        """Parameters of the model of fracture."""
        plain = super().model
        if self.is_pore:
            return replace(plain, wall=WALL)
        (region,) = plain.regions.values()
        # There is no lithium at the gap that could press on its surface.
        shield = Seam(GAP, _SHIELD * region.toughness, self.length)
        return replace(plain, seams=(shield,))


PRESETS: Mapping[str, Mapping[str, object]] = {
    "pore": {},
    "shallow": {"void_width": 16.0, "void_height": 8.0},
    "gap": {"void": "gap", "void_width": 50.0, "length_ratio": 0.05, "last_volume": 1.1},
    "quick": {"length_ratio": 0.2, "elements_per_length": 2, "volume_step": 0.1},
}
