"""Maps by matplotlib, of fields and of the front over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import Collection, LineCollection, TriMesh
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from mpl_toolkits.axes_grid1.anchored_artists import (  # type: ignore[import-untyped]
    AnchoredSizeBar,
)

from lithode.output.vtkhdf import Grid
from lithode.plots.panels import FieldPanel, Front, place, readable, with_unit
from lithode.plots.refining import refined
from lithode.plots.scene import Scale, Scene

DPI = 200
# Width of a map in inches.
_NARROW = 1.2
STYLE = {
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "savefig.dpi": DPI,
}

# Okabe and Ito's colours, told apart with any colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES = ("-", "--", ":")

_AHEAD = "#e8e8e8"
_OUTLINE = "#4d4d4d"
_HOLE = "#c9c9c9"


@contextmanager
def figure_of(scene: Scene, step: int, scales: Sequence[Scale]) -> Iterator[Figure]:
    """Give the figure of one output, inside of the style it must be drawn in."""
    count = max(len(scene.panels), 1)
    width, height = _panel_size(scene.reader.grid, 2.5) if scene.is_flat else (2.5, 2.5)
    # Below a narrow map there is no room for numbers.
    beside = width < _NARROW
    size = ((width + 0.9) * count, height + 0.3) if beside else (width * count, height + 0.75)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=size, layout="compressed", dpi=DPI)
        grid = figure.subplots(1, count, squeeze=False)
        shared = (
            len({panel.text for panel in scene.panels}) == 1
            and count > 1
            and (all(panel.title for panel in scene.panels) and len(set(scales)) == 1)
        )
        times = scene.reader.times
        title = place(scene.reader.axis, times[step], times[-1])
        for axes, panel, scale in zip(grid.flat, scene.panels, scales, strict=True):
            if scene.is_flat:
                image = _draw_map(axes, scene, panel, step, scale)
                _finish_map(axes, scene.reader.grid_at(step), with_scale=axes is grid.flat[0])
            else:
                from lithode.plots import views

                panel, scale = views.height_instead(scene, panel, scale)
                axes.imshow(views.render(scene, panel, step, scale))
                axes.set_axis_off()
                image = ScalarMappable(Normalize(scale.low, scale.high), panel.colormap)
            if panel.title:
                axes.set_title(panel.title)
            if not shared:
                _add_bar(figure, axes, image, panel, scale, beside=beside)
        if shared:
            _add_bar(figure, list(grid.flat), image, panel, scale, beside=True)
        if not scene.is_flat:
            sizes = " \N{MULTIPLICATION SIGN} ".join(
                f"{size:.4g}" for size in np.ptp(scene.reader.grid.points, axis=0)
            )
            title += f", box of {sizes} \N{MICRO SIGN}m"
        figure.suptitle(title)
        yield figure


@contextmanager
def fronts_of(scene: Scene, front: Front, steps: Sequence[int]) -> Iterator[Figure]:
    """Give the figure of the front at some outputs of a 2D run, coloured by time."""
    divisor, unit = readable(scene.reader.axis.unit, scene.reader.times[-1])
    times = scene.reader.times[list(steps)] / divisor
    colours = ScalarMappable(Normalize(times[0], times[-1]), "viridis")
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=_panel_size(scene.reader.grid, 4.0), layout="compressed")
        axes = figure.add_subplot()
        _draw_regions(axes, scene, steps[-1])
        for step, time in zip(steps, times, strict=True):
            values = scene.front_values(front, step)
            if values.min() < front.level < values.max():
                axes.tricontour(
                    scene.triangulation(step),
                    values,
                    levels=[front.level],
                    colors=[colours.to_rgba(time)],
                    linewidths=1.0,
                )
        _finish_map(axes, scene.reader.grid, with_scale=True)
        label = with_unit(scene.reader.axis.name, unit)
        figure.colorbar(colours, ax=axes, shrink=0.8, aspect=28, pad=0.02, label=label)
        yield figure


def _draw_map(
    axes: Axes, scene: Scene, panel: FieldPanel, step: int, scale: Scale
) -> ScalarMappable:
    values = scene.values(panel, step)
    image: Collection
    triangulation = scene.triangulation_of(panel, step)
    if len(values) == len(scene.reader.grid_at(step).cells):
        image = axes.tripcolor(triangulation, facecolors=values, rasterized=True)
    else:
        if panel.logarithmic:
            triangulation, values = refined(triangulation, scene.logarithms(panel, step))
        # What axes.tripcolor does, but for one path object per cell to find the limits.
        image = TriMesh(triangulation, rasterized=True)
        image.set_array(values)
        axes.add_collection(image, autolim=False)
    image.set(cmap=panel.colormap, clim=(scale.low, scale.high))
    if scene.front:
        _draw_front(axes, scene, scene.front, step, hides=panel.behind_front)
    axes.add_collection(_outlines(scene.reader.grid_at(step)), autolim=False)
    return image


def _add_bar(
    figure: Figure,
    axes: Axes | list[Axes],
    image: ScalarMappable,
    panel: FieldPanel,
    scale: Scale,
    *,
    beside: bool,
) -> None:
    bar = figure.colorbar(
        image,
        ax=axes,
        orientation="vertical" if beside else "horizontal",
        shrink=0.5 if beside else 0.85,
        aspect=22,
        pad=0.03,
        label=panel.text,
        extend=scale.extend,
    )
    bar.ax.locator_params(nbins=5)


def _draw_front(axes: Axes, scene: Scene, front: Front, step: int, *, hides: bool) -> None:
    values = scene.front_values(front, step)
    low, high = float(values.min()), float(values.max())
    if hides and low < front.level:
        ends = [min(low, front.level) - 1.0, front.level]
        axes.tricontourf(scene.triangulation(step), values, levels=ends, colors=[_AHEAD])
    if low < front.level < high:
        lines = axes.tricontour(
            scene.triangulation(step), values, levels=[front.level], colors="black", linewidths=0.7
        )
        lines.set_path_effects([withStroke(linewidth=1.5, foreground="white")])


def _draw_regions(axes: Axes, scene: Scene, step: int) -> None:
    numbers = np.unique(scene.reader.grid_at(step).regions, return_inverse=True)[1]
    tints = ListedColormap(["#f7f7f7", "#e0e0e0", "#ececec", "#d4d4d4"])
    mesh = scene.triangulation(step)
    axes.tripcolor(mesh, facecolors=numbers % 4, cmap=tints, vmin=0, vmax=3, rasterized=True)
    axes.add_collection(_outlines(scene.reader.grid_at(step)), autolim=False)


def _outlines(grid: Grid) -> LineCollection:
    """Return the edges between cells of different regions, and around holes."""
    pairs = np.sort(grid.cells[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    owners = np.repeat(np.arange(len(grid.cells)), 3)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, regions = pairs[order], grid.regions[owners[order]]
    same = (pairs[1:] == pairs[:-1]).all(axis=1)
    meets = same & (regions[1:] != regions[:-1])
    outer = ~(np.append(same, False) | np.append(False, same))
    segments = grid.points[np.concatenate([pairs[1:][meets], pairs[outer]])][:, :, :2]
    # Snapped to pixels, level and upright edges would stick out of a curved outline.
    return LineCollection(
        list(segments), colors=_OUTLINE, linewidths=0.5, capstyle="round", snap=False
    )


def _finish_map(axes: Axes, grid: Grid, *, with_scale: bool) -> None:
    (left, bottom), (right, top) = grid.points[:, :2].min(axis=0), grid.points[:, :2].max(axis=0)
    axes.set(aspect="equal", xticks=[], yticks=[], xlim=(left, right), ylim=(bottom, top))
    axes.set_facecolor(_HOLE)
    axes.spines[:].set_visible(True)
    if with_scale:
        length = _round_length((right - left) / 4)
        bar = AnchoredSizeBar(
            axes.transData,
            length,
            f"{length:g} \N{MICRO SIGN}m" if length < 1000 else f"{length / 1000:g} mm",
            "upper right",
            pad=0.3,
            borderpad=0.5,
            sep=2,
            size_vertical=(right - left) / 120,
        )
        bar.patch.set(alpha=0.85, linewidth=0)
        axes.add_artist(bar)


def _round_length(length: float) -> float:
    """Return the largest of 1, 2, 5, 10, ... that is not larger."""
    decade = 10.0 ** math.floor(math.log10(length))
    return decade * max(digit for digit in (1.0, 2.0, 5.0) if digit * decade <= length * 1.0001)


def _panel_size(grid: Grid, width: float) -> tuple[float, float]:
    extent = np.ptp(grid.points[:, :2], axis=0)
    aspect = float(extent[1] / extent[0])
    tallest = 2.0 * width
    return (width, width * aspect) if width * aspect <= tallest else (tallest / aspect, tallest)
