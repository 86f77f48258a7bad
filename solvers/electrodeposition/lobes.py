"""How many tops the front of lithium has."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import FunctionSpace
from mpi4py import MPI

from lithode.core.parallel import lasting

Array = npt.NDArray[np.float64]


class Lobes:
    """Number of tops that stand out of the front by more than a width.

    The front is taken as the highest lithium above each piece of the base, one width long.

    Args:
        space: Scalar P1 space; the growth is along the last coordinate.
        width: In um.
    """

    def __init__(self, space: FunctionSpace[Any], width: float) -> None:
        mesh = space.mesh
        self._comm, self._width = lasting(mesh.comm), width
        points = space.tabulate_dof_coordinates()[:, : mesh.geometry.dim]
        self._heights, base = points[:, -1], points[:, :-1]
        low = np.array([self._extreme(np.min, x, MPI.MIN) for x in base.T])
        high = np.array([self._extreme(np.max, x, MPI.MAX) for x in base.T])
        pieces = np.maximum(1, np.ceil((high - low) / width - 1e-9)).astype(np.int64)
        places = ((base - low) / (high - low) * pieces).astype(np.int64)
        self._shape = tuple(pieces.tolist())
        self._piece = np.ravel_multi_index(tuple(np.minimum(places, pieces - 1).T), self._shape)

    def _extreme(self, of: Any, values: Array, operation: MPI.Op) -> float:
        empty = math.inf if operation is MPI.MIN else -math.inf
        return float(self._comm.allreduce(of(values, initial=empty), op=operation))

    def __call__(self, xi: Array) -> int:
        """Count the tops; collective.

        Args:
            xi: Order parameter at the local nodes.
        """
        metal = xi >= 0.5
        front = np.zeros(math.prod(self._shape))
        np.maximum.at(front, self._piece[metal], self._heights[metal])
        self._comm.Allreduce(MPI.IN_PLACE, front, op=MPI.MAX)
        return count_tops(front.reshape(self._shape), self._width)


def count_tops(heights: Array, least: float) -> int:
    """Count the tops of a landscape.

    A top counts if it stands more than ``least`` above the saddle that joins it to a higher one;
    the highest one, if it stands so much above the lowest point.

    Args:
        heights: On a grid of any dimension.
        least: In the unit of the heights.
    """
    top: dict[tuple[int, ...], tuple[int, ...]] = {}

    def summit(place: tuple[int, ...]) -> tuple[int, ...]:
        while top[place] != place:
            place = top[place]
        return place

    order = sorted(np.ndindex(heights.shape), key=lambda place: -heights[place])
    count = 0
    for place in order:
        top[place] = place
        for axis, step in itertools.product(range(heights.ndim), (-1, 1)):
            beside = tuple(k + step * (axis == a) for a, k in enumerate(place))
            if beside not in top or summit(beside) == summit(place):
                continue
            higher, lower = sorted((summit(place), summit(beside)), key=lambda p: -heights[p])
            count += bool(heights[lower] - heights[place] > least)
            top[lower] = higher
    return count + bool(np.ptp(heights) > least)
