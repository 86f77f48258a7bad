"""Columns across the stack of a layered mesh."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from dolfinx.mesh import entities_to_geometry
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.parallel import lasting
from lithode.solvers.layered_cell.parameters import Side

Array = npt.NDArray[np.float64]


class Columns:
    """Cells of a layered mesh as columns across the stack; the whole of an interval is one.

    Args:
        domain: Mesh made by ``lithode.meshes.structured.layered``.
        count: Number of columns.
    """

    def __init__(self, domain: Domain, count: int) -> None:
        mesh = domain.mesh
        dim, self._comm, self.count = mesh.topology.dim, lasting(mesh.comm), count
        index_map = mesh.topology.index_map(dim)
        self._owned = index_map.size_local
        cells = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
        corners = mesh.geometry.x[entities_to_geometry(mesh, dim, cells)]
        heights = corners[:, :, dim - 1]
        self.low, self.high = heights.min(axis=1), heights.max(axis=1)
        self.height = float(self._comm.allreduce(self.high.max(initial=0.0), op=MPI.MAX))
        across = corners[:, :, 0].mean(axis=1) if dim > 1 else np.zeros(len(cells))
        right = corners[:, :, 0].max(initial=0.0) if dim > 1 else 1.0
        width = float(self._comm.allreduce(right, op=MPI.MAX))
        self.width = width / count
        self.of_cell = np.minimum((across / self.width).astype(np.int64), count - 1)

    def sums(self, values: Array) -> Array:
        """Return the sums over the columns of values of the local cells; collective."""
        own = self.of_cell[: self._owned]
        local: Array = np.bincount(own, values[: self._owned], minlength=self.count).astype(float)
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.SUM)
        return local

    def maxima(self, values: Array) -> Array:
        """Return the largest value of each column; collective."""
        local = np.full(self.count, -np.inf)
        np.maximum.at(local, self.of_cell[: self._owned], values[: self._owned])
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.MAX)
        return local

    def filled(self, depth: Array, side: Side) -> Array:
        """Return the share of every local cell within a depth of each column from one side.

        Exact, so that the wall area grows evenly and is none at depth 0.
        """
        low, high = self.low, self.high
        if side == "right":
            low, high = self.height - high, self.height - low
        return np.asarray(np.clip((depth[self.of_cell] - low) / (high - low), 0.0, 1.0))
