"""Pictures of the criterion: lengths and currents over the current, profiles, the design map."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.criterion import closed_form
from lithode.cases.wang2024.criterion.heatmaps import Heatmaps, Scale
from lithode.cases.wang2024.criterion.parameters import Parameters
from lithode.cases.wang2024.design_readings import AXIS
from lithode.output.lines import ACROSS
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw lengths and currents over the current, profiles, and the design map."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    currents = [p.currents[0], p.currents[len(p.currents) // 2], p.currents[-1]]
    drawn = [
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
        profiles.draw_profile(fields, out / "profiles.png", _PANELS, currents, line=ACROSS),
        draw_design_map(closed_form.design_map(p), out / "design_map.png"),
    ]
    if p.dimension == 2:
        drawn += figures.draw_fields(fields, out, _PANELS, [p.currents[-1]], front=None)
    return drawn


def draw_design_map(found: closed_form.DesignMap, picture: Path) -> Path:
    """Draw up to which current the closed form is stable, over four parameters."""
    return Heatmaps(
        rows=Scale("$\\theta$", "deg", closed_form.ANGLES),
        columns=Scale("$\\sigma_e$", "S/cm", closed_form.CONDUCTIVITIES),
        y=Scale("porosity", "", closed_form.POROSITIES),
        x=Scale("thickness", "um", closed_form.THICKNESSES),
        values=found.stable,
        hatched=found.nucleation,
        label="stable up to",
        unit=AXIS.unit,
        note="hatched: limited by nucleation (l$_n$ > l$_g$), elsewhere by full pores "
        "(l$_g$ = l$_i$)",
    ).draw(picture)


_PANELS = (
    FieldPanel("overpotential", "overpotential", "V", "viridis"),
    FieldPanel("reaction_current", "Li plated inside", "A/cm^3", "magma"),
    FieldPanel("ionic_potential", "potential of Li$^+$", "V", "cividis"),
)
_HISTORY = (
    HistoryPanel(
        "length, closed form",
        ("nucleation_length [um]", "growth_length [um]"),
        legend=("nucleation, l$_n$", "growth, l$_g$"),
    ),
    HistoryPanel("V$_{sp}$/i", ("spike_over_current [ohm cm^2]",)),
    HistoryPanel(
        "plated",
        (
            "lithium_current_mean [A/m^2]",
            "reaction_current_lithium [A/m^2]",
            "reaction_current_electrolyte [A/m^2]",
        ),
        legend=("at Li", "inside, next to Li", "inside, next to SSE"),
        unit=AXIS.unit,
    ),
    HistoryPanel("mean height, Li inside", ("reaction_height [um]",)),
)
