"""Values that the targets of the paper read off a history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lithode.core.parameters import CaseParameters
from lithode.engine.verdict import Target
from lithode.output.history import History

Read = Callable[[History, CaseParameters], float | str | None]


def value(history: History, column: str, time: float) -> float | None:
    """Return a column at a time in s, None if the run ended long before it."""
    times = history["time [s]"]
    if times[-1] < 0.98 * time:
        return None
    return float(np.interp(time, times, history[column]))


def at(column: str, time: float) -> Read:
    """Read a column at a time in s."""
    return lambda history, _: value(history, column, time)


def first_time(column: str, level: float) -> Read:
    """Read when a column first exceeds a level, in s."""

    def read(history: History, _: CaseParameters) -> float | None:
        above = np.flatnonzero(history[column] > level)
        return float(history["time [s]"][above[0]]) if len(above) else None

    return read


def with_3d(targets: Sequence[Target[Any]]) -> Iterator[Target[Any]]:
    """Yield targets for 2D runs, and again for 3D ones: the paper and the tuning are 2D."""

    def of(target: Target[Any], name: str, *, flat: bool) -> Target[Any]:
        return replace(target, name=name, applies=lambda p: p.is_flat == flat and target.applies(p))

    for target in targets:
        yield of(target, target.name, flat=True)
        yield of(target, f"{target.name} (paper: 2D)", flat=False)


APPLIED_OVERPOTENTIAL: Target[Any] = Target(
    name="applied overpotential",
    paper=-0.1,
    unit="V",
    kind="input",
    tolerance=1e-9,
    read=lambda _, parameters: parameters.overpotential,
    source="caption of Fig. 5",
    applies=lambda parameters: parameters.mode == "potentiostatic",
)
