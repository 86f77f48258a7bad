"""Where a front is: its cells, its heights, what is near it, how much of it hangs over."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx.fem import FunctionSpace
from mpi4py import MPI
from scipy.spatial import cKDTree

from lithode.core.distinct import distinct
from lithode.core.domain import Domain
from lithode.core.parallel import lasting
from lithode.core.sizes import Band, cell_sizes, is_large
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import integral
from lithode.solvers.numerics.transfer import collected

Array = npt.NDArray[np.float64]

_FAR = 1e30


class FrontCells:
    """How large the cells are in which a P1 function crosses one half.

    Args:
        space: Scalar P1 space.
    """

    def __init__(self, space: FunctionSpace[Any]) -> None:
        mesh = space.mesh
        self._comm, self._dimension = lasting(mesh.comm), mesh.geometry.dim
        self._cells = space.dofmap.list[: mesh.topology.index_map(mesh.topology.dim).size_local]
        corners = space.tabulate_dof_coordinates()[self._cells][:, :, : self._dimension]
        volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))
        self.volumes: Array = volumes / math.factorial(self._dimension)

    def size(self, values: Array) -> float:
        """Return the mean size of these cells in um; NaN if there are none. Collective."""
        above = values[self._cells] > 0.5
        cut = above.any(axis=1) & ~above.all(axis=1)
        total = np.array([self.volumes[cut].sum(), cut.sum()])
        self._comm.Allreduce(MPI.IN_PLACE, total, op=MPI.SUM)
        if not total[1]:
            return math.nan
        return float(cell_sizes(total[:1] / total[1], self._dimension)[0])


class FrontGauge:
    """Heights (last coordinate) at which a P1 function crosses one half, cell edge by cell edge.

    Args:
        space: Scalar P1 space.
    """

    def __init__(self, space: FunctionSpace[Any]) -> None:
        mesh = space.mesh
        cells = space.dofmap.list[: mesh.topology.index_map(mesh.topology.dim).size_local]
        corners = cells.shape[1]
        pairs = [(i, j) for i in range(corners) for j in range(i + 1, corners)]
        edges = np.sort(np.vstack([cells[:, pair] for pair in pairs]), axis=1).astype(np.int64)
        # As numbers, and by sorting: unique pairs take ten times as long.
        nodes = int(edges.max(initial=0)) + 1
        self._edges = np.stack(
            np.divmod(distinct(nodes * edges[:, 0] + edges[:, 1]), nodes), axis=1
        )
        heights = space.tabulate_dof_coordinates()[:, mesh.geometry.dim - 1]
        self._ends = heights[self._edges]

    def heights(self, values: Array, level: float = 0.5) -> Array:
        """Return the heights of the local crossings, shape (crossings,)."""
        return self._crossings(values, self._ends, level)

    def at(self, values: Array, others: Array, level: float = 0.5) -> Array:
        """Return another P1 function, by its nodal values, at the local crossings."""
        return self._crossings(values, others[self._edges], level)

    def _crossings(self, values: Array, ends: Array, level: float) -> Array:
        a, b = values[self._edges].T - level
        crossing = (a > 0) != (b > 0)
        a, b = a[crossing], b[crossing]
        low, high = ends[crossing].T
        return np.asarray(low + a / (a - b) * (high - low))


class FrontWatch:
    """Knows where on a mesh the front must not be.

    Args:
        space: Scalar P1 space.
        band: Sizes around the front.
        nearest: Distance in um from which on nobody asks for it exactly.
    """

    def __init__(self, space: FunctionSpace[Any], band: Band, nearest: float) -> None:
        mesh = space.mesh
        dimension = mesh.geometry.dim
        self._comm, self._gauge = lasting(mesh.comm), FrontGauge(space)
        self._nodes, self._nearest = space.tabulate_dof_coordinates()[:, :dimension], nearest
        is_coarse = is_large(FrontCells(space).volumes, band.size, dimension)
        coarse_cells = space.dofmap.list[: len(is_coarse)][is_coarse]
        mine = self._nodes[np.unique(coarse_cells)]
        coarse = collected(mesh.comm, mine, everywhere=True)
        self._coarse = cKDTree(coarse) if len(coarse) else None
        self._distances = np.full(len(self._nodes), _FAR)
        if self._coarse is not None:
            self._distances = np.asarray(self._coarse.query(self._nodes)[0])

    def front(self, values: Array) -> Array:
        """Return the points of the front, shape (n, dimension), on rank 0; collective."""
        return np.unique(collected(self._comm, self._places(values)), axis=0)

    def clearance(self, values: Array) -> float:
        """Return the distance from the front to vertices of cells too large for it; collective."""
        distances = self._gauge.at(values, self._distances)
        # Halfway between large cells the distance has a ridge, which edges cut off.
        doubtful = distances < self._nearest
        if self._coarse is not None and doubtful.any():
            distances[doubtful] = self._coarse.query(self._places(values)[doubtful])[0]
        least = np.array([np.min(distances, initial=np.inf)])
        self._comm.Allreduce(MPI.IN_PLACE, least, op=MPI.MIN)
        return float(least[0])

    def _places(self, values: Array) -> Array:
        return np.stack([self._gauge.at(values, axis) for axis in self._nodes.T], axis=1)


class Overhang:
    """Mean number of overhanging surfaces above a point of the base: int max(d f / dy, 0) dx.

    Zero for a front that is the graph of a height, whatever its needles; branches add to it.

    Args:
        function: P1 function (or its UFL component) that falls from 1 to 0 across the front.
        domain: Its mesh; y is the last coordinate.
        base: Length (2D) or area (3D) of the base.
    """

    def __init__(self, function: Any, domain: Domain, base: float) -> None:
        mesh = domain.mesh
        self._base = base
        slope = ufl.max_value(ufl.grad(function)[mesh.geometry.dim - 1], 0.0)
        dx = ufl.Measure("dx", domain=mesh)
        self._form = compiled(slope * dx(degree=0))

    def __call__(self) -> float:
        """Evaluate; collective."""
        return integral(self._form) / self._base
