"""Lines over a common axis, in panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from lithode.plots.maps import COLOURS, STYLE
from lithode.plots.saving import save

Array = npt.NDArray[np.float64]

# Points from which a curve that turns would be drawn as an area, and what it is drawn with then.
_TURNS = 600
_SHOWN = 100


@dataclass(frozen=True)
class Curve:
    """One line.

    Attributes:
        label: Entry of the legend, empty for none.
        x: Positions.
        y: Values.
        style: Line style of matplotlib, "o" for points.
        colour: Number of its colour, that of its place among the curves if not given.
        band: Lower and upper end of a shaded band.
    """

    label: str
    x: Array
    y: Array
    style: str = "-"
    colour: int | None = None
    band: tuple[Array, Array] | None = None


def without_turns(curve: Curve) -> Curve:
    """Return a curve; of one with more turns than can be told apart, its upper end with a band."""
    if len(curve.x) < _TURNS:
        return curve
    parts = np.array_split(np.arange(len(curve.x)), _SHOWN)
    low, high = (np.array([end(curve.y[part]) for part in parts]) for end in (np.min, np.max))
    x = np.array([np.mean(curve.x[part]) for part in parts])
    return replace(curve, x=x, y=high, band=(low, high))


@dataclass(frozen=True)
class CurvePanel:
    """One diagram.

    Attributes:
        labels: Of both axes, with units.
        curves: What is drawn.
        logarithmic: Which of the axes are logarithmic, "", "x", "y" or "xy".
        marks: Heights of dashed lines, with their labels.
        title: Above it.
    """

    labels: tuple[str, str]
    curves: Sequence[Curve]
    logarithmic: str = ""
    marks: Sequence[tuple[float, str]] = field(default_factory=tuple)
    title: str = ""


def draw_curves(picture: Path, panels: Sequence[CurvePanel], columns: int = 3) -> Path:
    """Draw the panels, row by row.

    Args:
        picture: File to write.
        panels: At least one.
        columns: Most panels in a row.

    Returns:
        The picture.
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(2.7 * columns, 2.2 * rows), layout="constrained")
        grid = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes, panel in zip(grid, panels, strict=False):
            for k, curve in enumerate(panel.curves):
                points = curve.style == "o"
                colour = COLOURS[(k if curve.colour is None else curve.colour) % len(COLOURS)]
                if curve.band is not None:
                    axes.fill_between(curve.x, *curve.band, color=colour, alpha=0.2, linewidth=0)
                axes.plot(
                    curve.x,
                    curve.y,
                    color=colour,
                    linestyle="" if points else curve.style,
                    marker="o" if points else None,
                    markersize=2.5,
                    label=curve.label or None,
                )
            for height, name in panel.marks:
                axes.axhline(height, color="black", linewidth=0.7, linestyle="--")
                axes.annotate(
                    name, (0.99, height), xycoords=("axes fraction", "data"), fontsize=7,
                    ha="right", va="bottom",
                )  # fmt: skip
            axes.set(
                xlabel=panel.labels[0],
                ylabel=panel.labels[1],
                title=panel.title,
                xscale="log" if "x" in panel.logarithmic else "linear",
                yscale="log" if "y" in panel.logarithmic else "linear",
            )
            if any(curve.label for curve in panel.curves):
                axes.legend(loc="best", handlelength=1.6, fontsize=7)
        for axes in grid[len(panels) :]:
            axes.set_visible(False)
        save(figure, picture)
    return picture
