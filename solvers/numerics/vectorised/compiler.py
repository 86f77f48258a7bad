"""Compilation of C sources into a cache of shared libraries that any number of ranks may share."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import logging
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.core.parallel import lasting
from lithode.solvers.numerics.vectorised.errors import NotVectorised

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Instructions:
    """A set of instructions that a kernel is compiled for.

    Attributes:
        name: Part of the key in the cache.
        lanes: Numbers of double precision per vector.
        options: What tells the compiler.
    """

    name: str
    lanes: int
    options: tuple[str, ...] = ()


ENVIRONMENT = "LITHODE_INSTRUCTIONS"
# From the most portable on. Eight lanes by AVX-512 are no faster than four: registers run out.
SETS = (
    Instructions("scalar", 1),
    Instructions("baseline", 2),
    Instructions("avx2", 4, ("-mavx2", "-mfma")),
)


def _processor_features() -> set[str]:
    """Return the names of the processor's extensions, as far as the system tells them."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return set()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"]
        try:
            found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
        except OSError:
            return set()
        return set(found.stdout.lower().split())
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("flags"):
                return set(line.split(":", 1)[1].split())
    except OSError:
        pass
    return set()


@functools.cache
def _best_set() -> int:
    return 2 if {"avx2", "fma"} <= _processor_features() else 1


def instructions(comm: MPI.Intracomm) -> Instructions:
    """Return the best set that the machines of all ranks have; collective.

    ``LITHODE_INSTRUCTIONS`` names the one to use at most.

    Raises:
        InputError: There is no such set.
    """
    names = [known.name for known in SETS]
    asked = os.environ.get(ENVIRONMENT, names[-1])
    if asked not in names:
        raise InputError(ENVIRONMENT, asked, "must be one of " + ", ".join(names))
    most = min(_best_set(), names.index(asked))
    return SETS[int(lasting(comm).allreduce(most, op=MPI.MIN))]


def cache_directory() -> Path:
    """Return the folder in which DOLFINx keeps its kernels."""
    from dolfinx.jit import get_options

    return Path(get_options()["cache_dir"])


def _compiler() -> list[str]:
    """Return the C compiler of FFCx's kernels."""
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    # Python's own may carry options, and may be one that is not on this machine.
    words = shlex.split(str(command))
    return words if words and shutil.which(words[0]) else ["cc"]


def key_of(*parts: str) -> str:
    """Return a name for what these texts describe."""
    digest = hashlib.sha256("\0".join(parts).encode())
    return digest.hexdigest()[:40]


def shared_library(
    comm: MPI.Intracomm,
    name: str,
    source: Callable[[], str],
    options: Sequence[str],
    folder: Path | None = None,
) -> Any:
    """Return a shared library, compiled if the cache has no whole one; collective.

    Rank 0 compiles. The others do only if they cannot see its cache. Files appear under their
    names when they are complete, so that a job that was killed leaves nothing that others load.

    Args:
        comm: Ranks that need the library.
        name: Its name in the cache, by everything that it depends on.
        source: Makes the C source; called only if there is need.
        options: Of the compiler.
        folder: The cache; by default that of DOLFINx.

    Raises:
        NotVectorised: On all ranks, if one of them cannot have it.
    """
    folder = cache_directory() if folder is None else folder
    library, reason = None, ""
    for ranks in ([0], range(1, comm.size)):
        if comm.rank in ranks:
            try:
                library = _load(folder / f"{name}.so") or _build(folder, name, source(), options)
            except Exception as error:  # whatever it is, the other ranks must hear of it
                known = isinstance(error, NotVectorised)
                reason = str(error) if known else f"{type(error).__name__}: {error}"
        comm.Barrier()
    reasons = [text for text in lasting(comm).allgather(reason) if text]
    if reasons:
        raise NotVectorised(reasons[0])
    return library


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _load(path: Path) -> Any:
    """Return the library of the cache, or None if there is no whole one.

    The checksum is read first: loading a file that was cut off ends the process.
    """
    try:
        if path.with_suffix(".sha256").read_text() == _checksum(path):
            return ctypes.CDLL(str(path))
    except OSError as error:
        logger.debug("%s is compiled anew: %s", path, error)
    return None


def _build(folder: Path, name: str, source: str, options: Sequence[str]) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    # Not elsewhere: a file is renamed in one go only within a file system.
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as scratch:
        here = Path(scratch)
        file, library, checksum = here / f"{name}.c", here / f"{name}.so", here / f"{name}.sha256"
        file.write_text(source)
        command = [*_compiler(), "-shared", "-fPIC", *options, "-o", str(library), str(file)]
        # A machine may have the vector functions of the C library, or not.
        attempts = (["-DLIBMVEC", "-lmvec", "-lm"], ["-lm"])
        for more in attempts:
            done = subprocess.run(
                [*command, *more], capture_output=True, text=True, check=False, timeout=600
            )
            if done.returncode == 0:
                break
        else:
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            found = next((line for line in lines if "error" in line), lines[-1])
            raise NotVectorised(f"the C compiler failed: {found}")
        checksum.write_text(_checksum(library))
        for made in (file, library, checksum):
            os.replace(made, folder / made.name)
    loaded = _load(folder / f"{name}.so")
    if loaded is None:
        raise NotVectorised(f"{folder / name}.so cannot be loaded")
    return loaded
