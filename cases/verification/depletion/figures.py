"""Pictures of the depletion, from the files of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.verification.depletion.parameters import DepletionParameters
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: DepletionParameters) -> list[Path]:
    """Draw concentration at the front and current over time, beside the closed forms."""
    p, history = parameters, read_history(run_directory / "history.csv")
    time = history["time [s]"][1:]
    c, current = (
        history[name][1:] for name in ("front_concentration [1]", "plating_current [A/m^2]")
    )
    at_front, flow = [Curve("this run", time, c)], [Curve("this run", time, current)]
    if p.mode == "galvanostatic":
        at_front.append(Curve("Sand", time, 1 - np.sqrt(time / p.sand), "--"))
    else:
        flow.append(Curve("Cottrell", time, p.cottrell * np.sqrt(p.time / time), "--"))
    panels = [
        CurvePanel(("time (s)", "concentration at the front over c₀"), at_front),
        CurvePanel(("time (s)", "current density (A/m²)"), flow, "xy"),
    ]
    return [draw_curves(run_directory / "figures" / "depletion.png", panels)]
