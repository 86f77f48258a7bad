"""Pictures of aging: interface and voltage over the cycles, with Table 2."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.tang2026.aging.parameters import Parameters
from lithode.cases.tang2026.aging.study import BORNE, CYCLE, INTERFACE, VOLTAGE, by_contact
from lithode.cases.tang2026.measured import TABLE_2
from lithode.core.parameters import differences
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import formula, with_unit


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the film and the voltage; dots are the rows of Table 2 of the paper's electrode."""
    p, history = parameters, read_history(run_directory / "history.csv")
    cycles = history[CYCLE]
    interface = [Curve("film", cycles, history[INTERFACE])]
    voltage = [Curve("i R", cycles, history[VOLTAGE])]
    title = formula(p.electrode)
    if p.interface_table is not None or p.early_resistivity is not None:
        title, aged = "", p.measured
        interface.append(Curve("measured", aged.cycles, aged.interface, "o", colour=1))
    elif not differences(p, Parameters(electrode=p.electrode)):
        rows = {n: row for (name, n), row in TABLE_2.items() if name == p.electrode and n}
        x = np.array(list(rows), dtype=float)
        seen = np.array([row.interface.value for row in rows.values()])
        whole = np.array([1e3 * p.voltage(row.total) for row in rows.values()])
        interface.append(Curve("Table 2", x, seen, "o", colour=1))
        voltage.append(Curve("i R of Table 2", x, whole, "o", colour=1))
    labels = "cycle", with_unit("both interfaces", "ohm cm")
    found = by_contact(p)
    voltage.append(Curve("by lost contact", found[CYCLE], found[VOLTAGE], "--", colour=2))
    borne = [Curve("", found[CYCLE], found[BORNE], "-")]
    panels = [
        CurvePanel(labels, interface, "x", title=title),
        CurvePanel(("cycle", with_unit("voltage", "mV")), voltage, "x"),
        CurvePanel(("cycle", with_unit("current it bears", "mA/cm^2")), borne, "x"),
    ]
    return [draw_curves(run_directory / "figures" / "aging.png", panels)]
