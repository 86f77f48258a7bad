"""Values that the targets of the paper read off a history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lithode.cases.graded_li3n.parameters import GrowthParameters
from lithode.engine.verdict import Target
from lithode.output.history import History

Read = Callable[[History, Any], float | str | None]


def value(history: History, column: str, time: float, parameters: GrowthParameters) -> float | None:
    """Return a column at a time in s, or at a short circuit that came before it.

    None if the run ended long before it for another reason: it can be gone on with.
    """
    times, tip = history["time [s]"], history["tip_height [um]"]
    shorted = tip[-1] >= parameters.height - 1.01 * parameters.interface_width
    if times[-1] < 0.98 * time and not shorted:
        return None
    return float(np.interp(time, times, history[column]))


def at(column: str, time: float) -> Read:
    """Read a column at a time in s, as `value`."""
    return lambda history, parameters: value(history, column, time, parameters)


def first(column: str, level: float) -> Read:
    """Read when a column first exceeds a level, in s."""

    def read(history: History, _: GrowthParameters) -> float | None:
        above = np.flatnonzero(history[column] > level)
        return float(history["time [s]"][above[0]]) if len(above) else None

    return read


def applied_overpotential(**changed: Any) -> Target[Any]:
    """Return the overpotential as a target; keywords are those of `Target`."""
    return Target(
        name="applied overpotential",
        paper=-0.1,
        unit="V",
        kind="input",
        tolerance=1e-9,
        read=lambda _, parameters: parameters.overpotential,
        source="caption of Fig. 5",
        **changed,
    )
