"""Pictures of the cells: the limits over the content of nanotubes, voltages over the current."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.wang2024.cells.limits import CURRENT
from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.cells.study import AXIS, by_content
from lithode.cases.wang2024.measured import CRITICAL_CURRENTS
from lithode.core.parameters import differences
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import with_unit


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the three limits over the content, and voltage and overpotential over the current."""
    p = parameters
    history = read_history(run_directory / "history.csv")
    panels = [] if p.has_own_stack else [_limits(p)]
    currents = history[AXIS]
    voltages = [
        Curve("cell", currents, history["voltage [mV]"]),
        Curve("one side", currents, history["overpotential_of_side [mV]"]),
        Curve("$\\eta_c$", currents, history["critical_overpotential [mV]"], "--"),
    ]
    labels = with_unit("current density", CURRENT), with_unit("voltage", "mV")
    panels.append(CurvePanel(labels, voltages, "xy"))
    return [draw_curves(run_directory / "figures" / "limits.png", panels)]


def _limits(p: Parameters) -> CurvePanel:
    contents = np.geomspace(0.5, 50.0, 200)
    found = by_content(p, contents)
    curves = [
        Curve(name, contents, np.where(np.isfinite(values), values, np.nan), colour=k)
        for k, (name, values) in enumerate(found.items())
    ]
    measured = [
        each
        for each in CRITICAL_CURRENTS
        if len(each.contents) == 1 and each.thickness == p.thickness
    ]
    if measured and not differences(p.model_copy(update={"thickness": 90.0}), Parameters()):
        x = np.array([each.contents[0] for each in measured])
        y = np.array([each.value.value for each in measured])
        curves.append(Curve("measured", x, y, "o", colour=3))
    labels = "carbon nanotubes (weight %)", with_unit("critical current density", CURRENT)
    return CurvePanel(labels, curves, "xy", title=f"{p.thickness:g} µm")
