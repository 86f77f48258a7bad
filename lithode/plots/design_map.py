"""Maps of results over what a sweep varies: contours, lines, or points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter, NullFormatter
from matplotlib.tri import Triangulation

from lithode.plots.maps import COLOURS, STYLE
from lithode.plots.panels import with_unit

Array = npt.NDArray[np.float64]

Axis: TypeAlias = tuple[str, str, bool, Array]
"""Name, unit, whether it is by ratio, and its value at each point."""

Map: TypeAlias = tuple[str, str, Array]
"""Name, unit, and value at each point, NaN where there is none."""

_MOST = 6


def draw_map(axes: Sequence[Axis], maps: Sequence[Map], path: Path) -> list[Path]:
    """Draw the first results over the first two parameters.

    Args:
        axes: What is varied, the numbers of it.
        maps: Results.
        path: The picture.

    Returns:
        The picture; nothing where there is nothing to show.
    """
    maps = maps[:_MOST]
    if not axes or not maps:
        return []
    columns = min(3, len(maps))
    rows = -(-len(maps) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.0 * columns, 2.5 * rows), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False)
        for place, found in zip(grid.flat, maps, strict=False):
            _draw(figure, place, axes, found)
        for place in grid.flat[len(maps) :]:
            place.set_visible(False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    return [path]


def _draw(figure: Figure, place: Axes, axes: Sequence[Axis], found: Map) -> None:
    name, unit, values = found
    label = with_unit(name, unit)
    known = np.isfinite(values)
    x = axes[0][3]
    if len(axes) == 1:
        order = np.argsort(x[known])
        place.plot(x[known][order], values[known][order], "o-", color=COLOURS[0], markersize=3)
        place.set_ylabel(label)
    else:
        y = axes[1][3]
        image = None
        if len(axes) == 2 and known.sum() >= 4:
            image = _contours(place, axes, x[known], y[known], values[known])
        dots = place.scatter(
            x[known], y[known], c=values[known], s=8, edgecolors="white", linewidths=0.3
        )
        place.plot(x[~known], y[~known], "x", color="#888888", markersize=4)
        figure.colorbar(image or dots, ax=place, label=label)
        place.set_ylabel(with_unit(*axes[1][:2]))
    place.set_xlabel(with_unit(*axes[0][:2]))
    for (_, _, is_by_ratio, values), scale, line in zip(
        axes, (place.set_xscale, place.set_yscale), (place.xaxis, place.yaxis), strict=False
    ):
        if is_by_ratio:
            scale("log")
            line.set_major_formatter(LogFormatter())
            few = values.max() < 5 * values.min()
            line.set_minor_formatter(
                LogFormatter(minor_thresholds=(1, 0.4)) if few else NullFormatter()
            )


def _contours(place: Axes, axes: Sequence[Axis], x: Array, y: Array, values: Array) -> Any:
    """Draw filled and labelled contours; None where the points span no area."""
    logs = [np.log10(v) if axis[2] else v for axis, v in zip(axes, (x, y), strict=False)]
    spans = [float(np.ptp(v)) for v in logs]
    if not all(spans):
        return None
    try:
        mesh = Triangulation(*(v / span for v, span in zip(logs, spans, strict=True)))
    except (RuntimeError, ValueError):  # all on one line
        return None
    shown = Triangulation(x, y, mesh.triangles)
    if np.ptp(values) <= 1e-9 * np.max(np.abs(values)):
        return None
    image = place.tricontourf(shown, values, levels=12)
    lines = place.tricontour(shown, values, levels=6, colors="white", linewidths=0.6)
    place.clabel(lines, fontsize=6)
    return image
