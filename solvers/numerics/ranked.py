"""Order statistics of values that lie on many ranks; no rank ever sees those of another."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Array = npt.NDArray[np.float64]

_BINS = 2**11


def quantile(comm: MPI.Intracomm, values: Array, weights: Array, share: float) -> float:
    """Return the smallest value that at least this share of the weight does not exceed.

    It is narrowed down to one number by the weight in bins, six times at most.

    Args:
        comm: Communicator; collective.
        values: Of this rank, finite.
        weights: One per value, greater than 0.
        share: Between 0 and 1.

    Returns:
        One of the values; NaN if there is none.
    """
    keys = _keys(values)
    low, high = _extremes(comm, keys)
    if low > high:
        return float("nan")
    below, target = 0.0, np.inf
    while True:
        width = (high - low) // _BINS + 1
        inside = (keys >= low) & (keys <= high)
        bins = ((keys[inside] - np.uint64(low)) // np.uint64(width)).astype(np.intp)
        # Of nothing it returns integers.
        sums = np.bincount(bins, weights[inside], minlength=_BINS).astype(np.float64)
        comm.Allreduce(MPI.IN_PLACE, sums, op=MPI.SUM)
        reached = below + np.cumsum(sums)
        if target == np.inf:
            target = share * reached[-1] * (1 - 1e-12)
        # Whatever the rounding of the sums, a bin that adds something.
        wanted = min(max(target, np.nextafter(below, np.inf)), reached[-1])
        k = int(np.searchsorted(reached, wanted))
        if width == 1:
            return _value(low + k)
        below = float(reached[k - 1]) if k else below
        low, high = low + k * width, min(high, low + (k + 1) * width - 1)


def widest_gap(comm: MPI.Intracomm, values: Array) -> tuple[float, float]:
    """Return the two ends of the widest gap between values that follow each other.

    It is found if it is wider than the 2048th part of their range; else another as narrow may be
    returned.

    Args:
        comm: Communicator; collective.
        values: Of this rank.

    Returns:
        Ends, the smaller one first; NaN without any values.
    """
    ends = np.array([np.min(values, initial=np.inf), -np.max(values, initial=-np.inf)])
    comm.Allreduce(MPI.IN_PLACE, ends, op=MPI.MIN)
    low, high = float(ends[0]), -float(ends[1])
    if low > high:
        return float("nan"), float("nan")
    if low == high:
        return low, high
    bins = np.minimum((values - low) / (high - low) * _BINS, _BINS - 1).astype(np.intp)
    first, last = np.full(_BINS, np.inf), np.full(_BINS, np.inf)
    np.minimum.at(first, bins, values)
    np.minimum.at(last, bins, -values)
    for extremes in (first, last):
        comm.Allreduce(MPI.IN_PLACE, extremes, op=MPI.MIN)
    filled = np.isfinite(first)
    starts, ends = first[filled], -last[filled]
    if len(starts) == 1:
        return low, high
    k = int(np.argmax(starts[1:] - ends[:-1]))
    return float(ends[k]), float(starts[k + 1])


def _keys(values: Array) -> npt.NDArray[np.uint64]:
    """Return integers in the order of the values."""
    bits = np.ascontiguousarray(values + 0.0, dtype=np.float64).view(np.uint64)
    sign = np.uint64(1 << 63)
    return np.where(bits & sign, ~bits, bits | sign)


def _value(key: int) -> float:
    sign = 1 << 63
    bits = key ^ sign if key & sign else key ^ (2 * sign - 1)
    return float(np.array([bits], dtype=np.uint64).view(np.float64)[0])


def _extremes(comm: MPI.Intracomm, keys: Any) -> tuple[int, int]:
    most = np.uint64(2**64 - 1)
    ends = np.array([np.min(keys, initial=most), most - np.max(keys, initial=np.uint64(0))])
    comm.Allreduce(MPI.IN_PLACE, ends, op=MPI.MIN)
    return int(ends[0]), int(most - ends[1])
