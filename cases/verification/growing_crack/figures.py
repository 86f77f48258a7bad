"""Pictures of a crack that fills and grows, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.fracture.readings import CURRENT, TIP
from lithode.cases.verification.growing_crack.parameters import GrowingCrackParameters
from lithode.core.axis import TIME
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: GrowingCrackParameters) -> list[Path]:
    """Draw pressure and length over the current, beside the closed forms."""
    p, history = parameters, read_history(run_directory / "history.csv")
    current = history[CURRENT] / p.critical_current_of(p.flaw_length)
    label = "current over critical one in closed form"
    panels = [
        CurvePanel(
            (label, "pressure (MPa)"),
            [Curve("", current, history["pressure [MPa]"])],
            marks=[(p.critical_pressure, "even pressure, sharp crack")],
        ),
        CurvePanel((label, "length of the crack (µm)"), [Curve("", current, history[TIP])]),
        CurvePanel(
            ("time (s)", "lithium in the crack (µm²)"),
            [Curve("", history[TIME.column], history["volume [um^2]"])],
        ),
    ]
    return [draw_curves(run_directory / "figures" / "growth.png", panels)]
