"""Tops of a front: counted by how far they stand out, the same on any ranks."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx import fem

from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.lobes import Lobes, count_tops


@pytest.mark.parametrize(
    ("heights", "count"),
    [
        ([5, 5, 5, 5], 0),
        ([5, 5.5, 5, 5.9], 0),
        ([5, 9, 5, 5], 1),
        ([5, 9, 5, 8, 5], 2),
        ([5, 9, 7.5, 8, 5], 1),  # a shoulder of the first
        ([9, 5, 8], 2),
        ([9, 5, 8, 7.5, 8.2, 5, 7], 3),
        ([5, 9, 9, 9, 5], 1),
        ([3], 0),
    ],
)
def test_tops_along_a_line(heights, count):
    assert count_tops(np.array(heights, dtype=float), 1.0) == count


def test_tops_over_a_plane():
    x, y = np.meshgrid(np.arange(12), np.arange(9), indexing="ij")
    two = 9 * np.exp(-((x - 3) ** 2 + (y - 3) ** 2) / 4)
    two += 7 * np.exp(-((x - 9) ** 2 + (y - 6) ** 2) / 4)
    assert count_tops(two, 1.0) == 2
    ridge = 9 - abs(x - 5.0)  # without a dip along it
    assert count_tops(ridge, 1.0) == 1


@pytest.mark.mpi
@pytest.mark.parametrize("dimension", [2, 3])
def test_lobes_of_a_front(comm, dimension):
    lengths, cells = ((20.0, 6.0, 12.0), (40, 6, 24))
    if dimension == 2:
        lengths, cells = lengths[::2], cells[::2]
    space = fem.functionspace(structured(comm, lengths, cells).mesh, ("P", 1))
    points = space.tabulate_dof_coordinates()
    x, height = points[:, 0], points[:, dimension - 1]
    gauge = Lobes(space, 2.0)

    def front(y):
        return gauge(np.clip(0.5 + y - height, 0, 1))

    assert front(np.full_like(x, 4.0)) == 0
    assert front(4 + 5 * np.exp(-((x - 5) ** 2) / 2)) == 1
    two = 4 + 5 * np.exp(-((x - 5) ** 2) / 2) + 4 * np.exp(-((x - 14) ** 2) / 2)
    assert front(two) == 2
