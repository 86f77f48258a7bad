"""Pictures of a wave in a binary electrolyte, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.verification.khoo2019.parameters import KhooParameters
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves

_SHOWN = {
    "concentration [1]": "concentration at the front",
    "overpotential [1]": "overpotential (RT/F)",
    "growth_rate [1]": "growth rate of the wave (D/L²)",
}


def draw(run_directory: Path, parameters: KhooParameters) -> list[Path]:
    """Draw base state and growth rate over time."""
    history = read_history(run_directory / "history.csv")
    time = history["time [s]"] / parameters.sand
    panels = [
        CurvePanel(("time over Sand's", label), [Curve("", time, history[column])])
        for column, label in _SHOWN.items()
    ]
    return [draw_curves(run_directory / "figures" / "khoo2019.png", panels)]
