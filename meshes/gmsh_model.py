"""A gmsh model made on rank 0 and handed out to all ranks as a Domain."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping

import dolfinx.io.gmsh
import gmsh
from dolfinx.mesh import GhostMode, create_cell_partitioner
from mpi4py import MPI

from lithode.domain import Domain
from lithode.errors import InputError

logger = logging.getLogger(__name__)


def domain_from_gmsh(
    comm: MPI.Intracomm,
    dimension: int,
    make: Callable[[], None],
    regions: Mapping[str, int],
    boundaries: Mapping[str, int],
) -> Domain:
    """Build a mesh on rank 0 and distribute it; collective.

    Args:
        comm: Communicator of the mesh.
        dimension: 2 or 3.
        make: Called on rank 0 only; fills and meshes the current gmsh model, with a physical
            group for each number of ``regions`` and of ``boundaries``.
        regions: Region name to number, the same on every rank.
        boundaries: Boundary name to number, the same on every rank.

    Raises:
        InputError: ``make`` raised it, or gmsh could not make the mesh; on every rank.
    """
    failure: InputError | None = None
    with _session() if comm.rank == 0 else contextlib.nullcontext():
        if comm.rank == 0:
            try:
                make()
            except InputError as error:
                failure = error
            except Exception as error:  # gmsh raises nothing more special
                failure = InputError("geometry", "", f"gmsh could not mesh it ({error})")
        failure = comm.bcast(failure, root=0)
        if failure is not None:
            raise failure
        data = dolfinx.io.gmsh.model_to_mesh(
            gmsh.model,
            comm,
            0,
            gdim=dimension,
            partitioner=create_cell_partitioner(GhostMode.shared_facet, 2),  # type: ignore[call-arg]
        )
    if data.cell_tags is None or data.facet_tags is None:
        raise InputError("geometry", "", "the mesh has no named regions or no named boundaries")
    return Domain(data.mesh, data.cell_tags, data.facet_tags, dict(regions), dict(boundaries))


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
