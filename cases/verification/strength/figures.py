"""Pictures of a bar, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.verification.strength.parameters import AXIS, StrengthParameters
from lithode.cases.verification.strength.targets import stress
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: StrengthParameters) -> list[Path]:
    """Draw stress and damage over the strain, with the strength in closed form."""
    p, history = parameters, read_history(run_directory / "history.csv")
    strain = 100 * history[AXIS.column] / p.edge
    panels = [
        CurvePanel(
            ("strain (%)", "stress (MPa)"),
            [Curve("", strain, stress(history, p))],
            marks=[(p.strength, "closed form")],
        ),
        CurvePanel(("strain (%)", "damage"), [Curve("", strain, history["damage_max [1]"])]),
    ]
    return [draw_curves(run_directory / "figures" / "strength.png", panels)]
