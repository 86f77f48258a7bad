"""Pictures of the bilayer."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.plots import figures
from lithode.plots.panels import FIELD_PANELS, HISTORY_PANELS, FieldPanel, HistoryPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the paper's times, without lithium and fine particles too, fronts and history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    names = parameters.region_names
    carrying = FieldPanel(
        "hydrostatic_stress",
        "pressure around lithium",
        "MPa",
        colormap="inferno",
        factor=-1.0,
        regions=tuple(range(2, len(names) + 1)),
    )
    panels = (*FIELD_PANELS, carrying) if parameters.is_flat and len(names) > 1 else FIELD_PANELS
    return [
        *figures.draw_fields(fields, out, panels, times=parameters.output_times),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out, HISTORY),
    ]


HISTORY = (
    HISTORY_PANELS[0],
    HistoryPanel("covered share", ("covered_fraction [1]",)),
    HistoryPanel(
        "pressure at the tip",
        ("pressure_tip_mean [MPa]", "pressure_tip_p90 [MPa]", "pressure_tip_max [MPa]"),
    ),
    HistoryPanel(
        "at coarse particles", ("pressure_particle_mean [MPa]", "pressure_particle_max [MPa]")
    ),
    HistoryPanel(
        "transmitted", ("pressure_transmitted_mean [MPa]", "pressure_transmitted_max [MPa]")
    ),
    HistoryPanel("background", ("pressure_background [MPa]",)),
    HistoryPanel("largest concentration", ("concentration_max [1]",)),
    HistoryPanel("plating current", ("plating_current [A/m^2]",)),
    HISTORY_PANELS[-1],
)
