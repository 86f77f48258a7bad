"""Meshes of rank 0 on all ranks."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx.mesh import compute_midpoints
from mpi4py import MPI

from lithode.meshes.handing_out import handed_out
from lithode.meshes.refined import arrays_of
from lithode.meshes.structured import structured


def checkers(points):
    """Return a number by place, 1 to 12."""
    columns, rows = np.floor(points[:, 0]), np.floor(points[:, 1])
    return (1 + columns + 4 * rows).astype(np.int32)


@pytest.mark.mpi
@pytest.mark.mpi3
def test_each_cell_keeps_its_region(comm):
    arrays, names = None, {f"r{k}": k for k in range(1, 13)}
    if comm.rank == 0:
        arrays = arrays_of(structured(MPI.COMM_SELF, (4.0, 3.0), (16, 12)))
        arrays.regions[:] = checkers(arrays.points[arrays.cells].mean(axis=1))
    domain = handed_out(comm, arrays, names, {})
    mesh, tags = domain.mesh, domain.cell_tags
    cells = mesh.topology.index_map(2).size_local + mesh.topology.index_map(2).num_ghosts
    np.testing.assert_array_equal(tags.indices, np.arange(cells))
    np.testing.assert_array_equal(tags.values, checkers(compute_midpoints(mesh, 2, tags.indices)))
