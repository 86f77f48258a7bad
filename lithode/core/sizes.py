"""How large the cells of a mesh are, and how large they may be around a front."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

Sizes: TypeAlias = Callable[[Array], Array]
"""Returns the allowed size in um at points of shape (n, dimension)."""

# A cell may be larger than allowed by this factor of its area or volume: a bisection halves it.
_SLACK = math.sqrt(2.0)
# Area or volume of the regular simplex of edge 1.
_REGULAR = {1: 1.0, 2: math.sqrt(3.0) / 4, 3: math.sqrt(2.0) / 12}


def cell_sizes(volumes: Array, dimension: int) -> Array:
    """Return the sizes of cells: edges in um of regular simplices of their area or volume."""
    return np.asarray((volumes / _REGULAR[dimension]) ** (1 / dimension))


def is_large(volumes: Array, allowed: Array | float, dimension: int) -> Mask:
    """Return which cells, by area or volume, a mesh of allowed sizes in um does not have."""
    # Bisections leave volumes exact but for the round-off of who computes them.
    largest = _SLACK * (1 + 1e-9) * _REGULAR[dimension] * np.asarray(allowed) ** dimension
    return np.asarray(volumes > largest)


def anything(points: Array) -> Array:
    """Allow any size."""
    return np.full(len(points), np.inf)


@dataclass(frozen=True)
class Band:
    """Allowed sizes around a front; lengths in um.

    Attributes:
        size: In the band.
        reach: Half of its width.
        growth: Of the size per distance beyond it.
    """

    size: float
    reach: float
    growth: float = 0.3

    def sizes(self, front: Array) -> Sizes:
        """Return the allowed sizes around points of a front, shape (n, dimension)."""
        from scipy.spatial import cKDTree

        if not len(front):
            return anything
        tree = cKDTree(front, leafsize=32)

        def allowed(points: Array) -> Array:
            beyond = np.maximum(tree.query(points)[0] - self.reach, 0.0)
            return np.asarray(self.size + self.growth * beyond)

        return allowed

    def coarser(self, largest: float) -> Sequence[float]:
        """Return sizes of base meshes from which bisections lead to it, the largest first.

        Args:
            largest: About the largest size in um.
        """
        most = max(0, round(math.log2(largest / self.size)))
        return [self.size * 2**k for k in range(most, -1, -1)]
