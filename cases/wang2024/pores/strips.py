"""Pictures of strips that touch lithium between pores, along the size of the pores.

The field file holds half a period of 1 um: a strip from x = 0, then half a pore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.tri import LinearTriInterpolator, Triangulation

from lithode.output.fields import FieldReader
from lithode.output.history import History
from lithode.plots.maps import COLOURS, LINES, STYLE
from lithode.plots.panels import place, with_unit
from lithode.plots.saving import save
from lithode.theory import contact

Array = npt.NDArray[np.float64]

# Heights above lithium that are shown, in periods, and points of the current lines across half one.
_SHOWN = 0.6
_POINTS = 100
_LINES = 16


@dataclass(frozen=True)
class Strips:
    """Which strips of a run are shown.

    Attributes:
        label: End of the names of their fields.
        porosity: Share of the base that is pore.
        current: Mean current density on a strip, in A/m^2.
    """

    label: str
    porosity: float
    current: float


def draw_potential(path: Path, picture: Path, strips: Strips, sizes: Sequence[float]) -> Path:
    """Draw the potential and current lines over a period, one map per pore size.

    Args:
        path: A field file.
        picture: The picture.
        strips: Which strips.
        sizes: Pore sizes in um, of each of which the nearest output is taken.

    Raises:
        InputError: The file is damaged or does not have the field.
    """
    reader = FieldReader(path)
    x, y = reader.grid.points[:, :2].T
    half = Triangulation(x, y, reader.grid.cells)
    across, up = np.meshgrid(np.linspace(0, 0.5, _POINTS), np.linspace(0, _SHOWN, _POINTS))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(2.6 * len(sizes), 2.6), layout="constrained")
        for axes, size in zip(
            figure.subplots(1, len(sizes), squeeze=False).flat, sizes, strict=True
        ):
            step = reader.step(size)
            values = 1e3 * reader.values(f"ionic_potential_{strips.label}", step)
            period = contact.period(float(reader.times[step]), strips.porosity)
            shown = values[y <= _SHOWN]
            levels = np.linspace(shown.min(), shown.max(), 25)
            for side in (1, -1):
                mirrored = Triangulation(side * period * x, period * y, reader.grid.cells)
                filled = axes.tricontourf(mirrored, values, levels=levels, cmap="cividis")
            # Current flows down the potential; its part across is odd about the strip's middle.
            inward, down = (
                -slope.filled(0.0)
                for slope in LinearTriInterpolator(half, values).gradient(across, up)
            )
            places = period * np.linspace(-0.5, 0.5, 2 * _POINTS - 1)
            # The current is even up there: all lines carry the same.
            starts = period * ((np.arange(_LINES) + 0.5) / _LINES - 0.5)
            axes.streamplot(
                places,
                period * up[:, 0],
                np.hstack([-np.fliplr(inward)[:, :-1], inward]),
                np.hstack([np.fliplr(down)[:, :-1], down]),
                start_points=np.column_stack([starts, np.full(_LINES, 0.999 * _SHOWN * period)]),
                integration_direction="forward",
                broken_streamlines=False,
                color="white",
                linewidth=0.6,
                arrowsize=0.6,
            )
            width = contact.strip_width(float(reader.times[step]), strips.porosity)
            axes.plot(
                [-width / 2, width / 2],
                [0, 0],
                color=COLOURS[1],
                linewidth=4,
                solid_capstyle="butt",
                clip_on=False,
            )
            axes.set(xlim=period * np.array([-0.5, 0.5]), ylim=(0, _SHOWN * period), aspect="equal")
            axes.set_title(place(reader.axis, reader.times[step], reader.times[-1]))
            axes.set_xlabel(with_unit("along lithium", "um"))
            axes.set_ylabel(with_unit("height", "um"))
            bar = figure.colorbar(filled, ax=axes, orientation="horizontal", format="%.3g")
            bar.set_ticks(np.linspace(levels[0], levels[-1], 3).tolist())
            bar.set_label(with_unit("potential", "mV"))
        save(figure, picture)
    return picture


def draw_current(path: Path, picture: Path, strips: Strips) -> Path:
    """Draw the current density along half a strip over its mean, one line per pore size.

    Args:
        path: A field file.
        picture: The picture.
        strips: Which strips.

    Raises:
        InputError: The file is damaged or does not have the field.
    """
    reader = FieldReader(path)
    x, y = reader.grid.points[:, :2].T
    half = (1 - strips.porosity) / 2
    on = np.flatnonzero((y < 1e-9) & (x < half * (1 + 1e-9)))
    on = on[np.argsort(x[on])]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.4, 2.6), layout="constrained")
        axes = figure.subplots()
        for step, size in enumerate(reader.times):
            shade = matplotlib.colormaps["viridis"](0.9 * step / max(len(reader.times) - 1, 1))
            values = reader.values(f"plating_current_{strips.label}", step)[on]
            axes.plot(x[on] / half, values / strips.current, color=shade, label=f"{size:g}")
        axes.set_xlabel("from the middle of a strip to its end")
        axes.set_ylabel("current density over its mean")
        axes.legend(title=with_unit("pore size", reader.axis.unit))
        axes.set_xlim(0, 1)
        save(figure, picture)
    return picture


def draw_spread(history: History, picture: Path, labels: Mapping[float, str]) -> Path:
    """Draw the spread of the current over the Wagner number, with the limit of even strips.

    Args:
        history: A sweep over the pore size.
        picture: The picture.
        labels: Porosity to the end of its columns.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.4, 2.6), layout="constrained")
        axes = figure.subplots()
        for k, (porosity, name) in enumerate(labels.items()):
            colour, wagner = COLOURS[k % len(COLOURS)], history[f"wagner_{name} [1]"]
            axes.loglog(
                wagner, history[f"variation_{name} [1]"], "o-", color=colour, markersize=3,
                label=f"p = {porosity:g}",
            )  # fmt: skip
            axes.loglog(
                wagner, history[f"variation_closed_form_{name} [1]"], LINES[1], color=colour
            )
        axes.set_xlabel("Wagner number of a strip")
        axes.set_ylabel("standard deviation over mean current")
        axes.legend(title="dashed: closed form, small pores")
        save(figure, picture)
    return picture
