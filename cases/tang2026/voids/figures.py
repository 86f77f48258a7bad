"""Pictures of voids, from the files of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.voids.parameters import ELECTRODES, Parameters
from lithode.cases.tang2026.voids.readings import (
    AXIS,
    CAPACITY,
    FORMULA,
    contact_column,
    has_balance,
    histories,
    pressures,
    resistance_column,
    resistances,
)
from lithode.cases.tang2026.voids.unit_cell import UnitCell
from lithode.engine.rundir import RunDirectory
from lithode.output.history import History, read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import formula

_THETA = r"contact fraction $\theta$"
_STYLES = ("-", "--", ":")

Array = npt.NDArray[np.float64]


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the unit cell, what a contact costs, and stripping against creep."""
    p, directory = parameters, RunDirectory(run_directory)
    history = read_history(directory.history)
    fraction = history[AXIS.column]
    cell = UnitCell(directory.fields, "potential_Li")
    shown = [near for near in (0.2, 0.5, 0.9) if fraction[0] - 0.1 <= near <= fraction[-1] + 0.1]
    drawn = [cell.draw(directory.figures / "cell.png", shown or [float(fraction[-1])])]
    if not has_balance(history):
        return drawn
    over, held, sweep = histories(history, p), pressures(history, p), resistances(history, p)
    panels = [
        panel
        for panel in (*_of_contact(history, p, sweep), *_of_stripping(p, held, over))
        # A history outside of the sweep is all nan.
        if any(np.any(np.isfinite(curve.y)) for curve in panel.curves)
    ]
    return [draw_curves(directory.figures / "contact.png", panels, columns=4), *drawn]


def _of_contact(history: History, p: Parameters, sweep: dict[str, Array]) -> list[CurvePanel]:
    """Return the panels over the contact fraction."""
    fraction = history[AXIS.column]
    small = fraction <= FORMULA

    def both(label: str, columns: Mapping[str, Array], name: str, scale: str = "") -> CurvePanel:
        curves = [
            Curve(formula(electrode), fraction, columns[name.format(electrode)], style)
            for electrode, style in zip(ELECTRODES, _STYLES, strict=False)
        ]
        return CurvePanel((_THETA, label), curves, scale)

    closing = [
        Curve(f"n = {p.creep_exponent:g}", fraction, history["closure [1]"]),
        Curve("n = 1", fraction, history["closure_newtonian [1]"], "--"),
        Curve("closed form", fraction[small], history["closure_closed_form [1]"][small], "o"),
    ]
    return [
        CurvePanel((_THETA, r"closing speed over $A p^n b$"), closing, "y"),
        both("edge current over mean", history, "edge_over_mean_{} [1]"),
        both("uneven fraction f", history, "uneven_fraction_{} [1]"),
        both("interface (\N{OHM SIGN} cm$^2$)", sweep, "resistance_{} [ohm cm^2]", "y"),
    ]


def _of_stripping(
    p: Parameters, held: dict[str, Array], over: dict[str, Array]
) -> list[CurvePanel]:
    """Return the panel of pressures and those over the stripped capacity."""
    one_way = p.plating_back is None
    stripped = f"{'stripped' if one_way else 'stripped and plated'} (mAh/cm$^2$)"
    title = f"{p.current:g} mA/cm$^2$"
    fraction, *pressures = held.values()
    names = "f = 1", *(f"f of {electrode}" for electrode in ELECTRODES)
    curves = [
        Curve(formula(name), fraction, pressure, style)
        for name, pressure, style in zip(names, pressures, _STYLES, strict=True)
    ]
    marks = [(pressure, f"{pressure:g} MPa") for pressure in p.stack_pressures]

    def along(label: str, columns: dict[str, str], title: str) -> CurvePanel:
        capacity = over[CAPACITY]
        lines = [
            Curve(formula(name), capacity, over[column], "--" if "Li3N" in name else "-")
            for name, column in columns.items()
        ]
        return CurvePanel((stripped, label), lines, title=title)

    bound = {f"{x:g} MPa": contact_column(None, x) for x in p.stack_pressures}
    contact = {
        f"{e}, {x:g} MPa": contact_column(e, x) for x in p.stack_pressures for e in ELECTRODES
    }
    ohmic = {
        f"{e}, {x:g} MPa": resistance_column(e, x) for x in p.stack_pressures for e in ELECTRODES
    }
    return [
        CurvePanel((_THETA, "pressure that holds it (MPa)"), curves, "y", marks, title),
        along(_THETA, bound, f"{title}, f = 1"),
        along(_THETA, contact, f"{title}, computed f"),
        along("interface (\N{OHM SIGN} cm$^2$)", ohmic, f"{title}, computed f"),
    ]
