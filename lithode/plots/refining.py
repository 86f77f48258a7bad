"""Finer triangles for fields that fall by many decades within one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.tri import Triangulation

Array = npt.NDArray[np.float64]

_PARTS = 4


def refined(triangulation: Triangulation, logarithms: Array) -> tuple[Triangulation, Array]:
    """Return a mesh with every triangle in 16, and values at its nodes.

    What lies d below the largest value is interpolated as (1 + d)^(-1/2): as linear as the drive of
    a rate exp(-B / drive^2) is, whose logarithm runs to minus infinity within a cell.

    Args:
        triangulation: The mesh.
        logarithms: At its nodes; finite.
    """
    corners = triangulation.get_masked_triangles()
    places = [(i, j) for i in range(_PARTS + 1) for j in range(_PARTS + 1 - i)]
    number = {place: k for k, place in enumerate(places)}
    small = [
        [number[i, j], number[i + 1, j], number[i, j + 1]]
        for i in range(_PARTS)
        for j in range(_PARTS - i)
    ] + [
        [number[i + 1, j], number[i + 1, j + 1], number[i, j + 1]]
        for i in range(_PARTS)
        for j in range(_PARTS - 1 - i)
    ]
    weights = np.array([[_PARTS - i - j, i, j] for i, j in places]) / _PARTS

    def inside(nodal: Array) -> Array:
        return np.asarray(nodal[corners] @ weights.T).ravel()

    top = float(np.max(logarithms)) + 1
    values = top - inside((top - logarithms) ** -0.5) ** -2
    first = len(places) * np.arange(len(corners))
    cells = (first[:, None, None] + np.array(small)).reshape(-1, 3)
    return Triangulation(inside(triangulation.x), inside(triangulation.y), cells), values
