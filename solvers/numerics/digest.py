"""Digests by which a checkpoint is verified: of what is in memory, and of what a file holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function
from mpi4py import MPI

_CHUNK = 2**23  # values at a time


def of_values(values: npt.NDArray[np.float64]) -> int:
    """Return a digest of values that does not depend on their order: it adds up over ranks.

    The sum modulo 2^64 of the bits of each value, scattered by the finaliser of SplitMix64
    (Steele, Lea and Flood, OOPSLA 2014).
    """
    bits = np.ascontiguousarray(values, dtype=np.float64).reshape(-1).view(np.uint64)
    x = bits + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int(np.sum(x ^ (x >> np.uint64(31)), dtype=np.uint64))


def of_function(function: Function[Any]) -> int:
    """Return the digest of all values of a function; collective."""
    dofmap = function.function_space.dofmap
    owned = dofmap.index_map.size_local * dofmap.index_map_bs
    mine = np.array([of_values(function.x.array[:owned])], dtype=np.uint64)
    total = np.zeros_like(mine)
    function.function_space.mesh.comm.Allreduce(mine, total, op=MPI.SUM)
    return int(total[0])


def of_data_set(data: Any) -> int:
    """Return the digest of the values of a data set, read piece by piece.

    Raises:
        OSError: The file is damaged.
    """
    pieces = (of_values(data[start : start + _CHUNK]) for start in range(0, data.shape[0], _CHUNK))
    return sum(pieces) % 2**64


def of_file(path: Path) -> dict[str, str]:
    """Return a digest of the bytes of every data set of an HDF5 file.

    Raises:
        OSError: The file is damaged.
    """
    digests: dict[str, str] = {}

    def add(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            digests[name] = _of_data_set(item)

    with h5py.File(path, "r") as file:
        file.visititems(add)
    return digests


def damaged(path: Path, expected: Mapping[str, str]) -> str:
    """Return the first data set that is missing or not what was written; empty if all are.

    Raises:
        OSError: The file is damaged as a whole.
    """
    found = of_file(path)
    return next((name for name in expected if found.get(name) != expected[name]), "")


def _of_data_set(data: Any) -> str:
    digest = hashlib.blake2b(f"{data.shape} {data.dtype.str}".encode(), digest_size=16)
    rows = max(1, _CHUNK // max(1, int(np.prod(data.shape[1:]))))
    for start in range(0, data.shape[0], rows):
        digest.update(np.ascontiguousarray(data[start : start + rows]).tobytes())
    return digest.hexdigest()
