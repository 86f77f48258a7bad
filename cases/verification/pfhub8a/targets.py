"""How much of the square is solid, against the converged radial solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from lithode.cases.verification.pfhub8a.parameters import (
    CRITICAL,
    PAPER,
    SIDE,
    Pfhub8aParameters,
)
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

FRACTIONS: Mapping[float, Mapping[float, float]] = {
    0.99: {0: 8.2142e-3, 50: 7.000e-3, 100: 0.0},
    1.00: {0: 8.3705e-3, 50: 8.2573e-3, 100: 7.742e-3, 200: 0.0},
    1.01: {0: 8.5284e-3, 50: 9.4335e-3, 100: 1.5383e-2, 200: 9.6233e-2},
}
"""Converged fractions (radial, 1D) by radius over the critical one, then by time."""

_AREA = "lithium [um^2]"


def fraction(history: History, time: float) -> float | None:
    """Return the share of the square that is solid at a time; None if it was not reached."""
    times = history["time [s]"]
    if times[-1] < time - 1e-6:
        return None
    return float(np.interp(time, times, 4 * history[_AREA] / SIDE**2))


def results(history: History, parameters: Pfhub8aParameters) -> list[Result]:
    """Return solid fractions and radii."""
    shares = 4 * history[_AREA] / SIDE**2
    radius = np.sqrt(np.maximum(shares, 0.0) / np.pi) * SIDE
    return [
        Result("solid fraction at first", float(shares[0])),
        Result("solid fraction at the end", float(shares[-1])),
        Result("radius at first", float(radius[0]), "um"),
        Result("radius at the end", float(radius[-1]), "um"),
        Result("critical radius", CRITICAL, "um"),
        Result("time of the run", float(history["time [s]"][-1]), "s"),
    ]


def _at(time: float) -> Callable[[History, Pfhub8aParameters], float | None]:
    return lambda history, _: fraction(history, time)


def _tolerance(ratio: float, time: float) -> float:
    """Just below the critical radius errors grow as the nucleus hesitates."""
    if FRACTIONS[ratio][time] == 0:
        return 1e-6
    return 0.04 if (ratio, time) == (1.0, 100) else 0.01


TARGETS: tuple[Target[Pfhub8aParameters], ...] = tuple(
    Target(
        name=f"solid fraction, r_0 = {ratio:.2f} r*, t = {time:g}",
        paper=value,
        kind="verification",
        tolerance=_tolerance(ratio, time),
        read=_at(time),
        source=f"{PAPER}; converged radial solution",
        where={"radius_ratio": ratio},
        applies=lambda p: p.element_size <= 0.12,
    )
    for ratio, values in FRACTIONS.items()
    for time, value in values.items()
    if time
)
