"""Slices of data sets that ranks write into one HDF5 file side by side.

HDF5 reserves the space of a data set when the file is laid out; here the values are put there,
past HDF5. So nothing of the file's structure is touched, and a full disk is an error of a rank
that can be told to all: in HDF5's parallel driver the other ranks would wait for ever.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

_BLOCK = 2**24  # bytes at a time


@dataclass(frozen=True)
class Slab:
    """Rows of a data set.

    Attributes:
        name: Of the data set.
        first: Number of the first row.
        values: Rows, as many columns and of the type as in the file.
    """

    name: str
    first: int
    values: npt.NDArray[Any]

    @property
    def _row(self) -> int:
        return self.values.dtype.itemsize * int(np.prod(self.values.shape[1:]))

    def position(self, starts: Mapping[str, int]) -> int:
        """Return where in the file it starts, by the first byte of each data set."""
        return starts[self.name] + self.first * self._row

    @property
    def content(self) -> memoryview:
        """Its bytes."""
        return memoryview(np.ascontiguousarray(self.values).reshape(-1).view(np.uint8))


@dataclass(frozen=True)
class Span:
    """Bytes to copy: where they are, where they go, and how many."""

    source: int
    target: int
    length: int


def on_several_nodes(comm: MPI.Intracomm) -> bool:
    """Return whether not all ranks share one memory; collective."""
    shared = comm.Split_type(MPI.COMM_TYPE_SHARED)
    size: int = shared.size
    shared.Free()
    return size < int(comm.size)


def write(path: Path, starts: Mapping[str, int], slabs: Sequence[Slab], *, synced: bool) -> None:
    """Write this rank's slabs.

    Args:
        path: The file.
        starts: The first byte of each data set.
        slabs: What to write.
        synced: Whether ranks of other nodes write to the same file.

    Raises:
        OSError: They cannot be written.
    """
    with _opened(path, synced) as file:
        for slab in slabs:
            _put(file, slab.content, slab.position(starts))


def are_there(path: Path, starts: Mapping[str, int], slabs: Sequence[Slab]) -> bool:
    """Return whether a file holds exactly these bytes.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        for slab in slabs:
            content, position = slab.content, slab.position(starts)
            for start in range(0, len(content), _BLOCK):
                block = content[start : start + _BLOCK]
                if os.pread(file.fileno(), len(block), position + start) != block:
                    return False
    return True


def copy(
    source: Path, target: Path, spans: Sequence[Span], *, part: int, parts: int, synced: bool
) -> None:
    """Copy one part of byte ranges from file to file.

    Args:
        source: A file.
        target: Another.
        spans: The ranges.
        part: Number of the part.
        parts: How many parts, of equal length, each range has.
        synced: As for `write`.

    Raises:
        OSError: They cannot be copied.
    """
    with source.open("rb", buffering=0) as old, _opened(target, synced) as new:
        for span in spans:
            position, end = (span.length * k // parts for k in (part, part + 1))
            while position < end:
                size = min(_BLOCK, end - position)
                block = os.pread(old.fileno(), size, span.source + position)
                if not block:
                    raise OSError(f"{source} ends too early")
                _put(new, memoryview(block), span.target + position)
                position += len(block)


@contextmanager
def _opened(path: Path, synced: bool) -> Iterator[int]:
    # NFS writes whole pages back, also what another node has written since: not so with DSYNC.
    flags = os.O_WRONLY | os.O_NOFOLLOW | (os.O_DSYNC if synced else 0)
    descriptor = os.open(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _put(file: int, content: memoryview, position: int) -> None:
    while len(content):
        written = os.pwrite(file, content[:_BLOCK], position)
        content, position = content[written:], position + written
