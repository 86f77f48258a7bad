"""Height of the nucleating region over tip and base, by the contour that is taken for its edge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.cases.wang2024.interlayer import observation
from lithode.cases.wang2024.transport.parameters import Parameters
from lithode.output.fields import FieldReader
from lithode.output.vtkhdf import Grid

Array = npt.NDArray[np.float64]

LEVELS: Array = np.arange(1, 20) / 20
"""Shares of the largest rate."""


def front_heights(path: Path, parameters: Parameters) -> dict[str, Array]:
    """Return the height of the contour of each level at the end of a run, by column.

    Columns are ``level [1]``, ``base [um]`` and, with a protrusion, ``tip [um]`` and
    ``tip_minus_base [um]``.

    Args:
        path: Field file.
        parameters: Of the run.
    """
    p, reader = parameters, FieldReader(path)
    step = reader.step(p.end_time)
    rate = reader.values(f"nucleation_{p.overpotential}", step)
    columns = {"level [1]": LEVELS}
    for name, (start, _) in observation(p).lines.items():
        height, values = upward(reader.grid, rate, start[0], start[1])
        found = [_last_above(height, values, level * rate.max()) for level in LEVELS]
        columns[f"{name} [um]"] = np.array(found)
    if "tip [um]" in columns:
        columns["tip_minus_base [um]"] = columns["tip [um]"] - columns["base [um]"]
    return columns


def upward(grid: Grid, values: Array, x: float, bottom: float) -> tuple[Array, Array]:
    """Return heights and values of a P1 function along an upright line, where it meets edges.

    Args:
        grid: A mesh of triangles.
        values: Nodal values.
        x: Place of the line in um.
        bottom: Where it begins, in um.
    """
    edges = np.sort(grid.cells[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    pairs = np.unique(edges, axis=0)
    ends = grid.points[pairs][:, :, :2]
    run = ends[:, 1, 0] - ends[:, 0, 0]
    met = (np.abs(run) > 0) & ((ends[:, 0, 0] - x) * (ends[:, 1, 0] - x) <= 0)
    part = (x - ends[met, 0, 0]) / run[met]
    heights = ends[met, 0, 1] + part * (ends[met, 1, 1] - ends[met, 0, 1])
    found = values[pairs[met, 0]] + part * (values[pairs[met, 1]] - values[pairs[met, 0]])
    order = np.argsort(heights)
    inside = heights[order] >= bottom - 1e-9 * max(bottom, 1.0)
    return heights[order][inside], found[order][inside]


def _last_above(heights: Array, values: Array, level: float) -> float:
    """Return the largest height at which the values reach a level; the lowest if they do not."""
    above = np.flatnonzero(values >= level)
    if not len(above):
        return float(heights[0])
    k = int(above[-1])
    if k == len(values) - 1:
        return float(heights[-1])
    part = (values[k] - level) / (values[k] - values[k + 1])
    return float(heights[k] + part * (heights[k + 1] - heights[k]))
