"""Fields along a line of nodes, the lithium surface or across a layer, as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.core.errors import InputError
from lithode.output.fields import FieldReader
from lithode.output.tables import write_table
from lithode.output.vtkhdf import Grid

Array = npt.NDArray[np.float64]


def lower_boundary(grid: Grid) -> npt.NDArray[np.intp]:
    """Return the nodes of the boundary between the lower corners, from left to right.

    Args:
        grid: A mesh of triangles in one piece whose lateral walls are upright.

    Raises:
        InputError: The mesh has no such boundary.
    """
    pairs = np.sort(grid.cells[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, counts = np.unique(pairs, axis=0, return_counts=True)
    edges = edges[counts == 1]
    x, y = grid.points[:, :2].T
    tolerance = 1e-6 * float(np.ptp(x))
    walls = [
        np.all(np.abs(values[edges] - end) < tolerance, axis=1)
        for values, end in ((x, x.min()), (x, x.max()), (y, y.max()))
    ]
    edges = edges[~np.any(walls, axis=0)]
    neighbours: dict[int, list[int]] = {}
    for a, b in edges.tolist():
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    ends = sorted((n for n, around in neighbours.items() if len(around) == 1), key=lambda n: x[n])
    if len(ends) != 2:
        raise InputError("mesh", len(ends), "must have one lower boundary, with 2 ends")
    chain, before = [ends[0]], -1
    while chain[-1] != ends[1]:
        after = next(n for n in neighbours[chain[-1]] if n != before)
        before = chain[-1]
        chain.append(after)
    return np.array(chain)


def left_wall(grid: Grid) -> npt.NDArray[np.intp]:
    """Return the nodes of the left wall from bottom to top; in 1D all nodes from left to right.

    Args:
        grid: A mesh of intervals or triangles.
    """
    x, y = grid.points[:, :2].T
    if grid.cells.shape[1] == 2:
        return np.argsort(x)
    wall = np.flatnonzero(x < x.min() + 1e-6 * np.ptp(x))
    return np.asarray(wall[np.argsort(y[wall])])


@dataclass(frozen=True)
class Line:
    """A line of nodes.

    Attributes:
        nodes: Finds them, in order.
        label: What their arc length is called.
    """

    nodes: Callable[[Grid], npt.NDArray[np.intp]]
    label: str


LITHIUM_SURFACE = Line(lower_boundary, "arc length of the Li surface")
ACROSS = Line(left_wall, "distance from Li")


def arc_length(grid: Grid, line: Line) -> tuple[npt.NDArray[np.intp], Array]:
    """Return the nodes of a line, in order, and how far each is along it, in um."""
    chain = line.nodes(grid)
    steps = np.diff(grid.points[chain, :2], axis=0)
    return chain, np.concatenate([[0.0], np.cumsum(np.linalg.norm(steps, axis=1))])


def write_profile(
    path: Path, out: Path, fields: Sequence[str], time: float, line: Line = LITHIUM_SURFACE
) -> Path:
    """Write fields along a line as CSV: arc length, x and y in um, then the fields.

    Args:
        path: A field file of a 1D or 2D run.
        out: The table.
        fields: Names of nodal fields.
        time: Place on the run's axis, of which the nearest output is taken.
        line: Along which.

    Raises:
        InputError: The file is damaged or does not have a field.
    """
    reader = FieldReader(path)
    step = reader.step(time)
    chain, arc = arc_length(reader.grid_at(step), line)
    x, y = reader.grid_at(step).points[chain, :2].T
    values = {name: reader.values(name, step)[chain] for name in fields}
    return write_table(out, {"arc_length [um]": arc, "x [um]": x, "y [um]": y, **values})
