"""Pictures of the nucleus, from the files of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.verification.pfhub8a.parameters import SIDE, Pfhub8aParameters
from lithode.cases.verification.pfhub8a.targets import FRACTIONS
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: Pfhub8aParameters) -> list[Path]:
    """Draw the solid fraction over time, beside the converged one."""
    history = read_history(run_directory / "history.csv")
    curves = [Curve("this run", history["time [s]"], 4 * history["lithium [um^2]"] / SIDE**2)]
    if known := FRACTIONS.get(parameters.radius_ratio):
        times, values = np.array(list(known)), np.array(list(known.values()))
        curves.append(Curve("converged", times, values, "o"))
    panel = CurvePanel(("time", "solid fraction"), curves)
    return [draw_curves(run_directory / "figures" / "pfhub8a.png", [panel])]
