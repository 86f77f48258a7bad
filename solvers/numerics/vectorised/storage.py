"""Direct access to the entries of assembled PETSc matrices.

petsc4py has no view of a matrix's values; PETSc's own functions for that are called through
the library that petsc4py has loaded.
"""

from __future__ import annotations

import ctypes
import functools
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from lithode.solvers.numerics.vectorised import compiler
from lithode.solvers.numerics.vectorised.errors import NotVectorised

_INT: Any = ctypes.c_int64 if np.dtype(PETSc.IntType).itemsize == 8 else ctypes.c_int32
_INTS = ctypes.POINTER(_INT)
_NOTHING = np.empty(0, np.dtype(PETSc.IntType))


class _Part(ctypes.Structure):
    _fields_ = (
        ("starts", ctypes.c_void_p),
        ("columns", ctypes.c_void_p),
        ("offset", ctypes.c_int64),
    )


@dataclass(frozen=True)
class Nodes:
    """Nodes of cells, each of which stands for some rows or columns of a matrix.

    Attributes:
        nodes: Of each cell, shape (cells, nodes).
        numbers: First row or column of each node.
        width: How many rows or columns go on from there: the components of a node that ``aij``
            stores one by one, 1 where ``baij`` stores a block.
    """

    nodes: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int64]
    width: int


def _positions(comm: MPI.Intracomm) -> ctypes.CDLL:
    """Return the library that finds places; collective."""
    text = Path(__file__).with_name("positions.c").read_text()
    options = ("-O2", f"-DPETSC_INT=int{8 * ctypes.sizeof(_INT)}_t", "-fvisibility=hidden")
    key = compiler.key_of(text, platform.machine(), *options)
    library: ctypes.CDLL = compiler.shared_library(
        comm, f"libpositions_{key}", lambda: text, options
    )
    return library


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(PETSc.__file__)


def _call(name: str, *arguments: Any) -> None:
    try:
        function = getattr(_library(), name)
    except (OSError, AttributeError):
        raise NotVectorised(f"PETSc's library does not show {name}") from None
    function.restype = ctypes.c_int
    code = function(*arguments)
    if code:
        raise PETSc.Error(code)


@dataclass(frozen=True)
class Part:
    """The columns that this rank owns, or the others, of the rows that it owns.

    Attributes:
        handle: PETSc's pointer to the sequential matrix.
        columns: Global number of each column in ascending order, by blocks for a blocked matrix.
        starts: Where each row begins among the entries (or blocks), shape (rows + 1,).
        found: Column of each entry, as a number of ``columns``.
    """

    handle: ctypes.c_void_p
    columns: npt.NDArray[np.int64]
    starts: npt.NDArray[Any]
    found: npt.NDArray[Any]

    @property
    def size(self) -> int:
        """Entries, or blocks."""
        return len(self.found)


def checked_type(matrix: Any) -> str:
    """Return the type of a matrix.

    Raises:
        NotVectorised: Its entries are not to be had.
    """
    kind = str(matrix.getType())
    if kind not in ("seqaij", "mpiaij", "seqbaij", "mpibaij"):
        raise NotVectorised(f"matrices of the type {kind}")
    if np.dtype(PETSc.ScalarType) != np.float64:
        raise NotVectorised("PETSc with other numbers than double precision")
    return kind


class Storage:
    """Entries of a matrix of type ``aij`` or ``baij`` whose pattern stays.

    Args:
        matrix: Assembled PETSc matrix.

    Raises:
        NotVectorised: It is of another type.
    """

    def __init__(self, matrix: Any) -> None:
        kind = checked_type(matrix)
        self._matrix = matrix
        self._library = _positions(matrix.comm.tompi4py())
        self._blocked = kind.endswith("baij")
        #: Entries of a block in the storage: 1 for ``aij``.
        self.block = int(matrix.getBlockSize()) if self._blocked else 1
        first, last = (bound // self.block for bound in matrix.getOwnershipRangeColumn())
        self.first_row = int(matrix.getOwnershipRange()[0]) // self.block
        pointer = ctypes.c_void_p(matrix.handle)
        own = np.arange(first, last)
        if kind.startswith("seq"):
            self.parts = [self._part(pointer, own)]
            return
        inner, outer, colmap = ctypes.c_void_p(), ctypes.c_void_p(), _INTS()
        pointers = (ctypes.byref(inner), ctypes.byref(outer), ctypes.byref(colmap))
        name = "MatMPIBAIJGetSeqBAIJ" if self._blocked else "MatMPIAIJGetSeqAIJ"
        _call(name, pointer, *pointers)
        self.parts = [self._part(inner, own), self._part(outer, colmap)]

    def _part(self, handle: ctypes.c_void_p, columns: Any) -> Part:
        rows, starts, found, done = _INT(), _INTS(), _INTS(), ctypes.c_int(0)
        outputs = [ctypes.byref(x) for x in (rows, starts, found, done)]
        # Not symmetric; by blocks if there are any, but not by rows that are alike.
        how = (_INT(0), ctypes.c_int(0), ctypes.c_int(int(self._blocked)))
        _call("MatGetRowIJ", handle, *how, *outputs)
        offsets = np.ctypeslib.as_array(starts, (rows.value + 1,)).copy()
        stored = int(offsets[-1])
        column = np.ctypeslib.as_array(found, (stored,)).copy() if stored else _NOTHING
        if not isinstance(columns, np.ndarray):
            width = int(column.max()) + 1 if stored else 0
            columns = np.ctypeslib.as_array(columns, (width,)) if width else _NOTHING
        columns = columns.astype(np.int64)
        _call("MatRestoreRowIJ", handle, *how, *outputs)
        return Part(handle, columns, offsets, column)

    @property
    def offsets(self) -> list[int]:
        """Where the values of each part begin if all are in one array, and where they end."""
        sizes = [part.size * self.block**2 for part in self.parts]
        return [0, *(int(end) for end in np.cumsum(sizes))]

    def columns_of(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the columns with these global numbers: own ones, then others; -1 is none."""
        own = self.parts[0].columns
        first = int(own[0]) if len(own) else 0
        inside = (numbers >= first) & (numbers < first + len(own))
        columns = np.where(inside, numbers - first, -1)
        if len(self.parts) > 1 and len(outer := self.parts[1].columns):
            place = np.minimum(np.searchsorted(outer, numbers), len(outer) - 1)
            columns = np.where(outer[place] == numbers, len(own) + place, columns)
        return columns

    def find(
        self,
        cells: npt.NDArray[np.int32],
        rows: Nodes,
        columns: Nodes,
    ) -> npt.NDArray[np.int32]:
        """Return where entries are, by runs of columns that go on for the breadth of a node.

        Args:
            cells: Of the entities.
            rows: Nodes with numbers of local rows; negative are not stored here.
            columns: Nodes with numbers as of ``columns_of``.

        Returns:
            Places in the values, shape (entities, nodes, height, nodes); -1 is not stored.

        Raises:
            LookupError: The pattern of the matrix does not have one.
        """
        shape = (len(cells), rows.nodes.shape[1], rows.width, columns.nodes.shape[1])
        places = np.empty(shape, dtype=np.int32)
        parts = (_Part * 2)(
            *(
                _Part(part.starts.ctypes.data, part.found.ctypes.data, offset)
                for part, offset in zip(self.parts, self.offsets, strict=False)
            )
        )
        find = self._library.find_places
        find.restype = ctypes.c_int64
        arrays: list[npt.NDArray[Any]] = [
            np.ascontiguousarray(cells, np.int32),
            *(np.ascontiguousarray(x.nodes, np.int32) for x in (rows, columns)),
            *(np.ascontiguousarray(x.numbers, np.int64) for x in (rows, columns)),
        ]
        cell, row_nodes, column_nodes, row_of, column_of = (
            ctypes.c_void_p(array.ctypes.data) for array in arrays
        )
        row_sizes = (ctypes.c_int64(shape[1]), ctypes.c_int64(rows.width))
        column_sizes = (ctypes.c_int64(shape[3]), ctypes.c_int64(columns.width))
        missing = find(
            ctypes.c_int64(shape[0]),
            cell,
            *(row_nodes, *row_sizes, row_of),
            *(column_nodes, *column_sizes, column_of),
            ctypes.byref(parts),
            ctypes.c_int64(len(self.parts[0].columns)),
            ctypes.c_int64(self.block**2),
            ctypes.c_void_p(places.ctypes.data),
        )
        if missing:
            raise LookupError("an entry that the pattern of the matrix does not have")
        return places

    @contextmanager
    def values(self) -> Iterator[list[npt.NDArray[np.float64]]]:
        """Give views of the parts' values, for writing; blocks are stored by columns."""
        name = "MatSeqBAIJ" if self._blocked else "MatSeqAIJ"
        opened, views = [], []
        try:
            for part in self.parts:
                array = ctypes.POINTER(ctypes.c_double)()
                _call(f"{name}GetArray", part.handle, ctypes.byref(array))
                opened.append((part, array))
                size = part.size * self.block**2
                views.append(np.ctypeslib.as_array(array, (size,)) if size else np.empty(0))
            yield views
        finally:
            for part, array in opened:
                _call(f"{name}RestoreArray", part.handle, ctypes.byref(array))
        self._matrix.stateIncrease()
