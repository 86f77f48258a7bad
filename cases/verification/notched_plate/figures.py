"""Pictures of the plate, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.verification.notched_plate.parameters import AXIS, PlateParameters
from lithode.cases.verification.notched_plate.targets import KILONEWTON
from lithode.output.history import read_history
from lithode.plots import figures
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import FieldPanel


def draw(run_directory: Path, parameters: PlateParameters) -> list[Path]:
    """Draw the force over the displacement, and the damage at the end."""
    history, out = read_history(run_directory / "history.csv"), run_directory / "figures"
    curve = Curve("", history[AXIS.column], history["force [N/m]"] / KILONEWTON)
    panels = [CurvePanel(("displacement (µm)", "force on 1 mm (kN)"), [curve])]
    fields = run_directory / "fields.vtkhdf"
    damage = (FieldPanel("damage", "damage", colormap="Blues", limits=(0.0, 1.0)),)
    ends = (parameters.stretches[-1],)
    return [
        draw_curves(out / "force.png", panels),
        *figures.draw_fields(fields, out, damage, times=ends),
    ]
