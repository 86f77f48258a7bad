"""Pictures of fields along a line of nodes, the lithium surface or across a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from lithode.output.fields import FieldReader
from lithode.output.lines import ACROSS, LITHIUM_SURFACE, Line, arc_length
from lithode.plots.maps import COLOURS, LINES, STYLE
from lithode.plots.panels import FieldPanel, place, with_unit
from lithode.plots.saving import save


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
    steps = sorted({reader.step(time) for time in (reader.times if times is None else times)})
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.2 * len(panels), 2.4), layout="constrained")
        for axes, panel in zip(
            figure.subplots(1, len(panels), squeeze=False).flat, panels, strict=True
        ):
            for k, step in enumerate(steps):
                chain, arc = arc_length(reader.grid_at(step), line)
                values = panel.shown(reader.values(panel.field, step)[chain])
                shade = matplotlib.colormaps["viridis"](0.9 * k / max(len(steps) - 1, 1))
                axes.plot(arc, values, color=shade, label=_place(reader, step))
            axes.set_xlabel(with_unit(line.label, "um"))
            axes.set_ylabel(panel.text)
            axes.set(ylim=panel.limits)
            axes.margins(x=0)
        if len(steps) > 1:
            axes.legend()
        save(figure, picture)
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
    step = reader.step(time)
    chain, arc = arc_length(reader.grid_at(step), line)
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
        save(figure, picture)
    return picture


def _place(reader: FieldReader, step: int) -> str:
    return place(reader.axis, reader.times[step], reader.times[-1])
