"""Meshes that are fine along a front, refined anew from one base mesh whenever it has moved.

A base mesh, coarse, is kept whole on rank 0. There `Remesher.remade` bisects it to the allowed
sizes (`lithode.meshes.bisection`) and hands the result out, so that the mesh is the same on any
number of ranks. A mesh of its own is made of any builder's::

    remesher = Remesher.of(comm, lambda one: electrolyte.build(layer, one))
    domain = remesher.remade(Band(size=0.5, reach=4.0).sizes(front))
    domain, values, _ = remesher.transferred(points, values, sizes, conserved)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import combinations

import numpy as np
from dolfinx.mesh import entities_to_geometry
from mpi4py import MPI

from lithode.core.arrays import Arrays
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import lasting, on_root
from lithode.core.sizes import Band, Sizes, anything
from lithode.meshes.bisection import Array, Forest, Indices, Mask, Refinement, find_points
from lithode.meshes.handing_out import handed_out


def followed(
    comm: MPI.Intracomm,
    domain: Domain | None,
    make: Callable[[MPI.Intracomm, float], Domain],
    band: Band,
    largest: float,
    initial: Callable[[Array], Array],
) -> tuple[Domain, Remesher]:
    """Return a mesh for a front, and what makes the next ones; collective.

    Args:
        comm: Communicator of the meshes.
        domain: The mesh of a checkpoint to go on from, or None.
        make: Makes the base mesh of about one size on a communicator; called on rank 0 alone.
        band: Allowed sizes around the front.
        largest: Size in um that the base mesh may have; less where the geometry needs it.
        initial: Its front is where this function of points, shape (n, 3), is one half.

    Raises:
        InputError: No base mesh of the smallest size can be made.
    """
    if domain is not None:
        return domain, Remesher.again(domain)
    *coarser, finest = band.coarser(largest)

    def base(one: MPI.Intracomm) -> Domain:
        for size in coarser:
            with suppress(InputError):  # too coarse for the geometry
                return make(one, size)
        return make(one, finest)

    remesher = Remesher.of(comm, base)
    return remesher.start(band, initial), remesher


class Remesher:
    """Makes meshes from one base mesh; every method is collective.

    Args:
        comm: Communicator of the meshes.
        base: The base mesh, on rank 0.
        regions: Region name to number, the same on every rank.
        boundaries: Boundary name to number, the same on every rank.

    Raises:
        InputError: The base mesh is of neither triangles nor tetrahedra.
    """

    def __init__(
        self,
        comm: MPI.Intracomm,
        base: Arrays | None,
        regions: Mapping[str, int],
        boundaries: Mapping[str, int],
    ) -> None:
        self.comm, self._base = comm, base
        self._regions, self._boundaries = dict(regions), dict(boundaries)
        forests: list[Forest] = []

        def plant() -> None:
            if base is None:
                raise InputError("mesh", "", "has no base mesh that it could be adapted from")
            forests.append(Forest(base))

        on_root(comm, plant)
        self._forest = forests.pop() if forests else None

    @classmethod
    def of(cls, comm: MPI.Intracomm, make: Callable[[MPI.Intracomm], Domain]) -> Remesher:
        """Take what a mesh builder makes as the base mesh.

        Args:
            comm: Communicator of the meshes.
            make: Called for rank 0 alone; returns the base mesh on the communicator it is given.

        Raises:
            InputError: ``make`` raised it; on every rank.
        """
        made: list[Arrays] = []

        def build() -> tuple[Mapping[str, int], Mapping[str, int]]:
            domain = make(MPI.COMM_SELF)
            made.append(arrays_of(domain))
            return domain.regions, domain.boundaries

        names = on_root(comm, build)
        return cls(comm, made.pop() if made else None, *names)

    @classmethod
    def again(cls, domain: Domain) -> Remesher:
        """Go on from a mesh that one has made, as it is in a checkpoint."""
        comm = lasting(domain.mesh.comm)
        return cls(comm, domain.base, domain.regions, domain.boundaries)

    def remade(self, sizes: Sizes) -> Domain:
        """Return the mesh with these allowed sizes, which are asked on rank 0."""
        made: list[Refinement] = []
        on_root(self.comm, lambda: made.append(self._planted.refined(sizes)))
        return self._handed_out(made.pop() if made else None)

    def transferred(
        self,
        points: Array,
        values: Array,
        sizes: Sizes,
        conserved: Mask,
        held: Sequence[str] = (),
        of_cells: tuple[Indices, Array] | None = None,
    ) -> tuple[Domain, Array, Array]:
        """Return the mesh with these allowed sizes, and on rank 0 values at its nodes and cells.

        All but the names are read on rank 0 alone.

        Args:
            points: Nodes of the mesh so far, which this made, in any order.
            values: Values there, shape (nodes, columns).
            sizes: Allowed sizes.
            conserved: Columns whose integrals are kept; see `Refinement.values_of`.
            held: Boundaries whose nodes keep their values.
            of_cells: Cells by rows of the points, shape (cells, corners), and values there, shape
                (cells, columns), in one order; None without.

        Returns:
            The mesh, and the values in its input order; empty on the other ranks.
        """
        made: list[tuple[Refinement, Array, Array]] = []
        numbers = tuple(self._boundaries[name] for name in held)

        def make() -> None:
            old, new = self._planted.through(points), self._planted.refined(sizes)
            order = find_points(points, old.arrays.points)
            at_nodes, in_cells = new.values_of(old, values[order], conserved, numbers), nothing
            if of_cells is not None:
                at = np.argsort(order)
                in_cells = new.cell_values_of(old, at[of_cells[0]], of_cells[1])
            made.append((new, at_nodes, in_cells))

        nothing = np.zeros((0, 0))
        on_root(self.comm, make)
        new, *found = made.pop() if made else (None, nothing, nothing)
        return self._handed_out(new), *found

    @property
    def _planted(self) -> Forest:
        if self._forest is None:
            raise RuntimeError("only rank 0 has the base mesh")
        return self._forest

    def start(self, band: Band, initial: Callable[[Array], Array]) -> Domain:
        """Return the mesh for a front where a function of points is one half.

        Args:
            band: Allowed sizes around it.
            initial: Values at points of shape (n, 3); called on rank 0.
        """
        made: list[Refinement] = []

        def make() -> None:
            mesh = self._planted.refined(anything)
            # Each mesh shows more of a front that the one before was too coarse to see.
            for _ in range(_MOST_PASSES):
                before, arrays = mesh, mesh.arrays
                values = initial(np.pad(arrays.points, ((0, 0), (0, 3 - arrays.points.shape[1]))))
                front = crossings(arrays.cells, arrays.points, values)
                mesh = self._planted.refined(band.sizes(front))
                if np.array_equal(mesh.arrays.points, before.arrays.points):
                    break
            made.append(mesh)

        on_root(self.comm, make)
        return self._handed_out(made.pop() if made else None)

    def _handed_out(self, mesh: Refinement | None) -> Domain:
        arrays = None if mesh is None else mesh.arrays
        domain = handed_out(self.comm, arrays, self._regions, self._boundaries)
        return replace(domain, base=self._base)


_MOST_PASSES = 20


def crossings(cells: Indices, points: Array, values: Array) -> Array:
    """Return where a P1 function crosses one half on the edges of cells, shape (n, dimension)."""
    pairs = combinations(range(cells.shape[1]), 2)
    edges = np.unique(np.sort(np.concatenate([cells[:, p] for p in pairs]), axis=1), axis=0)
    a, b = values[edges].T - 0.5
    crossed = (a > 0) != (b > 0)
    a, b, edges = a[crossed], b[crossed], edges[crossed]
    start, end = points[edges[:, 0]], points[edges[:, 1]]
    return np.asarray(start + (a / (a - b))[:, None] * (end - start))


def arrays_of(domain: Domain) -> Arrays:
    """Return a mesh that lies on one process, in its input order."""
    mesh, dimension = domain.mesh, domain.mesh.geometry.dim
    numbers = mesh.geometry.input_global_indices
    points = np.empty((len(numbers), dimension))
    points[numbers] = mesh.geometry.x[:, :dimension]
    dofmap, order = mesh.geometry.dofmaps[0], mesh.topology.original_cell_index
    cells = np.empty(dofmap.shape, dtype=np.int64)
    cells[order] = numbers[dofmap]
    regions = np.zeros(len(cells), dtype=np.int32)
    regions[order[domain.cell_tags.indices]] = domain.cell_tags.values
    mesh.topology.create_connectivity(dimension - 1, dimension)
    facets = entities_to_geometry(mesh, dimension - 1, domain.facet_tags.indices)
    return Arrays(
        points, cells, regions, numbers[facets].reshape(-1, dimension), domain.facet_tags.values
    )
