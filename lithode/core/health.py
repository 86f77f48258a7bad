"""Derived numbers that are shown before a run, with the range in which runs are sound."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class HealthLine:
    """A derived number shown before the run, with the range in which runs are known to be sound.

    Attributes:
        name: Symbol or short name, e.g. ``"Da"``.
        value: Its value.
        meaning: What it is and what goes wrong outside of the range.
        unit: Unit, empty for a pure number.
        low: Lower end of the healthy range, if it has one.
        high: Upper end.
    """

    name: str
    value: float
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def healthy(self) -> bool:
        """Whether the value lies in the range."""
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)

    def plain(self) -> dict[str, Any]:
        """Return the entry for ``summary.json``; JSON knows no infinity."""
        value = self.value if math.isfinite(self.value) else None
        return {**asdict(self), "value": value, "healthy": self.healthy}

    def __str__(self) -> str:
        ends = [
            f"{word} {end:g}"
            for word, end in (("at least", self.low), ("at most", self.high))
            if end is not None
        ]
        healthy = f" (healthy: {' and '.join(ends)})" if ends else ""
        return (
            f"{self.name} = {self.value:.4g}{self.unit and ' '}{self.unit}{healthy}: {self.meaning}"
        )
