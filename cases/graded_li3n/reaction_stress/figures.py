"""Pictures of the reaction stress."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.graded_li3n.reaction_stress.parameters import Parameters
from lithode.plots import figures
from lithode.plots.panels import FieldPanel, HistoryPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pressure at the first and the last extent, and its history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    panels = (
        FieldPanel("order_parameter", "order parameter", colormap="Blues", limits=(0.0, 1.0)),
        FieldPanel("reacting_share", "reacting share", colormap="Greens", limits=(0.0, 1.0)),
        FieldPanel(
            "hydrostatic_stress", "hydrostatic pressure", "MPa", colormap="inferno", factor=-1.0
        ),
    )
    history = HistoryPanel(
        "pressure at the tip",
        tuple(f"pressure_{kind}_tip [MPa]" for kind in ("mean", "p90", "max")),
    )
    ends = (parameters.extents[0], parameters.extents[-1])
    return [
        *figures.draw_fields(fields, out, panels, times=ends),
        *figures.draw_history(run_directory / "history.csv", out, (history,)),
    ]
