"""Entries of rows that other ranks own: collected, sent, and added there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.numerics.vectorised.storage import Storage

Indices = npt.NDArray[np.int64]
_TAG = 71


class Exchange:
    """An array of all values that a rank computes: stored parts first, then what it sends.

    A pair of nodes stands for a block of entries, of which ``aij`` stores each and ``baij`` all
    at one place. Collective.

    Args:
        storage: Of the matrix.
        sizes: Rows and columns of a block whose entries are stored one by one.
        comm: Ranks.
        owners: Rank that owns the row, for each pair that is sent.
        rows: Its global row, as nodes.
        columns: Its global column, as nodes.
    """

    def __init__(
        self,
        storage: Storage,
        sizes: list[int],
        comm: MPI.Intracomm,
        owners: npt.NDArray[np.int32],
        rows: Indices,
        columns: Indices,
    ) -> None:
        self._storage, self._sizes, self._comm = storage, sizes, comm
        #: Places of a pair.
        self.entries = sizes[0] * sizes[1]
        self._per_place = storage.block**2
        lengths = [len(part.keys) * self._per_place for part in storage.parts]
        self._ends = [int(end) for end in np.cumsum(lengths)]
        stored = self._ends[-1]
        self._order = np.argsort(owners, kind="stable")
        per_pair = self.entries * self._per_place
        #: Length of the array.
        self.size = stored + len(owners) * per_pair
        out: list[tuple[Indices, Indices]] = []
        self._sends: dict[int, slice] = {}
        for rank in range(comm.size):
            chosen = self._order[owners[self._order] == rank]
            out.append((rows[chosen], columns[chosen]))
            if len(chosen):
                start = stored + per_pair * int(np.searchsorted(owners[self._order], rank))
                self._sends[rank] = slice(start, start + per_pair * len(chosen))
        self._receives: dict[int, tuple[Indices, npt.NDArray[np.float64]]] = {}
        for rank, (theirs, columns_there) in enumerate(lasting(comm).alltoall(out)):
            if len(theirs):
                places = self.find(theirs, columns_there)
                offsets = np.arange(self._per_place)
                entries = (places[:, :, None] + offsets).ravel()
                self._receives[rank] = (entries, np.empty(len(entries)))
        self._work = np.empty(self.size if comm.size > 1 else 0)

    def find(self, rows: Indices, columns: Indices) -> Indices:
        """Return the places of pairs of nodes with rows of this rank, shape (pairs, entries).

        Raises:
            LookupError: The pattern of the matrix does not have one.
        """
        height, breadth = self._sizes
        each = (len(rows), height, breadth)
        row = (rows[:, None] * height + np.arange(height))[:, :, None] - self._storage.first_row
        column = (columns[:, None] * breadth + np.arange(breadth))[:, None, :]
        row, column = (np.broadcast_to(x, each).ravel() for x in (row, column))
        places = np.full(len(row), -1, dtype=np.int64)
        for part, start in zip(self._storage.parts, [0, *self._ends], strict=False):
            found = part.find(row, column)
            places = np.where(found >= 0, start + found * self._per_place, places)
        if len(places) and places.min() < 0:
            raise LookupError("an entry that the pattern of the matrix does not have")
        return places.reshape(len(rows), self.entries)

    def sent_places(self) -> Indices:
        """Return the places of the pairs that are sent, in the order in which they were given."""
        count = len(self._order)
        places = np.empty((count, self.entries), dtype=np.int64)
        numbers = np.arange(count * self.entries).reshape(count, self.entries)
        places[self._order] = self._ends[-1] + numbers * self._per_place
        return places

    @contextmanager
    def work(self) -> Iterator[npt.NDArray[np.float64]]:
        """Give the array, all zero; what is in it at the end are the values of the matrix."""
        with self._storage.values() as parts:
            if self._comm.size == 1:
                parts[0][:] = 0.0
                yield parts[0]
                return
            self._work[:] = 0.0
            yield self._work
            for part, start, end in zip(parts, [0, *self._ends], self._ends, strict=False):
                part[:] = self._work[start:end]

    def send(self) -> None:
        """Send what belongs to other ranks, and add what they send."""
        requests = [
            self._comm.Irecv(buffer, rank, _TAG) for rank, (_, buffer) in self._receives.items()
        ]
        requests += [
            self._comm.Isend(self._work[part], rank, _TAG) for rank, part in self._sends.items()
        ]
        MPI.Request.Waitall(requests)
        for entries, buffer in self._receives.values():
            self._work[entries] += buffer
