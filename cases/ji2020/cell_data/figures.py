"""The picture of the contact on bare LPS over the current."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.ji2020.cell_data.parameters import Parameters
from lithode.cases.ji2020.cell_data.study import CURRENT
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import with_unit


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw what is left of the contact after each cycle, and what the current needs."""
    history = read_history(run_directory / "history.csv")
    shown = history[CURRENT] <= parameters.limiting_current
    currents = history[CURRENT][shown]
    curves = [
        Curve("left after the cycle", currents, history["contact [1]"][shown], "o"),
        Curve("fails at", currents, history["contact_that_fails [1]"][shown], "--"),
    ]
    labels = with_unit("current density", "mA/cm^2"), "contact"
    return [draw_curves(run_directory / "figures" / "contact.png", [CurvePanel(labels, curves)])]
