"""Named numbers of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

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

    @classmethod
    def last(cls, name: str, history: Mapping[str, npt.NDArray[np.float64]], column: str) -> Result:
        """Return the last value of a column of a history, with the unit in its brackets."""
        unit = column.rpartition("[")[2].rstrip("]")
        return cls(name, float(history[column][-1]), "" if unit == "1" else unit)

    def plain(self) -> dict[str, Value]:
        """Return the entry for ``summary.json``, which knows neither NaN nor infinity."""
        value = self.value
        if isinstance(value, float) and not math.isfinite(value):
            value = None
        return {"name": self.name, "value": value, "unit": self.unit}
