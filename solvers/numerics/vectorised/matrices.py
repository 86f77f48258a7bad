"""Matrices of bilinear forms, whose entries go to positions that are computed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import DirichletBC, Form
from dolfinx.fem.petsc import assemble_matrix
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.numerics.vectorised.errors import NotVectorised
from lithode.solvers.numerics.vectorised.exchange import Exchange
from lithode.solvers.numerics.vectorised.kernels import Kernels, address
from lithode.solvers.numerics.vectorised.storage import Storage, checked_type
from lithode.solvers.numerics.vectorised.vectors import marked_dofs

Indices = npt.NDArray[np.int64]


class MatrixAssembler:
    """Assembles a bilinear form into a PETSc matrix as DOLFINx does; collective.

    Rows and columns of prescribed unknowns are zero but for ones on the diagonal.

    Args:
        kernels: Of the form.
        compiled: The form, compiled by DOLFINx.
        matrix: What DOLFINx's ``create_matrix`` makes of the form, ``aij`` or ``baij``. It is
            assembled once by DOLFINx, to have its pattern.
        bcs: Dirichlet conditions; their values may change, not their dofs.

    Raises:
        NotVectorised: The matrix is of another type.
    """

    def __init__(
        self,
        kernels: Kernels,
        compiled: Form[Any],
        matrix: Any,
        bcs: Sequence[DirichletBC[Any]],
    ) -> None:
        self._kernels, self._matrix = kernels, matrix
        checked_type(matrix)
        into_matrix: Any = assemble_matrix  # single dispatch hides its overloads from mypy
        into_matrix(matrix, compiled, bcs=list(bcs))
        matrix.assemble()
        self._storage = Storage(matrix)
        self._maps = [space.dofmap.index_map for space in kernels.spaces]
        self._sizes = [space.dofmap.bs for space in kernels.spaces]
        self._by_blocks = self._storage.block > 1
        if self._by_blocks and self._sizes != [self._storage.block] * 2:
            raise NotVectorised("blocks that are not those of the spaces")
        nodes = self._maps[1].size_local + self._maps[1].num_ghosts
        pairs = [self._pairs(cells, nodes) for cells in (g.cells for g in kernels.groups)]
        unique, inverse = np.unique(
            np.concatenate([p.ravel() for p in pairs] or [np.empty(0, np.int64)]),
            return_inverse=True,
        )
        rows, columns = np.divmod(unique, max(1, nodes))
        self._exchange, places = self._places(rows, columns)
        if lasting(kernels.form.mesh.comm).allreduce(self._exchange.size, op=MPI.MAX) >= 2**31:
            raise NotVectorised("more than 2^31 entries on a rank")
        self._positions = []
        for pair in pairs:
            here, inverse = inverse[: pair.size], inverse[pair.size :]
            self._positions.append(
                self._of_cells(places[here].reshape(*pair.shape, self._exchange.entries))
            )
        self._apply(bcs, rows, columns, places)

    def _pairs(self, cells: npt.NDArray[Any], nodes: int) -> Indices:
        """Return each entity's pairs of nodes as numbers, shape (entities, rows, columns)."""
        rows, columns = (dofs[cells].astype(np.int64) for dofs in self._kernels.dofs)
        pairs: Indices = rows[:, :, None] * nodes + columns[:, None, :]
        return pairs

    def _places(self, rows: Indices, columns: Indices) -> tuple[Exchange, Indices]:
        """Return where each pair's entries are, shape (pairs, entries), one for a stored block."""
        own = self._maps[0].size_local
        kept, sent = np.flatnonzero(rows < own), np.flatnonzero(rows >= own)
        glob = [
            np.asarray(index_map.local_to_global(numbers.astype(np.int32)), dtype=np.int64)
            for index_map, numbers in zip(self._maps, (rows, columns), strict=True)
        ]
        owners = np.asarray(self._maps[0].owners)[rows[sent] - own]
        exchange = Exchange(
            self._storage,
            [1, 1] if self._by_blocks else self._sizes,
            self._kernels.form.mesh.comm,
            owners,
            glob[0][sent],
            glob[1][sent],
        )
        places = np.empty((len(rows), exchange.entries), dtype=np.int64)
        places[kept] = exchange.find(glob[0][kept], glob[1][kept])
        places[sent] = exchange.sent_places()
        return exchange, places

    def _of_cells(self, places: Indices) -> npt.NDArray[np.int32]:
        """Order places, shape (entities, rows, columns, entries), as kernels read them."""
        if not self._by_blocks:
            count, rows, columns, _ = places.shape
            height, breadth = self._sizes
            parted = places.reshape(count, rows, columns, height, breadth)
            places = parted.transpose(0, 1, 3, 2, 4)
        return np.ascontiguousarray(places, dtype=np.int32)

    def _apply(
        self,
        bcs: Sequence[DirichletBC[Any]],
        rows: Indices,
        columns: Indices,
        places: Indices,
    ) -> None:
        """Find the entries of prescribed unknowns."""
        spaces = self._kernels.spaces
        marked = [
            marked_dofs(space, bcs).reshape(-1, size)
            for space, size in zip(spaces, self._sizes, strict=True)
        ]
        either = marked[0][rows][:, :, None] | marked[1][columns][:, None, :]
        entries = self._entries(places)
        self._zeros = np.unique(entries[either])
        self._ones = np.empty(0, np.int64)
        if spaces[0] == spaces[1]:
            # Also where no entity contributes.
            own = marked[0][: self._maps[0].size_local]
            nodes = np.flatnonzero(own.any(axis=1))
            glob = nodes + self._maps[0].local_range[0]
            entries = self._entries(self._exchange.find(glob, glob))
            self._ones = np.diagonal(entries, axis1=1, axis2=2)[own[nodes]]

    def _entries(self, places: Indices) -> Indices:
        """Return where each entry of pairs of nodes is, shape (pairs, height, breadth)."""
        height, breadth = self._sizes
        if not self._by_blocks:
            return places.reshape(-1, height, breadth)
        within: Indices = np.arange(height)[:, None] + height * np.arange(breadth)
        return places[:, :, None] + within

    def assemble(self) -> None:
        """Replace the values of the matrix."""
        function = "add_blocks" if self._by_blocks else "add_entries"
        positions = [address(places) for places in self._positions]
        with self._exchange.work() as values:
            where = [address(values)] * len(positions)
            self._kernels.call(function, self._kernels.groups, positions, where)
            values[self._zeros] = 0.0
            self._exchange.send()
            values[self._ones] = 1.0
        self._matrix.assemble()
