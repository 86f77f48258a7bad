"""Where in their ranges the fitted parameters lie."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from lithode.engine.fit.goals import Judged
from lithode.engine.fit.report import Fit
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.maps import STYLE


def draw(result: Fit, picture: Path) -> Path:
    """Draw where in its range each variable of each set lies."""
    count = len(result.variables)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4.8, 0.32 * count + 1.2), layout="constrained")
        axes = figure.subplots()
        for each in result.sets[::-1]:
            places = [v.place(x) for v, x in zip(result.variables, each.values, strict=True)]
            style = {"color": "#0072B2", "alpha": 0.8} if each.good else {"color": "#b0b0b0"}
            axes.plot(places, range(count), marker="o", markersize=4, linewidth=0.8, **style)
        labels = [f"{v.name}\n{v.low:.2g} to {v.high:.2g} {v.unit}" for v in result.variables]
        axes.set_yticks(range(count), labels)
        axes.set_ylim(count - 0.5, -0.5)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.5, 1], ["low end", "middle", "high end"])
        axes.set_title(f"{result.case}: {len(result.good)} sets fit equally well (blue)")
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture)
    return picture


def draw_data(name: str, judged: Judged, picture: Path) -> Path | None:
    """Draw data by points and the best set by lines; None where they have no axis of numbers."""
    names = list(judged.columns)
    x = np.asarray(judged.columns[names[0]])
    if x.dtype.kind != "f":
        return None
    logarithmic = "x" if names[0].startswith("frequency") else ""
    panels = []
    for column in names[1:]:
        twin = column.replace("data", "fit", 1)
        if "data" not in column or twin not in names:
            continue
        measured, fitted = (np.asarray(judged.columns[each], float) for each in (column, twin))
        label = column.replace("data_", "").replace("_data", "")
        curves = [Curve(name, x, measured, "o", 0), Curve("fit", x, fitted, "-", 1)]
        panels.append(CurvePanel((names[0], label), curves, logarithmic))
    return draw_curves(picture, panels) if panels else None
