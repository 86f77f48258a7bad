"""Pictures of the penetration, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.ji2020.penetration.parameters import Parameters
from lithode.cases.ji2020.penetration.study import DEPTH
from lithode.cases.ji2020.penetration.targets import MEASURED, TARGETS
from lithode.output.history import read_history
from lithode.plots import figures
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import HistoryPanel, with_unit

_HISTORY = (
    HistoryPanel("depth", (DEPTH, "largest_depth [um]")),
    HistoryPanel("overpotential", ("overpotential [mV]",), logarithmic=True),
    HistoryPanel(
        "pressure",
        ("plating_pressure [MPa]", "capillary_pressure [MPa]", "friction [MPa]"),
        logarithmic=True,
    ),
    HistoryPanel("Li in pores", ("lithium_in_pores [mAh/cm^2]",)),
)


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the march over cycles and the sensitivities."""
    p, out = parameters, run_directory / "figures"
    is_papers = not TARGETS[0].departures(p)
    panels = []
    for name, (_, unit, label) in p.ranges().items():
        table = read_history(run_directory / "tables" / f"{name}.csv")
        x, depth = table[f"{name} [{unit or '1'}]"], table[DEPTH]
        marks = ((MEASURED, f"measured, {MEASURED:g} \N{MICRO SIGN}m"),) if is_papers else ()
        logarithmic = "" if name in ("interface_energy", "porosity") else "x"
        labels = with_unit(label, unit), with_unit("depth", "um")
        panels.append(CurvePanel(labels, [Curve("", x, depth)], logarithmic, marks))
    return [
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
        draw_curves(out / "sensitivity.png", panels),
    ]
