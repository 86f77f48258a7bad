"""Random field chi(x, t) in [-1, 1] that depends on place, time and seed alone.

Values are hashed at the points of a fixed lattice and at fixed times and interpolated between
them, so the field is the same on any mesh, any step sizes and any number of ranks.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class LatticeNoise:
    """A seeded random field.

    Attributes:
        spacing: Lattice spacing in um.
        period: Time between two independent sets of values, in s.
        seed: Any integer.
    """

    spacing: float
    period: float
    seed: int

    def __call__(self, points: npt.NDArray[np.float64], time: float) -> npt.NDArray[np.float64]:
        """Evaluate the field.

        Args:
            points: Coordinates in um, shape (n, 3).
            time: Time in s.

        Returns:
            Values in [-1, 1], shape (n,), continuous in space and smooth in time.
        """
        return NoiseAt(self, points)(time)

    def slot(self, points: npt.NDArray[np.float64], slot: int) -> npt.NDArray[np.float64]:
        """Return the values of one period, shape (n,)."""
        scaled = points / self.spacing
        corner = np.floor(scaled)
        fraction = scaled - corner
        index = corner.astype(np.int64)
        values = np.zeros(len(points))
        axes = [axis for axis in range(points.shape[1]) if np.any(points[:, axis] != 0.0)]
        for shift in product((0, 1), repeat=len(axes)):
            place = index.copy()
            weight = np.ones(len(points))
            for axis, step in zip(axes, shift, strict=True):
                place[:, axis] += step
                weight *= fraction[:, axis] if step else 1 - fraction[:, axis]
            values += weight * _hash_to_interval(place, slot, self.seed)
        return values


class NoiseAt:
    """A random field at fixed points, which hashes the values of a period once.

    Args:
        noise: The field.
        points: Coordinates in um, shape (n, 3).
    """

    def __init__(self, noise: LatticeNoise, points: npt.NDArray[np.float64]) -> None:
        self._noise, self._points = noise, points
        self._slots: dict[int, npt.NDArray[np.float64]] = {}

    def __call__(self, time: float) -> npt.NDArray[np.float64]:
        """Return the values at a time in s, shape (n,)."""
        position, phase = divmod(time / self._noise.period, 1.0)
        weight = phase * phase * (3 - 2 * phase)
        around = range(int(position), int(position) + 2)
        self._slots = {k: self._slots[k] if k in self._slots else self._made(k) for k in around}
        first, second = self._slots.values()
        return (1 - weight) * first + weight * second

    def _made(self, slot: int) -> npt.NDArray[np.float64]:
        return self._noise.slot(self._points, slot)


def _mix(x: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """One round of the 64-bit finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _hash_to_interval(
    place: npt.NDArray[np.int64], slot: int, seed: int
) -> npt.NDArray[np.float64]:
    with np.errstate(over="ignore"):
        state = np.full(len(place), np.uint64(seed & 0xFFFFFFFFFFFFFFFF))
        for word in (*place.T, np.full(len(place), slot, dtype=np.int64)):
            state = _mix(state + word.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1.0
