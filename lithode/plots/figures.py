"""Pictures of a run, made on one process from its files only.

Nothing here knows what is computed: what is shown is described by `lithode.plots.panels`.
Drawn by matplotlib; views of 3D runs come from PyVista, which needs no screen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from lithode.core.parameters import unknown
from lithode.output.fields import FieldReader
from lithode.output.history import History, read_history
from lithode.plots.maps import COLOURS, LINES, STYLE, figure_of, fronts_of
from lithode.plots.panels import (
    HISTORY_PANELS,
    FieldPanel,
    Front,
    HistoryPanel,
    readable,
    split_column,
    with_unit,
)
from lithode.plots.saving import save
from lithode.plots.scene import Scene

_MOST_FRONTS = 24
_MOST_TIMES = 6
# To find room for a legend.
_TRIES = 4


def standard(run_directory: Path) -> list[Path]:
    """Draw fields, fronts and history of a run into its ``figures`` directory.

    Args:
        run_directory: Holds ``fields.vtkhdf`` and ``history.csv``; what is missing is left out.

    Returns:
        The pictures.

    Raises:
        InputError: A file is damaged.
    """
    pictures = []
    out, fields, history = (
        run_directory / name for name in ("figures", "fields.vtkhdf", "history.csv")
    )
    if fields.exists():
        pictures += draw_fields(fields, out)
        pictures += draw_fronts(fields, out)
    if history.exists():
        pictures += draw_history(history, out)
    return pictures


def draw_fields(
    path: Path,
    out: Path,
    panels: Sequence[FieldPanel] | None = None,
    times: Sequence[float] | None = None,
    front: Front | None = Front(),  # noqa: B008
) -> list[Path]:
    """Draw one picture per time with fields side by side, on the same colours at all times.

    Args:
        path: A field file.
        out: Directory of the pictures; made if missing.
        panels: What to show; by default the usual fields, or all if there are none of them.
        times: Times (or loads), of each of which the nearest output is taken; by default all
            outputs, or 6 spread over them.
        front: Contour in all panels; ignored if the file does not have its field.

    Returns:
        The pictures, named by time.

    Raises:
        InputError: The file is damaged or does not have a field.
    """
    scene = Scene.of(FieldReader(path), panels, front)
    steps = scene.steps(times, _MOST_TIMES)
    names = _time_names([scene.reader.times[step] for step in steps])
    scales = scene.scales(steps)
    out.mkdir(parents=True, exist_ok=True)
    unit = re.sub(r"\W+", "", scene.reader.axis.unit)
    pictures = [out / f"fields-{name}{unit}.png" for name in names]
    for step, picture in zip(steps, pictures, strict=True):
        with figure_of(scene, step, scales) as figure:
            save(figure, picture)
    return pictures


def draw_fronts(path: Path, out: Path, front: Front = Front()) -> list[Path]:  # noqa: B008
    """Draw the front at many times in one picture ``fronts.png``, coloured by time; 2D only.

    Args:
        path: A field file.
        out: Directory of the picture; made if missing.
        front: Which contour.

    Returns:
        The picture; nothing in 3D, or if the file does not have the field.

    Raises:
        InputError: The file is damaged.
    """
    scene = Scene.of(FieldReader(path), (), front)
    if not scene.is_flat or scene.front is None or not len(scene.reader.times):
        return []
    with fronts_of(scene, scene.front, scene.steps(None, _MOST_FRONTS)) as figure:
        return [save(figure, out / "fronts.png")]


def draw_history(path: Path, out: Path, panels: Sequence[HistoryPanel] | None = None) -> list[Path]:
    """Draw columns of a history over time into ``history.png``.

    Args:
        path: A history file.
        out: Directory of the picture; made if missing.
        panels: What to show; by default the usual columns, or all if there are none of them.

    Returns:
        The picture; nothing if there is nothing to show.

    Raises:
        InputError: The file is no history.
    """
    figure = _history(read_history(path), panels)
    return [] if figure is None else [save(figure, out / "history.png")]


def history_figure(path: Path, columns: Sequence[str] = ()) -> Figure:
    """Return columns of a history over its first one as a figure.

    Args:
        path: A history file.
        columns: Names with or without unit, a diagram each; by default the usual ones.

    Raises:
        InputError: The file is no history, or has no such column.
    """
    history = read_history(path)
    known = {**{name.partition(" [")[0]: name for name in history}, **{n: n for n in history}}
    for column in columns:
        if column not in known:
            raise unknown("column", column, known)
    panels = [HistoryPanel(split_column(known[c])[0], (known[c],)) for c in columns]
    return _history(history, panels or None) or Figure()


def _history(history: History, panels: Sequence[HistoryPanel] | None) -> Figure | None:
    if panels is None:
        every = [HistoryPanel(split_column(name)[0], (name,)) for name in list(history)[1:]]
        panels = [panel for panel in HISTORY_PANELS if _columns(panel, history)] or every
    panels = [panel for panel in panels if _columns(panel, history)]
    if not panels:
        return None
    columns = min(3, len(panels)) if len(panels) != 4 else 2
    rows = math.ceil(len(panels) / columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(2.7 * columns, 2.0 * rows), layout="constrained")
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_lines(axes, panel, history)
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        name, unit = split_column(next(iter(history)))
        for axes in grid.flat[max(len(panels) - columns, 0) : len(panels)]:
            axes.set_xlabel(with_unit(name, readable(unit, _end(history))[1]))
            axes.tick_params(labelbottom=True)
        figure.align_ylabels()
        _make_room(figure)
    return figure


def _columns(panel: HistoryPanel, history: History) -> list[str]:
    """Return the columns of a panel that can be drawn."""

    def can_be_drawn(name: str) -> bool:
        values = history.get(name, np.empty(0))
        return bool((np.isfinite(values) & (values > 0 if panel.logarithmic else True)).any())

    return [name for name in panel.columns if can_be_drawn(name)]


def _end(history: History) -> float:
    return float(np.max(next(iter(history.values())), initial=0.0))


def _make_room(figure: Figure) -> None:
    """Give diagrams whose legend covers a line more height until it does not."""
    for _ in range(_TRIES):
        figure.draw_without_rendering()
        covered = [axes for axes in figure.axes if _is_covered(axes)]
        for axes in covered:
            scale = axes.yaxis.get_transform()
            low, high = scale.transform(axes.get_ylim())
            axes.set_ylim(top=float(scale.inverted().transform(high + 0.2 * (high - low))))
        if not covered:
            return


def _is_covered(axes: Axes) -> bool:
    legend = axes.get_legend()
    if legend is None:
        return False
    box = legend.get_window_extent()
    paths = [line.get_path().transformed(line.get_transform()) for line in axes.lines]
    return any(path.intersects_bbox(box, filled=False) for path in paths)


def _draw_lines(axes: Axes, panel: HistoryPanel, history: History) -> None:
    names = _columns(panel, history)
    places = next(iter(history.values()))
    places = places / readable(split_column(next(iter(history)))[1], _end(history))[0]
    for k, name in enumerate(names):
        values = panel.shown(name, history[name])
        axes.plot(
            places,
            np.where(values > 0, values, np.nan) if panel.logarithmic else values,
            color=COLOURS[k % len(COLOURS)],
            linestyle=LINES[k % len(LINES)],
            label=panel.text(name),
        )
    if panel.logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(LogFormatter())
        axes.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
    axes.set_ylabel(panel.label_of(names[0]))
    axes.margins(x=0)
    if len(names) > 1:
        axes.legend(loc="best", handlelength=1.8)


def _time_names(times: Sequence[float]) -> list[str]:
    """Return times as texts that sort as the times do."""
    texts = [np.format_float_positional(float(f"{time:.6g}"), trim="-") for time in times]
    digits = max((len(text.partition(".")[0]) for text in texts), default=0)
    return [
        whole.zfill(digits) + dot + rest for whole, dot, rest in (t.partition(".") for t in texts)
    ]
