"""Pictures of the disc, from the files of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.verification.disc.parameters import DiscParameters
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: DiscParameters) -> list[Path]:
    """Draw the square of the radius and the energy over time."""
    p, history = parameters, read_history(run_directory / "history.csv")
    time, square = history["time [s]"], 4 * history["lithium [um^2]"] / np.pi
    sharp = p.radius**2 - 2 * p.mobility * time
    energy = history["surface_energy [pJ/um]"]
    panels = [
        CurvePanel(
            ("time (s)", "R² (µm²)"),
            [Curve("this run", time, square, "o"), Curve("sharp disc", time, sharp)],
        ),
        CurvePanel(("time (s)", "surface energy (pJ/µm)"), [Curve("", time, energy)]),
    ]
    return [draw_curves(run_directory / "figures" / "disc.png", panels)]
