"""Pictures of protocols on the contact model, from the files of a run."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.measured import CRITICAL_CURRENT, CYCLES
from lithode.cases.tang2026.protocols import one_way
from lithode.cases.tang2026.protocols.one_way import PERCENTILES
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.cases.tang2026.protocols.study import RECOVERY
from lithode.output.history import History, read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves, without_turns
from lithode.plots.panels import formula, with_unit
from lithode.solvers.contact_loss.model import Loss

Array = npt.NDArray[np.float64]
Text: TypeAlias = npt.NDArray[np.str_]

_LOST: Mapping[Loss, str] = {
    "spots": "contact lost in spots",
    "edge": "contact lost at the edge",
    "opposite": "lost at different places",
}


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the calibration with its spread, what depends on r, and the protocol followed."""
    out, tables = run_directory / "figures", run_directory / "tables"
    history = read_history(run_directory / "history.csv")
    charges, trace = _read(tables / "one_way.csv"), _read(tables / "trace.csv")
    names = list(dict.fromkeys(charges["layer"]))
    panels = [_calibration(names, charges)]
    if (tables / "draws.csv").exists():
        panels.append(_histogram(names, _read(tables / "draws.csv")))
    return [
        draw_curves(out / "calibration.png", panels),
        draw_curves(out / "recovery.png", _over_recovery(names, history)),
        draw_curves(out / "trace.png", _traces(names, trace, parameters), columns=len(names)),
    ]


def _read(path: Path) -> dict[str, Text]:
    with path.open() as file:
        head, *rows = csv.reader(file)
    return {name: np.array([row[k] for row in rows]) for k, name in enumerate(head)}


def _calibration(names: Sequence[str], table: Mapping[str, Text]) -> CurvePanel:
    curves = []
    for k, name in enumerate(names):
        rows = table["layer"] == name
        x, y, low, high, seen = (table[key][rows].astype(float) for key in one_way.COLUMNS[1:])
        curves.append(Curve(formula(name), x, y, colour=k, band=(low, high)))
        curves.append(Curve("", x, seen, "o", colour=k))
    labels = with_unit("current density", "mA/cm^2"), with_unit("charge until failure", "mAh/cm^2")
    return CurvePanel(labels, curves, title="one way (CAC): fit, 5 to 95 %")


def _histogram(names: Sequence[str], table: Mapping[str, Text]) -> CurvePanel:
    curves = []
    drawn = [np.round(10 * table[f"ccd_{name} [mA/cm^2]"].astype(float)) for name in names]
    steps = np.arange(0, max(map(np.max, drawn)) + 2)
    for k, (name, currents) in enumerate(zip(names, drawn, strict=True)):
        shares = np.array([np.mean(currents == step) for step in steps])
        edges = (np.repeat(steps, 2) + np.tile([-0.5, 0.5], len(steps))) / 10
        curves.append(Curve(formula(name), edges, np.repeat(shares, 2), colour=k))
        if name in CRITICAL_CURRENT:
            measured = CRITICAL_CURRENT[name].value
            curves.append(Curve("", np.full(2, measured), np.array([0, 0.5]), ":", colour=k))
    labels = with_unit("critical current density", "mA/cm^2"), "share of draws"
    return CurvePanel(labels, curves, title="draws; dotted: measured")


def _over_recovery(names: Sequence[str], history: History) -> list[CurvePanel]:
    below = history[RECOVERY] < 1
    lost = 1 - history[RECOVERY][below]
    label = "1 - r"

    def panel(
        key: str, unit: str, title: str, log: str, measured: Mapping[str, float]
    ) -> CurvePanel:
        curves = []
        for k, name in enumerate(names):
            y = history[f"{key}_{name} [{unit}]"][below]
            low, high = (f"{key}_p{q:02.0f}_{name} [{unit}]" for q in PERCENTILES)
            band = (history[low][below], history[high][below]) if low in history else None
            curves.append(Curve(formula(name), lost, y, colour=k, band=band))
            if name in measured:
                level = np.full(2, measured[name])
                curves.append(Curve("", lost[[0, -1]], level, ":", colour=k))
        return CurvePanel((label, title), curves, log)

    measured = {name: value.value for name, value in CRITICAL_CURRENT.items()}
    return [
        panel("ccd", "mA/cm^2", with_unit("CCD", "mA/cm^2"), "x", measured),
        panel("life_cycles", "1", "cycles at 0.3 mA/cm$^2$", "xy", CYCLES["life"]),
        panel("pressure_cycles", "1", "cycles of the 20 MPa sequence", "xy", CYCLES["pressure"]),
    ]


def _traces(
    names: Sequence[str], table: Mapping[str, Text], parameters: Parameters
) -> list[CurvePanel]:
    rows = {name: table["layer"] == name for name in names}
    time = {name: table["time [hour]"][rows[name]].astype(float) for name in names}

    def of(key: str, name: str) -> Array:
        return np.asarray(table[key][rows[name]].astype(float))

    contacts = [
        CurvePanel(
            (with_unit("time", "h"), "contact"),
            [
                without_turns(Curve(side, time[name], of(f"contact_{side} [1]", name), style))
                for side, style in (("left", "-"), ("right", "--"))
            ],
            title=f"{formula(name)}, {_protocol(parameters.protocol)}",
        )
        for name in names
    ]
    voltages = [
        CurvePanel(
            (with_unit("time", "h"), with_unit("voltage", "mV")),
            [without_turns(Curve("", time[name], of("voltage [mV]", name)))],
            title=_LOST[parameters.contact_loss],
        )
        for name in names
    ]
    return [*contacts, *voltages]


def _protocol(name: str) -> str:
    """Return the name of a protocol or its file as a title has it."""
    stem = Path(name).stem
    return "CCD" if stem == "ccd" else stem
