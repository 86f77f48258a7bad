"""What lithium does in a crack, beside the closed forms for a sharp one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lithode.cases.fracture.readings import (
    CURRENT,
    critical_current,
    exponent,
    growth_over_law,
    over_law,
)
from lithode.cases.verification.lithium_crack.parameters import LithiumCrackParameters
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target
from lithode.output.history import History
from lithode.theory.lithium_crack import fin_width, stalling_pressure

_FIN = "conformal map of a row of fins; 2 J c for one alone (docs/fracture.md)"
_STALL = "p V_m / F = J (r + c / (2 sigma)) (docs/fracture.md)"
_LAW = "K of an edge crack under p = F eta / V_m (docs/fracture.md)"
# The crack is filled and does not grow.
_FILLED = {"last_volume": 0.2}


def fin_ratio(history: History, parameters: LithiumCrackParameters) -> float | None:
    """Return the inflow without pressure over that into an equipotential fin."""
    width = history.get("inflow_width [um]")
    fin = fin_width(parameters.flaw_length, 2 * parameters.block)
    return None if width is None else float(width[-1]) / fin


def stall_ratio(history: History, parameters: LithiumCrackParameters) -> float:
    """Return the pressure that stalls before growth over its closed form."""
    p = parameters
    filled = history[CURRENT] > 0
    pressure = float(history["pressure [MPa]"][filled][0])
    current = float(history[CURRENT][filled][0])
    unit = current * p.flaw_length / p.model_value("conductivity")
    number = p.interface_number(p.flaw_length)
    return pressure * p.lithium.volume_per_charge / unit / stalling_pressure(number)


def results(history: History, parameters: LithiumCrackParameters) -> list[Result]:
    """Return the crack beside a sharp one."""
    p = parameters
    law = p.critical_current_of(p.flaw_length)
    return [
        Result("critical_current", critical_current(history, p), "mA/cm^2"),
        Result("critical current in closed form", from_model(law, "mA/cm^2"), "mA/cm^2"),
        Result("critical current over closed form", over_law(history, p)),
        Result("current over closed form while the crack grows", growth_over_law(history, p)),
        Result("power of its length by which the current falls", exponent(history, p)),
        Result("inflow over that into a fin", fin_ratio(history, p)),
        Result("stalling pressure over closed form", stall_ratio(history, p)),
        Result("largest pressure", float(history["pressure [MPa]"].max()), "MPa"),
        Result("length of the crack at the end", float(history["crack_top [um]"][-1]), "um"),
    ]


def _target(
    name: str,
    read: Callable[[History, LithiumCrackParameters], float | None],
    source: str,
    tolerance: float,
    where: Mapping[str, object],
    known: float = 1.0,
) -> Target[LithiumCrackParameters]:
    return Target(
        name=name,
        paper=known,
        kind="verification",
        tolerance=tolerance,
        read=read,
        source=source,
        where=where,
        applies=_is_fine,
    )


def _is_fine(parameters: LithiumCrackParameters) -> bool:
    """The numerical parameters are those of the study, or finer."""
    p, study = parameters, LithiumCrackParameters(**_LONG)
    return p.elements_per_length >= study.elements_per_length and p.volume_step <= study.volume_step


def _fins() -> Iterator[Target[LithiumCrackParameters]]:
    for ratio, tolerance in ((0.1, 0.2), (0.05, 0.1)):
        where = {"interface_resistance": 2e-3, "length_ratio": ratio, **_FILLED}
        name = f"inflow over that into a fin, S = 1000, l = {ratio:g} c"
        yield _target(name, fin_ratio, _FIN, tolerance, where)


def _stalled() -> Iterator[Target[LithiumCrackParameters]]:
    for resistance, number in ((4.0, 0.5), (2.0, 1), (0.6667, 3)):
        where = {"interface_resistance": resistance, **_FILLED}
        name = f"stalling pressure over 1/S + 1/2, S = {number:g}"
        yield _target(name, stall_ratio, _STALL, 0.03, where)


_WITHOUT = {"flow": "none", "interface_resistance": 2e-6, "last_volume": 0.75}
_LONG = {**_WITHOUT, "length_ratio": 0.1, "last_volume": 2.6, "volume_step": 0.04}
# The same l = 0.5 um and electrolyte in both.
_TWICE = {"flaw_length": 20.0, "length_ratio": 0.025}

TARGETS: tuple[Target[LithiumCrackParameters], ...] = (
    *_fins(),
    *_stalled(),
    _target("J* over closed form, one pressure, c = 20 l", over_law, _LAW, 0.06, {}),
    _target("J* over closed form, one pressure, c = 40 l", over_law, _LAW, 0.06, _TWICE),
    _target("J* over closed form, no flow, r = 0, c = 20 l", over_law, _LAW, 0.06, _WITHOUT),
    _target(
        "J* over closed form, no flow, r = 0, c = 12 to 25 l", growth_over_law, _LAW, 0.06, _LONG
    ),
    _target(
        "power of c by which J* falls, no flow, r = 0", exponent, _LAW, 0.08 / 1.5, _LONG, -1.5
    ),
)
