"""Pictures of lithium among grains."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.wetting.parameters import WettingParameters
from lithode.plots import figures
from lithode.plots.panels import FieldPanel, HistoryPanel


def draw(run_directory: Path, parameters: WettingParameters) -> list[Path]:
    """Draw lithium among the grains, its front over time, and the history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    title = f"order parameter, {parameters.contact_angle:g}\N{DEGREE SIGN}"
    panels = [FieldPanel("order_parameter", title, colormap="Blues", limits=(0.0, 1.0))]
    energies = ("energy [pJ/um]", "dissipation [pJ/um]", "energy [pJ]", "dissipation [pJ]")
    diagrams = [
        HistoryPanel("filled pores", ("filled_fraction [1]",)),
        HistoryPanel("height", ("tip_height [um]",)),
        HistoryPanel("current density", ("plating_current [A/m^2]", "driven_current [A/m^2]")),
        HistoryPanel("energy", energies),
    ]
    return [
        *figures.draw_fields(fields, out, panels),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out, diagrams),
    ]
