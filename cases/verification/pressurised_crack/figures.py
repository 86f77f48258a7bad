"""Pictures of a filled crack, from the files of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.verification.pressurised_crack.parameters import AXIS, CrackParameters
from lithode.cases.verification.pressurised_crack.targets import half_length, net_pressure
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: CrackParameters) -> list[Path]:
    """Draw the pressure over the volume, beside a sharp crack's, and the length of the crack."""
    p, history = parameters, read_history(run_directory / "history.csv")
    volume = history[AXIS.column] / p.critical_volume
    pressure = net_pressure(history, p)
    grid = np.linspace(0, volume[-1], 200)
    # A spring of fixed length, then p^3 V = const.
    sharp = p.critical_pressure * np.minimum(grid, np.maximum(grid, 1e-9) ** (-1 / 3))
    longer = p.half_length * np.maximum(grid, 1) ** (2 / 3)
    panels = [
        CurvePanel(
            ("volume over critical volume", "pressure (MPa)"),
            [Curve("this run", volume, pressure), Curve("sharp crack", grid, sharp, "--")],
        ),
        CurvePanel(
            ("volume over critical volume", "half length (µm)"),
            [
                Curve("this run", volume[1:], half_length(history, p)[1:]),
                Curve("sharp crack", grid, longer, "--"),
            ],
        ),
    ]
    return [draw_curves(run_directory / "figures" / "crack.png", panels)]
