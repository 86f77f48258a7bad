"""Meshing with gmsh, here or in a process of its own: ``python -m lithode.meshes.mesher FOLDER``.

Whatever gmsh has used of the memory is free again when that process ends. It knows nothing of MPI.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gmsh
import numpy as np
import numpy.typing as npt

from lithode.core.arrays import Arrays
from lithode.core.errors import InputError

logger = logging.getLogger(__name__)

# From here on starting a process takes less than a tenth of the time of meshing.
MANY_CELLS = 1e5

_LAUNCHER = ("OMPI_", "PMI", "PRTE_", "HYDRA_", "MPI_LOCAL", "PALS_", "FLUX_", "SLURM_")
_TASK, _RESULT = "task", "result"


def mesh(make: Callable[[], int], cells: float) -> Arrays:
    """Mesh a geometry.

    Args:
        make: Fills and meshes the current gmsh model, and returns its dimension. Where it pickles
            it is called in a process of its own if the mesh is large.
        cells: About how many cells there will be.

    Raises:
        InputError: ``make`` raised it, or gmsh could not make the mesh.
    """
    if cells < MANY_CELLS:
        return _mesh_here(make)
    try:
        task = pickle.dumps(make)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        logger.debug("meshing in this process: %s", error)
        return _mesh_here(make)
    return _mesh_apart(task)


def _mesh_apart(task: bytes) -> Arrays:
    with tempfile.TemporaryDirectory(prefix="lithode-mesh-") as name:
        folder = Path(name)
        (folder / _TASK).write_bytes(task)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_LAUNCHER)}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        ended = subprocess.run(
            [sys.executable, "-P", "-m", __name__, name],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            code = ended.returncode
            why = signal.Signals(-code).name if code < 0 else ended.stderr.strip()[-200:]
            raise InputError("geometry", "", f"gmsh could not mesh it ({why})")
        result, lines = pickle.loads((folder / _RESULT).read_bytes())
    for level, line in lines:
        logger.log(level, "%s", line)
    if isinstance(result, Exception):
        raise result
    return Arrays(**result)


def _mesh_here(make: Callable[[], int]) -> Arrays:
    with _session():
        try:
            dimension = make()
        except Exception as error:
            if type(error) is not Exception:  # gmsh raises nothing more special
                raise
            raise InputError("geometry", "", f"gmsh could not mesh it ({error})") from error
        return _arrays(dimension)


def _arrays(dimension: int) -> Arrays:
    """Take the mesh out of the current model."""
    numbers, points, _ = gmsh.model.mesh.getNodes()
    in_order = np.empty((len(numbers), dimension))
    in_order[numbers.astype(np.int64) - 1] = points.reshape(-1, 3)[:, :dimension]
    cells, regions = _marked(dimension)
    count = sum(len(tags) for tags in gmsh.model.mesh.getElements(dimension)[1])
    if not len(cells):
        raise InputError("geometry", "", "the mesh has no named regions")
    if len(cells) != count:
        allowed = f"the mesh has {count} cells, of which {len(cells)} are in a region"
        raise InputError("geometry", "", allowed)
    return Arrays(in_order, cells, regions, *_marked(dimension - 1))


def _marked(dimension: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the nodes of all elements in physical groups, and the numbers of the groups."""
    nodes = [np.empty((0, dimension + 1), dtype=np.int64)]
    values = [np.empty(0, dtype=np.int32)]
    for dim, number in gmsh.model.getPhysicalGroups(dimension):
        for entity in gmsh.model.getEntitiesForPhysicalGroup(dim, number):
            _, _, found = gmsh.model.mesh.getElements(dim, entity)
            for part in found:
                nodes.append(part.astype(np.int64).reshape(-1, dim + 1) - 1)
                values.append(np.full(len(nodes[-1]), number, dtype=np.int32))
    return np.concatenate(nodes), np.concatenate(values)


@contextlib.contextmanager
def _session() -> Iterator[None]:
    """Run with a model of our own, leaving a gmsh that the caller had started as it was."""
    ours = not gmsh.isInitialized()
    if ours:
        gmsh.initialize(readConfigFiles=False, interruptible=False)
    previous = None if ours else gmsh.model.getCurrent()
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        # One thread and fixed seeds: the same description gives the same mesh.
        gmsh.option.setNumber("General.NumThreads", 1)
        gmsh.option.setNumber("Mesh.RandomSeed", 1)
        gmsh.model.add("lithode")
        yield
    finally:
        if ours:
            gmsh.finalize()
        else:
            gmsh.model.remove()
            gmsh.model.setCurrent(previous)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, record.getMessage()))


def _main(folder: Path) -> None:
    kept = _Kept()
    package = logging.getLogger("lithode")
    package.addHandler(kept)
    package.setLevel(logging.INFO)
    result: Any
    try:
        result = vars(_mesh_here(pickle.loads((folder / _TASK).read_bytes())))
    except InputError as error:
        result = error
    (folder / _RESULT).write_bytes(pickle.dumps((result, kept.lines)))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
