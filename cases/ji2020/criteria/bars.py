"""Named things compared by several numbers: one bar chart for each, all in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from lithode.plots.maps import STYLE
from lithode.plots.panels import formula
from lithode.plots.saving import save

_PLAIN, _PASSED, _FAILED = "#8FA8BF", "#0072B2", "#D55E00"


@dataclass(frozen=True)
class Bars:
    """One chart.

    Attributes:
        label: Label of the axis, with unit.
        values: One of each name.
        limit: A largest value that counts as good, with a line; None for no verdict.
        logarithmic: Whether the axis is logarithmic.
        missing: What a name without a bar says instead, where its value is not above 0.
    """

    label: str
    values: npt.NDArray[np.float64]
    limit: float | None = None
    logarithmic: bool = False
    missing: str = ""


def draw_ranking(picture: Path, names: Sequence[str], charts: Sequence[Bars]) -> Path:
    """Draw the charts side by side, the first name at the top.

    Args:
        picture: File to write.
        names: Their names, the best first.
        charts: What they are compared by.

    Returns:
        The picture.
    """
    with matplotlib.rc_context(STYLE):
        width, height = 1.0 + 1.55 * len(charts), 0.9 + 0.24 * len(names)
        figure = Figure(figsize=(width, height), layout="constrained")
        row = figure.subplots(1, len(charts), squeeze=False, sharey=True)[0]
        places = np.arange(len(names))
        for axes, chart in zip(row, charts, strict=True):
            colours = [
                _PLAIN if chart.limit is None else _PASSED if value <= chart.limit else _FAILED
                for value in chart.values
            ]
            if chart.logarithmic:
                axes.set_xscale("log")
                positive = chart.values[chart.values > 0]
                least = float(positive.min()) if len(positive) else 1.0
                ends = [least, *([chart.limit] if chart.limit else [])]
                axes.barh(places, chart.values, color=colours, left=0)
                axes.set_xlim(left=min(ends) / 5)
            else:
                axes.barh(places, chart.values, color=colours)
                axes.axvline(0, color="black", linewidth=0.5)
            for place, value in zip(places, chart.values, strict=True):
                if chart.missing and not value > 0:
                    axes.annotate(
                        chart.missing, (0, place), (3, 0), textcoords="offset points",
                        va="center", fontsize=7,
                    )  # fmt: skip
            if chart.limit is not None:
                axes.axvline(chart.limit, color="black", linewidth=0.8, linestyle="--")
            axes.set_xlabel(chart.label)
            axes.tick_params(axis="y", length=0)
        row[0].set_yticks(places, [formula(name) for name in names])
        row[0].invert_yaxis()
        save(figure, picture)
    return picture
