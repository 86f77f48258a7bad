"""Parameters of a crack that lithium fills in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lithode.cases.fracture.brittle import DOCS
from lithode.cases.fracture.edge_crack import EdgeCrackParameters
from lithode.core.parameters import fill, quantity
from lithode.solvers.fracture.parameters import Numerics


class GrowingCrackParameters(EdgeCrackParameters):
    """Parameters of the crack; the run ends where it leaves the fine mesh."""

    last_volume: float = fill(
        EdgeCrackParameters, "last_volume", 1.4, source=DOCS, provenance="assumed",
        meaning="for which the mesh is fine, of that by which an even pressure extends the crack",
    )  # fmt: skip
    last_current: float = quantity(
        1.3, "", "at the end, over the critical one in closed form", source="Lithode",
        provenance="assumed", gt=0, le=100,
    )  # fmt: skip
    rise_time: float = quantity(
        200.0, "s", "in which the current rises to it", source="long against the 1.4 s in which "
        "the crack fills", provenance="assumed", gt=0, le=1e9,
    )  # fmt: skip
    volume_share: float = quantity(
        0.1, "", "of its volume by which a step may fill the crack further", source=DOCS,
        provenance="numerical", gt=0, le=1,
    )  # fmt: skip

    def current(self, time: float) -> float:
        """Return the current density in A/m^2 at a time in s."""
        last = self.last_current * self.critical_current_of(self.flaw_length)
        return last * time / self.rise_time

    @property
    def numerics(self) -> Numerics:
        """How the model is solved: a step in which the crack runs on and on is given up early."""
        return replace(super().numerics, alternations=200)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {"length_ratio": 0.2, "elements_per_length": 2, "volume_share": 0.2},
}
