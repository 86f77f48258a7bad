"""Peaks of a distribution of relaxation times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_LEAST_PROMINENCE = 0.01
_EDGE_DECADES = 0.5
_MINOR, _TINY = 0.08, 0.02


@dataclass(frozen=True)
class Peak:
    """A peak of the distribution, up to the minima on both sides.

    Attributes:
        frequency: 1 / (2 pi tau) at the maximum, in Hz.
        resistance: Area, int gamma d ln tau; negative for an inductive loop.
        is_inside: Whether it lies half a decade or more inside of the measured frequencies; if
            not, part of it is missing and the frequency is not known.
        ends: Places on ln(tau / s) between which the area is taken.
        is_minor: Whether it holds less than 8 % of a peak beside it, or 2 % of the largest: the
            penalty on the slope makes such side lobes of one arc.
    """

    frequency: float
    resistance: float
    is_inside: bool
    ends: tuple[float, float] = (-math.inf, math.inf)
    is_minor: bool = False

    @property
    def time_constant(self) -> float:
        """Tau at the maximum in s."""
        return 1 / (2 * math.pi * self.frequency)

    @property
    def capacitance(self) -> float:
        """Tau / R, in F per unit of area if the resistance is per inverse area."""
        return self.time_constant / self.resistance


def peaks_of(log_tau: Array, gamma: Array, frequency: Array) -> list[Peak]:
    """Return the peaks from high to low frequency; their areas add up to that of the distribution.

    Args:
        log_tau: Rising places ln(tau / s), shape (m,).
        gamma: The distribution there, none of it negative, shape (m,).
        frequency: Measured frequencies in Hz.
    """
    from scipy.signal import find_peaks  # slow to load, and `lithode show` needs none of it

    x = log_tau
    if not gamma.max() > 0:
        return []
    padded = np.concatenate([[0.0], gamma, [0.0]])
    tops = find_peaks(padded, prominence=_LEAST_PROMINENCE * gamma.max())[0] - 1
    cuts = [a + int(np.argmin(gamma[a:b])) for a, b in pairwise(tops)]
    starts, ends = [0, *cuts], [*cuts, len(x) - 1]
    areas = [
        float(np.trapezoid(gamma[a : b + 1], x[a : b + 1]))
        for a, b in zip(starts, ends, strict=True)
    ]
    centres = -np.log(2 * np.pi * frequency)
    edge = _EDGE_DECADES * math.log(10)
    return [
        Peak(
            frequency=float(np.exp(-x[top]) / (2 * np.pi)),
            resistance=area,
            is_inside=bool(centres.min() + edge <= x[top] <= centres.max() - edge),
            ends=(float(x[starts[k]]), float(x[ends[k]])),
            is_minor=area < max(_MINOR * max(areas[max(k - 1, 0) : k + 2]), _TINY * max(areas)),
        )
        for k, (top, area) in enumerate(zip(tops, areas, strict=True))
    ]
