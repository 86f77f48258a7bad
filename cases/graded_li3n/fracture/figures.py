"""Pictures of the crack, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.graded_li3n.fracture.parameters import AXIS, Parameters
from lithode.output.history import read_history
from lithode.plots import figures
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import FieldPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the damage at the end, and pressure and height of the tip over the volume."""
    p, history = parameters, read_history(run_directory / "history.csv")
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    damage = (FieldPanel("damage", "damage", colormap="Blues", limits=(0.0, 1.0)),)
    volume, pressure = history[AXIS.column], history["pressure [MPa]"]
    panels = [
        CurvePanel(("volume (µm²)", "pressure (MPa)"), [Curve("", volume, pressure)]),
        CurvePanel(
            ("volume (µm²)", "height of the tip (µm)"),
            [Curve("", volume, history["crack_top [um]"])],
            marks=[(p.particle_top, "top of the particle")],
        ),
    ]
    return [
        *figures.draw_fields(fields, out, damage, times=(p.volumes[-1],)),
        draw_curves(out / "crack.png", panels),
    ]
