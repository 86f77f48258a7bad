"""What is read off lithium among grains: results, findings and the paper's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lithode.cases.wang2024.measured import PAPER
from lithode.cases.wang2024.wetting.parameters import PRESETS, WettingParameters
from lithode.engine.verdict import Kind, Result, Target, Value
from lithode.output.history import History
from lithode.theory import capillarity


def growth(history: History, parameters: WettingParameters) -> Value:
    """Return where lithium is at the end.

    "grows in" if it fills more than half of the pores, "stays out" if less than a quarter, "partly
    in" between them; "bridges" if it fills them only because its surface is diffuse: a sharp one at
    rest would not reach the next row, or would not condense in the throats.
    """
    p, filled = parameters, float(history["filled_fraction [1]"][-1])
    if filled > 0.5 and p.pressure == 0 and (not p.passes_undriven or p.condenses):
        return "bridges"
    return "grows in" if filled > 0.5 else ("stays out" if filled < 0.25 else "partly in")


def results(history: History, parameters: WettingParameters) -> list[Result]:
    """Return how far lithium came, how fast, and what it would take."""
    p = parameters
    plating = history["plating_current [A/m^2]"] / 10
    tip = float(history["tip_height [um]"][-1])
    gamma, volume = p.model_value("surface_energy"), p.model_value("molar_volume")
    slit = abs(capillarity.pore_pressure(gamma, p.contact_angle, p.pore_width))
    capillary = 1e3 * capillarity.pressure_overpotential(slit, volume)
    found = [
        Result("where lithium is", growth(history, p)),
        Result("filled share of the pores", float(history["filled_fraction [1]"][-1])),
        Result("tip height", tip, "um"),
        Result("depth in the interlayer", max(tip - p.base, 0.0), "um"),
        Result("driving pressure", p.pressure, "MPa"),
        Result("pressure to enter", p.entry_pressure, "MPa"),
        Result("capillary overpotential", capillary, "mV"),
        Result("largest current density", float(max(plating, key=abs)), "mA/cm^2"),
        Result("current density at the end", float(plating[-1]), "mA/cm^2"),
        Result("time", float(history["time [s]"][-1]) / 3600, "h"),
    ]
    if p.pores == "rows":
        found.append(Result("rows filled", float(history["rows_filled [1]"][-1])))
    if p.passage_pressure is not None:
        found.append(Result("pressure to pass between rows", p.passage_pressure, "MPa"))
    return found


def findings(history: History, parameters: WettingParameters) -> list[str]:
    """Say how far lithium came, and what it would take to bring it further."""
    p = parameters
    filled = float(history["filled_fraction [1]"][-1])
    hours = float(history["time [s]"][-1]) / 3600
    lines = [
        f"lithium fills {100 * filled:.0f} % of the pores after {hours:.3g} h, driven by "
        f"{p.pressure:.3g} MPa"
    ]
    if p.contact_angle > 90:
        entry = f"to enter it needs {p.entry_pressure:.3g} MPa"
        if p.passage_pressure is not None:
            entry += f", to pass the throats between rows {p.passage_pressure:.3g} MPa"
        lines.append(entry)
    elif p.pores == "rows" and p.contact_angle < 90 and p.throat < p.interface_width:
        lines.append(
            f"caution: the surface of lithium ({p.interface_width:.2g} um) is wider than the "
            f"throats between rows ({p.throat:.2g} um) and may bridge them; see whether lithium "
            "still passes with half of interface_width and element_size"
        )
    return lines


_AT_REST = 800.0
"""Time in h after which lithium is at rest in all scenarios that it does not run through."""


def _grown(history: History, parameters: WettingParameters) -> Value:
    """Return ``growth`` where the run is long enough to tell."""
    place = growth(history, parameters)
    ended = float(history["time [s]"][-1]) / 3600 >= 0.98 * _AT_REST
    return place if ended or place == "grows in" else None


# That lithiophobic walls keep lithium out up to the capillary pressure is the sign of cos(theta)
# and the closed form of docs/wang2024-wetting.md: the code is held against them, not the paper.
_SCENARIOS: tuple[tuple[str, str, Kind, str, Mapping[str, object]], ...] = (
    ("lithiophilic, no pressure", "grows in", "calibrated", "Fig. 2k", {}),
    ("lithiophobic, no pressure", "stays out", "verification", "Fig. 2l", {"contact_angle": 135.0}),
    (
        "lithiophobic, half the entry pressure",
        "stays out",
        "verification",
        "Fig. 2l; -2 gamma cos(theta + psi) / w",
        {"contact_angle": 135.0, "capillary_pressure": 0.2},
    ),
    (
        "lithiophobic, above the pressure of the throats",
        "grows in",
        "verification",
        "Fig. 2l; -2 gamma cos(theta + psi) / w",
        {"contact_angle": 135.0, "capillary_pressure": 2.1},
    ),
)


def _targets(preset: Mapping[str, object], repeats: bool) -> list[Target[Any]]:
    return [
        Target(
            name=name,
            paper=paper,
            kind=kind,
            tuned=("row_spacing",) if kind == "calibrated" else (),
            read=_grown,
            source=f"{PAPER}, text on {source}",
            where={**preset, **where},
            applies=lambda p: p.end_time >= _AT_REST,
            repeats=f"wang2024/wetting: {name}" if repeats else "",
        )
        for name, paper, kind, source, where in _SCENARIOS
    ]


TARGETS: tuple[Target[WettingParameters], ...] = (
    *_targets(PRESETS["quick"], repeats=False),
    *_targets(PRESETS["paper"], repeats=True),
)
