"""Named numbers of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = float | str | None


@dataclass(frozen=True)
class Result:
    """A named number or finding of a run, for any parameters.

    Attributes:
        name: What it is, e.g. ``"tip height"``.
        value: Its value; None where the run has none.
        unit: Unit, empty for a pure number or a text.
    """

    name: str
    value: Value
    unit: str = ""

    def plain(self) -> dict[str, Value]:
        """Return the entry for ``summary.json``, which knows neither NaN nor infinity."""
        value = self.value
        if value is not None and not isinstance(value, str):
            value = float(value) if math.isfinite(value) else None
        return {"name": self.name, "value": value, "unit": self.unit}
