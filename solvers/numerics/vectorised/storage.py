"""Direct access to the entries of assembled PETSc matrices.

petsc4py has no view of a matrix's values; PETSc's own functions for that are called through
the library that petsc4py has loaded.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

from lithode.solvers.numerics.vectorised.errors import NotVectorised

_INT: Any = ctypes.c_int64 if np.dtype(PETSc.IntType).itemsize == 8 else ctypes.c_int32
_INTS = ctypes.POINTER(_INT)


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
        keys: Row times number of columns plus column, of each stored entry or block, ascending.
    """

    handle: ctypes.c_void_p
    columns: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]

    def find(self, rows: npt.NDArray[Any], columns: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return the numbers of entries (or blocks) by local row and global column; -1 is none."""
        if not len(self.keys):
            return np.full(len(rows), -1)
        local = np.minimum(np.searchsorted(self.columns, columns), len(self.columns) - 1)
        keys = rows.astype(np.int64) * len(self.columns) + local
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = (self.keys[found] == keys) & (self.columns[local] == columns)
        return np.where(there, found, -1)


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
        count = rows.value
        offsets = np.ctypeslib.as_array(starts, (count + 1,)).astype(np.int64)
        stored = int(offsets[-1])
        column = np.empty(0, np.int64)
        if stored:
            column = np.ctypeslib.as_array(found, (stored,)).astype(np.int64)
        if not isinstance(columns, np.ndarray):
            width = int(column.max()) + 1 if stored else 0
            columns = np.ctypeslib.as_array(columns, (width,)) if width else np.empty(0)
        columns = columns.astype(np.int64)
        keys = np.repeat(np.arange(count), np.diff(offsets)) * max(1, len(columns)) + column
        _call("MatRestoreRowIJ", handle, *how, *outputs)
        return Part(handle, columns, keys)

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
                size = len(part.keys) * self.block**2
                views.append(np.ctypeslib.as_array(array, (size,)) if size else np.empty(0))
            yield views
        finally:
            for part, array in opened:
                _call(f"{name}RestoreArray", part.handle, ctypes.byref(array))
        self._matrix.stateIncrease()
