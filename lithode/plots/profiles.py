"""Fields along a line of nodes, the lithium surface or across a layer: as table and picture."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from lithode.core.errors import InputError
from lithode.output.fields import FieldReader, Grid
from lithode.plots.maps import COLOURS, LINES, STYLE
from lithode.plots.panels import FieldPanel, place, with_unit

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
    chain, arc = _chain(reader, line)
    step = reader.step(time)
    columns = [arc, *reader.grid.points[chain, :2].T]
    columns += [reader.values(name, step)[chain] for name in fields]
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["arc_length [um]", "x [um]", "y [um]", *fields])
        writer.writerows([repr(float(v)) for v in row] for row in np.array(columns).T)
    return out


def draw_profile(
    path: Path,
    picture: Path,
    panels: Sequence[FieldPanel],
    times: Sequence[float] | None = None,
    line: Line = LITHIUM_SURFACE,
) -> Path:
    """Draw fields along a line against its arc length, one diagram per panel.

    Args:
        path: A field file of a 1D or 2D run.
        picture: The picture.
        panels: Nodal fields.
        times: Places on the run's axis, of each of which the nearest output is taken; all outputs
            by default.
        line: Along which.

    Raises:
        InputError: The file is damaged or does not have a field.
    """
    reader = FieldReader(path)
    chain, arc = _chain(reader, line)
    steps = sorted({reader.step(time) for time in (reader.times if times is None else times)})
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.2 * len(panels), 2.4), layout="constrained")
        for axes, panel in zip(
            figure.subplots(1, len(panels), squeeze=False).flat, panels, strict=True
        ):
            for k, step in enumerate(steps):
                values = panel.shown(reader.values(panel.field, step)[chain])
                shade = matplotlib.colormaps["viridis"](0.9 * k / max(len(steps) - 1, 1))
                axes.plot(arc, values, color=shade, label=_place(reader, step))
            axes.set_xlabel(with_unit(line.label, "um"))
            axes.set_ylabel(panel.text)
            axes.set(ylim=panel.limits)
            axes.margins(x=0)
        if len(steps) > 1:
            axes.legend()
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture, bbox_inches="tight", pad_inches=0.05)
    return picture


def draw_variants(
    path: Path,
    picture: Path,
    panels: Sequence[FieldPanel],
    labels: Mapping[str, str],
    time: float,
    line: Line = ACROSS,
) -> Path:
    """Draw fields of several models of one run along a line, one diagram per panel.

    Args:
        path: A field file of a 1D or 2D run.
        picture: The picture.
        panels: Nodal fields, without the labels at the end of their names.
        labels: End of the names of a model's fields to its text.
        time: Place on the run's axis, of which the nearest output is taken.
        line: Along which.

    Raises:
        InputError: The file is damaged or does not have a field.
    """
    reader = FieldReader(path)
    chain, arc = _chain(reader, line)
    step = reader.step(time)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.0 * len(panels), 2.4), layout="constrained")
        for axes, panel in zip(
            figure.subplots(1, len(panels), squeeze=False).flat, panels, strict=True
        ):
            for k, (end, label) in enumerate(labels.items()):
                values = panel.shown(reader.values(f"{panel.field}_{end}", step)[chain])
                axes.plot(
                    arc, values, LINES[k % len(LINES)], color=COLOURS[k % len(COLOURS)], label=label
                )
            axes.set_xlabel(with_unit(line.label, "um"))
            axes.set_ylabel(panel.text)
            axes.set(ylim=panel.limits)
            axes.margins(x=0)
        axes.legend(title=_place(reader, step), loc="upper left", bbox_to_anchor=(1, 1))
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture, bbox_inches="tight", pad_inches=0.05)
    return picture


def _place(reader: FieldReader, step: int) -> str:
    return place(reader.axis, reader.times[step], reader.times[-1])


def _chain(reader: FieldReader, line: Line) -> tuple[npt.NDArray[np.intp], Array]:
    chain = line.nodes(reader.grid)
    steps = np.diff(reader.grid.points[chain, :2], axis=0)
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(steps, axis=1))])
    return chain, arc
