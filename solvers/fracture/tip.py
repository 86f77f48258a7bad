"""Where a crack is, whatever ranks it lies on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.numerics.gauges import distances

Array = npt.NDArray[np.float64]

BROKEN = 0.95
"""Least damage of a node that counts as broken."""


class Tip:
    """The broken nodes of a mesh.

    Args:
        damage: d, P1.
    """

    def __init__(self, damage: Function[Any]) -> None:
        space = damage.function_space
        self._comm, self._damage = lasting(space.mesh.comm), damage
        self._owned = int(space.dofmap.index_map.size_local)
        self._places = space.tabulate_dof_coordinates()[: self._owned]
        self._axis = int(space.mesh.geometry.dim) - 1

    def broken(self) -> Array:
        """Return the places of all broken nodes in um, shape (n, 3); collective."""
        mine = self._places[self._damage.x.array[: self._owned] >= BROKEN]
        return np.concatenate(self._comm.allgather(mine))

    def height(self) -> float:
        """Return how far the crack reaches along the last axis in um, 0 without one; collective."""
        return float(np.max(self.broken()[:, self._axis], initial=0.0))

    def largest(self, values: Array) -> float:
        """Return the largest of nodal values on it, 0 if none is larger; collective."""
        mine = self._damage.x.array[: self._owned] >= BROKEN
        largest = float(np.max(values[: self._owned][mine], initial=0.0))
        return float(self._comm.allreduce(largest, op=MPI.MAX))

    def run_from(self, before: Array) -> float:
        """Return the largest distance in um of a broken node to those that were; collective."""
        return float(np.max(distances(self.broken(), before), initial=0.0))
