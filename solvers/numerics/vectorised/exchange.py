"""Entries of rows that other ranks own: collected, sent, and added there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.numerics.vectorised.storage import Nodes, Storage

Indices = npt.NDArray[np.int64]
_TAG = 71


@dataclass(frozen=True)
class Runs:
    """Runs of entries, each stored one after the other: of one row, or of a block.

    Attributes:
        owners: Rank that owns the row.
        rows: Global row.
        columns: Global column of the first entry.
        lengths: Numbers of columns; 1 of a block.
    """

    owners: Indices
    rows: Indices
    columns: Indices
    lengths: Indices

    def __getitem__(self, chosen: Indices) -> Runs:
        """Return some of them."""
        return Runs(
            self.owners[chosen], self.rows[chosen], self.columns[chosen], self.lengths[chosen]
        )


def expanded(starts: Indices, lengths: Indices) -> Indices:
    """Return the numbers from each start on, so many of each."""
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(starts, lengths) + within


class Exchange:
    """An array of all values that a rank computes: stored parts first, then what it sends.

    Collective.

    Args:
        storage: Of the matrix.
        comm: Ranks.
        sent: Entries for other ranks.
    """

    def __init__(self, storage: Storage, comm: MPI.Intracomm, sent: Runs) -> None:
        self._storage, self._comm = storage, comm
        self._offsets = storage.offsets
        per_column = storage.block**2
        order = np.argsort(sent.owners, kind="stable")
        sizes = sent.lengths[order] * per_column
        ends = self._offsets[-1] + np.cumsum(sizes)
        #: Where each run is, in the order in which they were given.
        self.places: Indices = np.empty(len(order), dtype=np.int64)
        self.places[order] = ends - sizes
        #: Length of the array.
        self.size = int(ends[-1]) if len(ends) else self._offsets[-1]
        out: list[Runs] = []
        self._sends: dict[int, slice] = {}
        for rank in range(comm.size):
            chosen = order[sent.owners[order] == rank]
            out.append(sent[chosen])
            if len(chosen):
                start, stop = self.places[chosen[0]], self.places[chosen[-1]]
                stop += int(sent.lengths[chosen[-1]]) * per_column
                self._sends[rank] = slice(int(start), int(stop))
        self._receives: dict[int, tuple[Indices, npt.NDArray[np.float64]]] = {}
        for rank, runs in enumerate(lasting(comm).alltoall(out)):
            if len(runs.rows):
                entries = self._entries(runs)
                self._receives[rank] = (entries, np.empty(len(entries)))
        self._work = np.empty(self.size if comm.size > 1 else 0)

    def _entries(self, runs: Runs) -> Indices:
        """Return where the entries of runs with rows of this rank are."""
        places = np.empty(len(runs.rows), dtype=np.int64)
        rows = runs.rows - self._storage.first_row
        columns = self._storage.columns_of(runs.columns)
        each = np.arange(len(rows), dtype=np.int32)
        for length in np.unique(runs.lengths):
            chosen = each[runs.lengths == length]
            found = self._storage.find(
                chosen, Nodes(each[:, None], rows, 1), Nodes(each[:, None], columns, int(length))
            )
            places[chosen] = found.ravel()
        return expanded(places, runs.lengths * self._storage.block**2)

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
            for part, start in zip(parts, self._offsets, strict=False):
                part[:] = self._work[start : start + len(part)]

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
