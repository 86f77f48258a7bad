"""A gmsh model made on rank 0 and handed out to all ranks as a Domain."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping

import dolfinx.io.gmsh
import gmsh
import numpy as np
from dolfinx.mesh import GhostMode, create_cell_partitioner, meshtags
from mpi4py import MPI

from lithode.domain import Domain
from lithode.errors import InputError
from lithode.parallel import on_root


def domain_from_gmsh(
    comm: MPI.Intracomm,
    make: Callable[[], int],
    regions: Mapping[str, int],
    boundaries: Mapping[str, int],
) -> Domain:
    """Build a mesh on rank 0 and distribute it; collective.

    Args:
        comm: Communicator of the mesh.
        make: Called on rank 0 only; fills and meshes the current gmsh model, with a physical
            group for each number of ``regions`` and of ``boundaries``, and returns its
            dimension.
        regions: Region name to number, the same on every rank.
        boundaries: Boundary name to number, the same on every rank.

    Raises:
        InputError: ``make`` raised it, or gmsh could not make the mesh; on every rank.
    """
    with _session() if comm.rank == 0 else contextlib.nullcontext():
        dimension = on_root(comm, lambda: _guarded(make))
        data = dolfinx.io.gmsh.model_to_mesh(
            gmsh.model,
            comm,
            0,
            gdim=dimension,
            partitioner=create_cell_partitioner(GhostMode.shared_facet, 2),  # type: ignore[call-arg]
        )
    if data.cell_tags is None:
        raise InputError("geometry", "", "the mesh has no named regions")
    facet_tags = data.facet_tags
    if facet_tags is None:
        nothing = np.empty(0, dtype=np.int32)
        facet_tags = meshtags(data.mesh, dimension - 1, nothing, nothing)
    return Domain(data.mesh, data.cell_tags, facet_tags, dict(regions), dict(boundaries))


def _guarded(make: Callable[[], int]) -> int:
    try:
        return make()
    except Exception as error:
        if type(error) is not Exception:  # gmsh raises nothing more special
            raise
        raise InputError("geometry", "", f"gmsh could not mesh it ({error})") from error


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
