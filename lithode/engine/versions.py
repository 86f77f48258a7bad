"""What a run was computed with, and whether Lithode is made for it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from importlib import metadata

import numpy as np

import lithode
from lithode.core.errors import InputError

DOLFINX = (0, 11), (0, 12)
"""DOLFINx must be at least the first and below the second; env.sh has the same numbers."""


def check_dolfinx() -> None:
    """Refuse a DOLFINx that Lithode was not tried with; nothing of it is imported.

    Raises:
        InputError: It is too old or too new.
    """
    found = _installed("fenics-dolfinx")
    oldest, limit = DOLFINX
    if not found or oldest <= tuple(int(part) for part in found.split(".")[:2]) < limit:
        return
    allowed = (
        f"must be at least {_dotted(oldest)} and below {_dotted(limit)}; ./env.sh run lithode ... "
        "makes an environment that fits, and so does environment.yml with conda"
    )
    raise InputError("DOLFINx", found, allowed)


def versions() -> dict[str, str]:
    """Return name to version of what takes part in a run; what it has not loaded stays unloaded."""
    petsc, h5py = sys.modules.get("petsc4py.PETSc"), sys.modules.get("h5py")
    found = {
        "Lithode": lithode.__version__,
        "DOLFINx": _installed("fenics-dolfinx"),
        "PETSc": _dotted(petsc.Sys.getVersion()) if petsc else _installed("petsc4py"),
        "MPI": _mpi(),
        "gmsh": _installed("gmsh"),
        "HDF5": str(h5py.version.hdf5_version) if h5py else "",
        "numpy": np.__version__,
        "Python": platform.python_version(),
    }
    return {name: version for name, version in found.items() if version}


def in_words(found: Mapping[str, str]) -> str:
    """Return versions as one line; a library that says its own name is not named twice."""
    return ", ".join(
        version if name == "MPI" else f"{name} {version}" for name, version in found.items()
    )


def _installed(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def _mpi() -> str:
    mpi = sys.modules.get("mpi4py.MPI")
    first = str(mpi.Get_library_version()).split("\n")[0].split(",")[0] if mpi else ""
    return " ".join(first.strip("\0").split())


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in numbers)
