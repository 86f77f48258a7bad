"""Pictures of the compared interlayers: profiles side by side, currents over the current."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lithode.cases.wang2024.design_readings import AXIS
from lithode.cases.wang2024.gradient.parameters import Parameters, profiles
from lithode.cases.wang2024.measured import DUAL_LAYER
from lithode.plots import figures
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.plots.profiles import draw_variants


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the three profiles at the paper's largest current or the last one, and the history."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    names = profiles(p)
    largest = DUAL_LAYER.value.value
    shown = largest if largest in p.currents else p.currents[-1]
    return [
        draw_variants(fields, out / "profiles.png", _PANELS, {name: name for name in names}, shown),
        *figures.draw_history(run_directory / "history.csv", out, _history(names)),
    ]


_PANELS = (
    FieldPanel("overpotential", "overpotential", "V"),
    FieldPanel("reaction_current", "Li plated inside", "A/cm^3"),
    FieldPanel("electronic_potential", "potential of electrons", "V"),
)


def _history(names: Sequence[str]) -> tuple[HistoryPanel, ...]:
    def panel(label: str, name: str, unit: str, shown: str = "") -> HistoryPanel:
        columns = tuple(f"{name}_{profile} [{unit}]" for profile in names)
        return HistoryPanel(label, columns, legend=tuple(names), unit=shown)

    return (
        panel("plated near SSE", "reaction_current_electrolyte", "A/m^2", AXIS.unit),
        panel("plated near Li", "reaction_current_lithium", "A/m^2", AXIS.unit),
        panel("mean height", "reaction_height", "um"),
        panel("l$_n$, closed form", "nucleation_length", "um"),
    )
