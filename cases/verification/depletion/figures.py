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
    time, is_sand = history["time [s]"][1:], p.mode == "galvanostatic"
    at_front = [Curve("this run", time, history["front_concentration [1]"][1:])]
    panels = [CurvePanel(("time (s)", "c at the front over c₀"), at_front)]
    if is_sand:
        at_front.append(Curve("Sand", time, 1 - np.sqrt(time / p.sand), "--"))
        voltage = Curve("this run", time, history["cell_voltage [V]"][1:])
        panels.append(CurvePanel(("time (s)", "cell voltage (V)"), [voltage]))
    else:
        current = Curve("this run", time, history["plating_current [A/m^2]"][1:])
        cottrell = Curve("Cottrell", time, p.cottrell * np.sqrt(p.time / time), "--")
        labels = "time (s)", "current density (A/m²)"
        panels.append(CurvePanel(labels, [current, cottrell], "xy"))
    return [draw_curves(run_directory / "figures" / "depletion.png", panels)]
