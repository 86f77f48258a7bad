"""Matrices of bilinear forms, whose entries go to positions that are computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import DirichletBC
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.numerics.vectorised.errors import NotVectorised
from lithode.solvers.numerics.vectorised.exchange import Exchange, Runs
from lithode.solvers.numerics.vectorised.kernels import Kernels, address
from lithode.solvers.numerics.vectorised.storage import Nodes, Storage
from lithode.solvers.numerics.vectorised.vectors import marked_dofs

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Numbering:
    """Rows or columns of a matrix that the nodes of a space stand for.

    Attributes:
        numbers: Global number of the first row of each node of this rank, ghosts included.
        owners: Rank that owns each node.
        own: Nodes that this rank owns.
        width: Rows of a node: its components, or 1 where a block of entries is stored.
    """

    numbers: Indices
    owners: Indices
    own: int
    width: int


def numberings(comm: MPI.Intracomm, spaces: Sequence[Any], by_blocks: bool) -> list[Numbering]:
    """Return the numbers that DOLFINx gives the unknowns of several spaces; collective.

    The rows of a rank are those of the first space, then those of the second and so on.
    """
    maps = [space.dofmap.index_map for space in spaces]
    widths = [1 if by_blocks else int(space.dofmap.bs) for space in spaces]
    sizes = [index_map.size_local * width for index_map, width in zip(maps, widths, strict=True)]
    each = np.array(lasting(comm).allgather(sizes), dtype=np.int64).reshape(comm.size, len(spaces))
    starts = np.cumsum(each.ravel()).reshape(each.shape) - each
    first = np.cumsum(each, axis=0) - each
    found = []
    for k, (index_map, width) in enumerate(zip(maps, widths, strict=True)):
        local = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
        owners = np.concatenate(
            [np.full(index_map.size_local, comm.rank), index_map.owners]
        ).astype(np.int64)
        own_number = np.asarray(index_map.local_to_global(local)) * width - first[owners, k]
        numbers = starts[owners, k] + own_number
        found.append(Numbering(numbers, owners, index_map.size_local, width))
    return found


class MatrixAssembler:
    """Assembles bilinear forms into a PETSc matrix as DOLFINx does; collective.

    Rows and columns of prescribed unknowns are zero but for ones on the diagonal.

    Args:
        kernels: Of the form of each block of the matrix that has one, by row and column.
        spaces: Those of the rows and those of the columns.
        matrix: Of the pattern of these forms, ``aij`` or ``baij``, assembled.
        bcs: Dirichlet conditions; their values may change, not their dofs.

    Raises:
        NotVectorised: The matrix is of another type.
    """

    def __init__(
        self,
        kernels: Mapping[tuple[int, int], Kernels],
        spaces: tuple[Sequence[Any], Sequence[Any]],
        matrix: Any,
        bcs: Sequence[DirichletBC[Any]],
    ) -> None:
        self._kernels, self._matrix, self._spaces = kernels, matrix, spaces
        self._storage = Storage(matrix)
        comm = spaces[0][0].mesh.comm
        self._by_blocks = self._storage.block > 1
        sizes = [[space.dofmap.bs for space in side] for side in spaces]
        if self._by_blocks and sizes != [[self._storage.block]] * 2:
            raise NotVectorised("blocks that are not those of the spaces")
        self._rows, self._columns = (numberings(comm, side, self._by_blocks) for side in spaces)
        self._positions = {at: self._places(at, parts) for at, parts in kernels.items()}
        sent, targets = self._send()
        self._exchange = Exchange(self._storage, comm, sent)
        for places, entries, runs in targets:
            places[entries] = self._exchange.places[runs]
        if lasting(comm).allreduce(self._exchange.size, op=MPI.MAX) >= 2**31:
            raise NotVectorised("more than 2^31 entries on a rank")
        marked = [
            [marked_dofs(space, bcs).reshape(-1, space.dofmap.bs) for space in side]
            for side in spaces
        ]
        empty = np.empty(0, np.int64)
        is_zero = np.zeros(self._exchange.size, dtype=bool)
        for at in kernels:
            for entries in self._prescribed(at, marked):
                is_zero[entries] = True
        self._zeros = np.flatnonzero(is_zero)
        self._ones = np.concatenate([empty, *(self._diagonal(at, marked[0]) for at in kernels)])

    def _nodes(self, at: tuple[int, int], kernels: Kernels) -> tuple[Nodes, Nodes]:
        row, column = self._rows[at[0]], self._columns[at[1]]
        stored = row.numbers - self._storage.first_row
        stored = np.where(np.arange(len(stored)) < row.own, stored, -1)
        return (
            Nodes(kernels.dofs[0], stored, row.width),
            Nodes(kernels.dofs[1], self._storage.columns_of(column.numbers), column.width),
        )

    def _places(self, at: tuple[int, int], kernels: Kernels) -> list[npt.NDArray[np.int32]]:
        """Return the places of each group's entries; -1 where another rank owns the row."""
        nodes = self._nodes(at, kernels)
        return [self._storage.find(group.cells, *nodes) for group in kernels.groups]

    def _send(self) -> tuple[Runs, list[Any]]:
        """Return what goes to other ranks, each once, and which entries of places it fills."""
        empty = np.empty(0, np.int64)
        parts: list[tuple[Any, ...]] = [(empty, empty, empty, empty)]
        targets = []
        for at, positions in self._positions.items():
            row, column = self._rows[at[0]], self._columns[at[1]]
            row_dofs, column_dofs = self._kernels[at].dofs
            for group, places in zip(self._kernels[at].groups, positions, strict=True):
                entity, i, a, j = entries = np.nonzero(places < 0)
                row_nodes = row_dofs[group.cells[entity], i]
                numbers = column.numbers[column_dofs[group.cells[entity], j]]
                lengths = np.full(len(a), column.width)
                parts.append((row.owners[row_nodes], row.numbers[row_nodes] + a, numbers, lengths))
                targets.append((places, entries))
        owners, rows, columns, lengths = (np.concatenate(part) for part in zip(*parts, strict=True))
        keys = rows * int(self._matrix.getSize()[1]) + columns
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        filled = []
        for places, entries in targets:
            count = len(entries[0])
            filled.append((places, entries, inverse[:count]))
            inverse = inverse[count:]
        return Runs(owners, rows, columns, lengths)[first], filled

    def _entries(self, at: tuple[int, int], places: npt.NDArray[np.int32]) -> Indices:
        """Return where each entry is, shape (entities, nodes, height, nodes, breadth)."""
        starts = places.astype(np.int64)
        if not self._by_blocks:
            return starts[..., None] + np.arange(self._columns[at[1]].width)
        size = self._storage.block
        within = np.arange(size)[:, None, None] + size * np.arange(size)
        entries: Indices = starts[..., None] + within
        return entries

    def _prescribed(self, at: tuple[int, int], marked: Any) -> list[Indices]:
        """Return where the entries in rows and columns of prescribed unknowns are."""
        kernels, found = self._kernels[at], []
        rows, columns = marked[0][at[0]], marked[1][at[1]]
        for group, places in zip(kernels.groups, self._positions[at], strict=True):
            row_nodes, column_nodes = (dofs[group.cells] for dofs in kernels.dofs)
            touched = rows.any(axis=1)[row_nodes].any(axis=1)
            touched |= columns.any(axis=1)[column_nodes].any(axis=1)
            chosen = np.flatnonzero(touched)
            in_rows = rows[row_nodes[chosen]][:, :, :, None, None]
            in_columns = columns[column_nodes[chosen]][:, None, None, :, :]
            found.append(self._entries(at, places[chosen])[in_rows | in_columns])
        return found

    def _diagonal(self, at: tuple[int, int], marked: Any) -> Indices:
        """Return where the diagonal of prescribed unknowns is, also where no entity contributes."""
        if at[0] != at[1] or self._spaces[0][at[0]] != self._spaces[1][at[1]]:
            return np.empty(0, np.int64)
        row = self._rows[at[0]]
        own = marked[at[0]][: row.own]
        nodes = np.flatnonzero(own.any(axis=1)).astype(np.int32)
        each = np.arange(len(nodes), dtype=np.int32)
        numbers = row.numbers[nodes]
        places = self._storage.find(
            each,
            Nodes(each[:, None], numbers - self._storage.first_row, row.width),
            Nodes(each[:, None], self._storage.columns_of(numbers), row.width),
        )
        entries = self._entries(at, places)[:, 0, :, 0, :]
        return np.asarray(np.diagonal(entries, axis1=1, axis2=2)[own[nodes]])

    def assemble(self) -> None:
        """Replace the values of the matrix."""
        function = "add_blocks" if self._by_blocks else "add_entries"
        with self._exchange.work() as values:
            where = address(values)
            for at, kernels in self._kernels.items():
                positions = [address(places) for places in self._positions[at]]
                kernels.call(function, kernels.groups, positions, [where] * len(positions))
            values[self._zeros] = 0.0
            self._exchange.send()
            values[self._ones] = 1.0
        self._matrix.assemble()
