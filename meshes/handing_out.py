"""A mesh of rank 0 handed out to all ranks as a Domain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import basix.ufl
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx.graph import adjacencylist
from dolfinx.io import distribute_entity_data
from dolfinx.mesh import (
    GhostMode,
    Mesh,
    MeshTags,
    create_cell_partitioner,
    create_mesh,
    meshtags,
    meshtags_from_entities,
)
from mpi4py import MPI

from lithode.core.arrays import Arrays
from lithode.core.domain import Domain
from lithode.core.parallel import lasting

_CELLS = {1: "interval", 2: "triangle", 3: "tetrahedron"}


def handed_out(
    comm: MPI.Intracomm,
    arrays: Arrays | None,
    regions: Mapping[str, int],
    boundaries: Mapping[str, int],
) -> Domain:
    """Distribute a mesh; each rank gets a slice of it and the ranks divide it up among them.

    Args:
        comm: Communicator; collective.
        arrays: The mesh, on rank 0 only.
        regions: Region name to number, the same on every rank.
        boundaries: Boundary name to number, the same on every rank.
    """
    given = vars(arrays) if arrays is not None else {}
    names = Arrays.__dataclass_fields__
    points, cells, numbers, facets, sides = (_slice(comm, given.get(name)) for name in names)
    dimension = points.shape[1]
    element = basix.ufl.element("P", _CELLS[dimension], 1, shape=(dimension,))
    mesh = create_mesh(
        comm,
        cells,
        ufl.Mesh(element),
        points,
        create_cell_partitioner(GhostMode.shared_facet, 2),  # type: ignore[call-arg]
    )
    cell_tags = _cell_tags(mesh, numbers)
    facet_tags = _tags(mesh, dimension - 1, facets, sides)
    return Domain(mesh, cell_tags, facet_tags, dict(regions), dict(boundaries))


def _slice(comm: MPI.Intracomm, values: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    """Return this rank's slice of an array of rank 0."""
    kind = None if values is None else (len(values), values.shape[1:], values.dtype)
    length, columns, dtype = lasting(comm).bcast(kind, root=0)
    # As a checkpoint is read: the same slices give the same partition.
    ranks = np.arange(comm.size + 1)
    ends = length // comm.size * ranks + np.minimum(ranks, length % comm.size)
    counts, starts = np.diff(ends), ends[:-1]
    result = np.empty((int(counts[comm.rank]), *columns), dtype)
    row = MPI.BYTE.Create_contiguous(dtype.itemsize * int(np.prod(columns))).Commit()
    try:
        sent = None if values is None else [np.ascontiguousarray(values), counts, starts, row]
        comm.Scatterv(sent, [result, result.shape[0], row], root=0)
    finally:
        row.Free()
    return result


def _cell_tags(mesh: Mesh[np.float64], values: npt.NDArray[np.int32]) -> MeshTags:
    """Return the tags of cells, each rank having a slice of them in input order.

    DOLFINx knows where each cell was in the input, so none need be found by its nodes.
    """
    comm, wanted = lasting(mesh.comm), mesh.topology.original_cell_index
    ends = np.cumsum(comm.allgather(len(values)))
    ranks = np.searchsorted(ends, wanted, side="right")
    asked = comm.alltoall([wanted[ranks == rank] for rank in range(comm.size)])
    start = ends[comm.rank] - len(values)
    answers = comm.alltoall([values[cells - start] for cells in asked])
    found = np.empty(len(wanted), dtype=np.int32)
    for rank, answer in enumerate(answers):
        found[ranks == rank] = answer
    return meshtags(mesh, mesh.topology.dim, np.arange(len(wanted), dtype=np.int32), found)


def _tags(
    mesh: Mesh[np.float64],
    dimension: int,
    entities: npt.NDArray[np.int64],
    values: npt.NDArray[np.int32],
) -> MeshTags:
    """Return the tags of entities, by the input numbers of their nodes."""
    mesh.topology.create_connectivity(dimension, mesh.topology.dim)
    if not lasting(mesh.comm).allreduce(len(entities)):
        nothing = np.empty(0, dtype=np.int32)
        return meshtags(mesh, dimension, nothing, nothing)
    found, numbers = distribute_entity_data(mesh, dimension, entities, values)
    return meshtags_from_entities(mesh, dimension, adjacencylist(found), numbers)
