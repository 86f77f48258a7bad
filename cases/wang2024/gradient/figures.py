"""Pictures of the compared interlayers: profiles side by side, currents over the current."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.design_readings import AXIS
from lithode.cases.wang2024.gradient.parameters import PROFILES, Parameters
from lithode.cases.wang2024.measured import DUAL_LAYER
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the three profiles at the paper's largest current or the last one, and the history."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    largest = DUAL_LAYER.value.value
    shown = largest if largest in p.currents else p.currents[-1]
    return [
        profiles.draw_variants(fields, out / "profiles.png", _PANELS, _NAMES, shown),
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
    ]


_NAMES = {name: name for name in PROFILES}
_PANELS = (
    FieldPanel("overpotential", "overpotential", "V"),
    FieldPanel("reaction_current", "Li plated inside", "A/cm^3"),
    FieldPanel("electronic_potential", "potential of electrons", "V"),
)


def _panel(label: str, name: str, unit: str, shown: str = "") -> HistoryPanel:
    columns = tuple(f"{name}_{profile} [{unit}]" for profile in PROFILES)
    return HistoryPanel(label, columns, legend=PROFILES, unit=shown)


_HISTORY = (
    _panel("plated near SSE", "reaction_current_electrolyte", "A/m^2", AXIS.unit),
    _panel("plated near Li", "reaction_current_lithium", "A/m^2", AXIS.unit),
    _panel("mean height", "reaction_height", "um"),
    _panel("l$_n$, closed form", "nucleation_length", "um"),
)
