"""Integrals, extremes and boundary residuals that models report; cheap enough for every step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, geometry, la
from dolfinx.fem import Function, FunctionSpace
from dolfinx.mesh import entities_to_geometry
from mpi4py import MPI
from scipy.spatial import cKDTree

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import lasting
from lithode.solvers.numerics import ranked
from lithode.solvers.numerics.assembly import LinearForm
from lithode.solvers.numerics.blocks import compiled

Array = npt.NDArray[np.float64]


class NodalWeights:
    """Nodal quadrature on a space, whole and by region: int f dx = sum_i w_i f_i.

    Exact for the functions of the space.

    Args:
        domain: Mesh with named regions.
        space: Scalar P1 or DG0 space on it.
    """

    def __init__(self, domain: Domain, space: FunctionSpace[Any]) -> None:
        self._comm = lasting(domain.mesh.comm)
        self._owned = space.dofmap.index_map.size_local
        test = ufl.TestFunction(space)
        dx = ufl.Measure("dx", domain=domain.mesh, subdomain_data=domain.cell_tags)
        self.space = space
        self.whole = self.moments(compiled(test * dx))
        self.regions = {
            name: self.moments(compiled(test * dx(number)))
            for name, number in domain.regions.items()
        }

    def moments(self, linear: Any) -> Array:
        """Assemble a compiled form or a ``LinearForm``; values at all local nodes with ghosts."""
        vector = la.vector(self.space.dofmap.index_map, 1)
        if isinstance(linear, LinearForm):
            linear.add_to(vector.array)
        else:
            fem.assemble_vector(vector.array, linear)
        vector.scatter_reverse(la.InsertMode.add)
        vector.scatter_forward()
        return vector.array

    def sums(self, *integrands: Array) -> Array:
        """Return global sums over the nodes of arrays with one value per local node."""
        local = np.array([values[: self._owned].sum() for values in integrands])
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.SUM)
        return local

    def residual_tolerance(self, relative: float) -> float:
        """Return the norm of a residual at which a share of the whole is out of balance."""
        nodes = int(self.space.dofmap.index_map.size_global)
        return relative * float(self.sums(self.whole)[0]) / math.sqrt(nodes)

    def maxima(self, *values: Array) -> Array:
        """Return global maxima; -inf where no rank has a value."""
        local = np.array([np.max(v, initial=-np.inf) for v in values])
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.MAX)
        return local

    def mean(self, values: Array, weights: Array) -> float:
        """Return the weighted mean over the nodes; NaN if nothing has a weight. Collective."""
        moment, size = self.sums(weights * values, weights)
        return float(moment / size) if size > 0 else float("nan")

    def largest(self, values: Array, weights: Array) -> float:
        """Return the largest value that has a weight; NaN if none has one. Collective."""
        largest = float(self.maxima(values[weights > 0])[0])
        return largest if np.isfinite(largest) else float("nan")

    def quantile(self, values: Array, weights: Array, share: float) -> float:
        """Return the smallest value that at least this share of the weight does not exceed.

        Args:
            values: One per local node.
            weights: One per local node; nodes without a weight do not count.
            share: Between 0 and 1.

        Returns:
            The value, the same on any number of ranks; NaN if nothing has a weight. Collective.
        """
        counts = weights[: self._owned] > 0
        mine, theirs = values[: self._owned][counts], weights[: self._owned][counts]
        return ranked.quantile(self._comm, mine, theirs, share)


class RegionInterface:
    """The facets between two regions.

    Args:
        domain: Mesh with named regions, with ghosts that share facets.
        space: Scalar P1 space on it.
        one: Name of a region.
        other: Name of another.

    Attributes:
        weights: Nodal quadrature on it: int f ds = sum_i w_i f_i for P1 functions.
        size: Its length (2D) or area (3D) in um or um^2.
        points: Its nodes, whole, shape (n, 3).
    """

    def __init__(self, domain: Domain, space: FunctionSpace[Any], one: str, other: str) -> None:
        mesh, tdim = domain.mesh, domain.mesh.topology.dim
        self._comm = lasting(mesh.comm)
        mesh.topology.create_connectivity(tdim - 1, tdim)
        facets = facets_between(domain, domain.regions[one], domain.regions[other])
        node_to_dof = np.empty(len(mesh.geometry.x), dtype=np.int64)
        node_to_dof[mesh.geometry.dofmaps[0]] = space.dofmap.list
        nodes = entities_to_geometry(mesh, tdim - 1, facets).reshape(-1, tdim)
        self._dofs = node_to_dof[nodes]
        corners = mesh.geometry.x[nodes]
        edges = corners[:, 1:] - corners[:, :1]
        gram = np.linalg.det(edges @ edges.transpose(0, 2, 1))
        self._sizes = np.sqrt(gram) / math.factorial(tdim - 1)
        vector = la.vector(space.dofmap.index_map, 1)
        np.add.at(vector.array, self._dofs, self._sizes[:, None] / tdim)
        vector.scatter_reverse(la.InsertMode.add)
        vector.scatter_forward()
        self.weights: Array = vector.array
        self.size = float(self._comm.allreduce(self._sizes.sum(), op=MPI.SUM))
        parts = self._comm.allgather(corners.reshape(-1, 3))
        self.points: Array = np.unique(np.concatenate(parts).round(9), axis=0)
        # Midpoints of a division of each facet into congruent parts, in barycentric coordinates.
        steps = (np.arange(_PARTS) + 0.5) / _PARTS
        grid = np.stack(np.meshgrid(*[steps] * (tdim - 1)), axis=-1).reshape(-1, tdim - 1)
        inside = grid[grid.sum(axis=1) <= 1]
        self._samples = np.hstack([1 - inside.sum(axis=1, keepdims=True), inside])

    def share_above(self, values: Array, level: float) -> float:
        """Return the share of the interface where a P1 function reaches a level; collective."""
        above = np.mean(values[self._dofs] @ self._samples.T >= level, axis=1)
        covered = self._comm.allreduce(float(self._sizes @ above), op=MPI.SUM)
        return covered / self.size if self.size > 0 else 0.0


# Parts per edge of a facet when its covered share is taken.
_PARTS = 16


def facets_between(domain: Domain, one: int, other: int) -> npt.NDArray[np.int32]:
    """Return the owned facets between the regions of two numbers.

    The mesh must know which cells each facet has.
    """
    topology = domain.mesh.topology
    dim = topology.dim
    cells = topology.index_map(dim)
    numbers = np.zeros(cells.size_local + cells.num_ghosts, dtype=np.int32)
    numbers[domain.cell_tags.indices] = domain.cell_tags.values
    to_cells = topology.connectivity(dim - 1, dim)
    owned = topology.index_map(dim - 1).size_local
    offsets, links = to_cells.offsets, to_cells.array
    inner = np.flatnonzero(np.diff(offsets[: owned + 1]) == 2)
    sides = numbers[np.stack([links[offsets[inner]], links[offsets[inner] + 1]], axis=1)]
    return np.asarray(inner[(np.sort(sides, axis=1) == sorted((one, other))).all(axis=1)], np.int32)


def distances(points: Array, others: Array) -> Array:
    """Return the distance of each point to the nearest of the others; infinite without any."""
    if not len(others):
        return np.full(len(points), np.inf)
    return np.asarray(cKDTree(others).query(points)[0])


class Neighbourhood:
    """Which nodes of an interface have one of some points near, whatever ranks these lie on.

    Args:
        comm: Communicator.
        interface: Nodes of the interface, whole, the same on every rank, shape (n, 3).
        reach: What is near, in um.
        nodes: Nodes of this rank, on the interface or not.
    """

    def __init__(self, comm: MPI.Intracomm, interface: Array, reach: float, nodes: Array) -> None:
        self._comm, self._interface, self._reach = comm, interface, reach
        is_there = len(interface) > 0
        self._numbers = cKDTree(interface).query(nodes)[1] if is_there else np.full(len(nodes), 0)

    def reached(self, points: Array) -> npt.NDArray[np.bool_]:
        """Return for each node of this rank whether any rank's points are near; collective.

        It means nothing for nodes that are not on the interface.
        """
        near = np.zeros(max(1, len(self._interface)), dtype=np.uint8)
        near[: len(self._interface)] = distances(self._interface, points) <= self._reach
        self._comm.Allreduce(MPI.IN_PLACE, near, op=MPI.MAX)
        return np.asarray(near[self._numbers] > 0)


class BoundaryResidual:
    """Outflow through a Dirichlet boundary as the weak residual there.

    The residual tested with the nodal indicator of the boundary is the flux that the discrete
    equations really exchange, so balances close to solver accuracy.

    Args:
        residual: Called with (test, dx); returns the residual form.
        space: Scalar P1 space.
        dofs: Nodes of the boundary.
        measure: The quadrature that the solve uses.
    """

    def __init__(
        self,
        residual: Any,
        space: FunctionSpace[Any],
        dofs: npt.NDArray[np.int32],
        measure: ufl.Measure,
    ) -> None:
        mesh = space.mesh
        indicator = Function(space)
        indicator.x.array[dofs] = 1.0
        indicator.x.scatter_forward()
        owned = mesh.topology.index_map(mesh.topology.dim).size_local
        touching = np.any(indicator.x.array[space.dofmap.list[:owned]] > 0.5, axis=1)
        cells = np.flatnonzero(touching).astype(np.int32)
        near = ufl.Measure(
            "dx", domain=mesh, subdomain_data=[(1, cells)], metadata=measure.metadata()
        )
        self._form = compiled(residual(indicator, near(1)))

    def __call__(self) -> float:
        """Evaluate with the present values of the coefficients; collective."""
        return integral(self._form)


class LineGauge:
    """Values of P1 functions at evenly spread points of a line.

    Args:
        space: Scalar P1 space.
        start: First point in um.
        end: Last point.
        count: Number of points.

    Raises:
        InputError: Part of the line lies outside of the mesh.
    """

    def __init__(
        self, space: FunctionSpace[Any], start: Sequence[float], end: Sequence[float], count: int
    ) -> None:
        mesh, dim = space.mesh, space.mesh.geometry.dim
        self._comm = lasting(mesh.comm)
        points = np.zeros((count, 3))
        points[:, :dim] = np.linspace(start, end, count)
        self.distances = np.linalg.norm(points - points[0], axis=1)
        tree = geometry.bb_tree(mesh, mesh.topology.dim, padding=1e-9)
        candidates = geometry.compute_collisions_points(tree, points)
        cells = geometry.compute_colliding_cells(mesh, candidates, points)
        found = [k for k in range(count) if len(cells.links(k))]
        holders = np.zeros(count)
        holders[found] = 1.0
        self._comm.Allreduce(MPI.IN_PLACE, holders, op=MPI.SUM)
        if np.any(holders == 0):
            raise InputError("line", tuple(start), f"leaves the mesh on its way to {tuple(end)}")
        # A point on the edge of two ranks is evaluated by both, and averaged.
        self._local, self._share = np.array(found, dtype=np.intp), 1 / holders
        owners = np.array([cells.links(k)[0] for k in found], dtype=np.int32)
        self._dofs = space.dofmap.list[owners]
        corners = space.tabulate_dof_coordinates()[self._dofs][:, :, :dim]
        system = np.concatenate([np.ones((*corners.shape[:2], 1)), corners], axis=2)
        right = np.concatenate([np.ones((len(found), 1)), points[found][:, :dim]], axis=1)
        self._weights = np.linalg.solve(system.transpose(0, 2, 1), right[:, :, None])[:, :, 0]

    def __call__(self, values: Array) -> Array:
        """Return the values along the line of nodal values; collective."""
        line = np.zeros(len(self._share))
        line[self._local] = np.sum(self._weights * values[self._dofs], axis=1)
        self._comm.Allreduce(MPI.IN_PLACE, line, op=MPI.SUM)
        return line * self._share

    def last_above(self, values: Array, level: float) -> float:
        """Return the largest distance along the line at which nodal values reach a level.

        0 if they do so nowhere; collective.
        """
        line = self(values)
        above = np.flatnonzero(line >= level)
        if not len(above):
            return 0.0
        k = int(above[-1])
        if k == len(line) - 1:
            return float(self.distances[-1])
        part = (line[k] - level) / (line[k] - line[k + 1])
        return float(self.distances[k] + part * (self.distances[k + 1] - self.distances[k]))


def integral(form: fem.Form[Any]) -> float:
    """Return the value of a compiled scalar form; collective."""
    local = fem.assemble_scalar(form)
    return float(lasting(form.mesh.comm).allreduce(local, op=MPI.SUM).real)


def integrals_of_parts(form: fem.Form[Any], part: Function[Any], parts: Sequence[Array]) -> Array:
    """Return the integrals of a form for each of several nodal values of a P1 function in it.

    Args:
        form: Compiled, of a scalar.
        part: The function, which is overwritten.
        parts: Its values at the local nodes.
    """
    out = []
    for values in parts:
        part.x.array[:] = values
        out.append(integral(form))
    return np.array(out)


def boundary_size(domain: Domain, boundary: str) -> float:
    """Return the length (2D) or area (3D) of a named boundary, in um or um^2; collective."""
    ds = ufl.Measure("ds", domain=domain.mesh, subdomain_data=domain.facet_tags)
    one = fem.Constant(domain.mesh, 1.0)
    return integral(compiled(one * ds(domain.boundaries[boundary])))


def boundary_dofs(
    domain: Domain, space: FunctionSpace[Any], boundary: str
) -> npt.NDArray[np.int32]:
    """Return the nodes of a named boundary in a (sub)space."""
    mesh = domain.mesh
    mesh.topology.create_connectivity(mesh.topology.dim - 1, mesh.topology.dim)
    return np.asarray(
        fem.locate_dofs_topological(space, mesh.topology.dim - 1, domain.facets(boundary))
    )


def roller_dofs(
    domain: Domain, space: FunctionSpace[Any], boundary: str, axis: int
) -> npt.NDArray[np.int32]:
    """Return the dofs of component ``axis`` on the facets of a boundary that face that axis."""
    mesh = domain.mesh
    tdim = mesh.topology.dim
    mesh.topology.create_connectivity(tdim - 1, tdim)
    facets = domain.facets(boundary)
    if len(facets):
        corners = mesh.geometry.x[entities_to_geometry(mesh, tdim - 1, facets)]
        facets = facets[np.ptp(corners[:, :, axis], axis=1) < 1e-9]
    return np.asarray(fem.locate_dofs_topological(space.sub(axis), tdim - 1, facets))
