"""Values of nodes and cells in the order of a mesh's input, each rank with a slice of it.

That order is the same on any number of ranks, and no rank ever holds the whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Indices = npt.NDArray[np.int64]


class InputOrder:
    """Hands out the values of owned nodes or cells as slices of the input order.

    Args:
        comm: Communicator; making and using it is collective.
        indices: Input numbers of what this rank owns.
        total: Number of all, on all ranks.

    Attributes:
        first: Input number at which this rank's slice starts.
        count: Length of the slice.
    """

    def __init__(self, comm: MPI.Intracomm, indices: Indices, total: int) -> None:
        ends = total * np.arange(1, comm.size + 1, dtype=np.int64) // comm.size
        self._comm = comm
        self.first = int(ends[comm.rank - 1]) if comm.rank else 0
        self.count = int(ends[comm.rank]) - self.first
        owners = np.searchsorted(ends, indices, side="right")
        self._order = np.argsort(owners, kind="stable")
        self._sent = np.bincount(owners, minlength=comm.size)
        self._received = np.empty_like(self._sent)
        comm.Alltoall(self._sent, self._received)
        self._places = self._exchanged(indices) - self.first

    def slice(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return this rank's slice of values with one row for each owned node or cell."""
        received = self._exchanged(values)
        result = np.empty_like(received)
        result[self._places] = received
        return result

    def _exchanged(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        sent = np.ascontiguousarray(values[self._order])
        result = np.empty((int(self._received.sum()), *values.shape[1:]), values.dtype)
        bytes_of_row = values.dtype.itemsize * int(np.prod(values.shape[1:]))
        row = MPI.BYTE.Create_contiguous(bytes_of_row).Commit()
        try:
            self._comm.Alltoallv([sent, self._sent, row], [result, self._received, row])
        finally:
            row.Free()
        return result
