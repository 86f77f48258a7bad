"""Pictures of a crack at an edge, from the files of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.fracture.edge_crack import AXIS, EdgeCrackParameters
from lithode.cases.fracture.readings import CURRENT, TIP
from lithode.core.units import from_model
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw_growth(run_directory: Path, parameters: EdgeCrackParameters) -> Path:
    """Draw the pressure over the volume, and the current over the length beside its law."""
    p, history = parameters, read_history(run_directory / "history.csv")
    volume, tip = history[AXIS.column] / p.critical_volume, history[TIP]
    current = from_model(1.0, "mA/cm^2") * history[CURRENT]
    lengths = np.linspace(p.flaw_length, max(tip[-1], 1.2 * p.flaw_length), 100)
    law = [from_model(p.critical_current_of(float(length)), "mA/cm^2") for length in lengths]
    panels = [
        CurvePanel(
            ("volume over critical volume", "pressure (MPa)"),
            [Curve("", volume, history["pressure [MPa]"])],
            marks=[(p.critical_pressure, "even pressure, sharp crack")],
        ),
        CurvePanel(
            ("length of the crack (µm)", "current that stalls (mA/cm²)"),
            [Curve("this run", tip, current), Curve("sharp crack", lengths, np.array(law), "--")],
        ),
    ]
    return draw_curves(run_directory / "figures" / "current.png", panels)
