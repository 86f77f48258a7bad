"""What Figs. 3, S4, S5 and S8 say against the balance of stripping and creep; any run's results."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from lithode.cases.tang2026.measured import (
    HIGH_PRESSURE,
    OVERPOTENTIAL_RISE,
    PAPER,
    STACK_PRESSURE,
    TABLE_2,
    Electrode,
)
from lithode.cases.tang2026.voids.parameters import (
    ELECTRODES,
    GRAIN_SIZE,
    INITIAL_CONTACT,
    Parameters,
)
from lithode.cases.tang2026.voids.readings import (
    AXIS,
    FORMULA,
    balances,
    has_balance,
    holding,
    resistance_at,
    steady,
)
from lithode.core.errors import SolverError
from lithode.engine.verdict import Result, Target, Value
from lithode.output.history import History
from lithode.solvers.voids.balance import ContactBalance

# A contact that has lost less shows no void.
_CLOSED = 0.9
_HALF = 0.5
_HALF_CYCLE_H = 0.5
_HOUR = 3600.0


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return where the contact tends to at each pressure, and what its loss costs."""
    p = parameters
    speed = p.speed(p.current)
    numbers = [
        Result("stripping speed", speed * _HOUR, "um/hour"),
        Result("lithium stripped", float(p.stripped(p.capacity)), "um"),
        *(
            Result(f"interface resistance of {e}, whole contact", p.interface(e), "ohm cm^2")
            for e in ELECTRODES
        ),
        Result("resistance of the cell with bare Li", p.cell_resistance("Li"), "ohm cm^2"),
    ]
    if not has_balance(history):
        return numbers
    if _covers_half(history):
        half = float(holding(history, p, None, _HALF))
        numbers += [
            Result("pressure that holds half of the contact, at most", half, "MPa"),
            *(
                Result(
                    f"interface resistance of {e}, half of the contact",
                    float(resistance_at(history, p, e, _HALF)),
                    "ohm cm^2",
                )
                for e in ELECTRODES
            ),
        ]
    for pressure in p.stack_pressures:
        found = balances(history, p, pressure, p.current)
        ratio, bare = p.closing_ratio(pressure, p.current), found["Li"]
        for balance, words in ((found[None], "at least"), (bare, "current of bare Li")):
            value = _tends(balance, ratio, p.first_contact("Li"))
            numbers.append(Result(f"contact fraction at {pressure:g} MPa, {words}", value))
        if bare.covers(_CLOSED):
            share = bare.needed_return(_CLOSED, ratio)
            numbers.append(
                Result(f"plating that must return to keep {_CLOSED:g} at {pressure:g} MPa", share)
            )
    return numbers


def _covers_half(history: History) -> bool:
    return bool(history[AXIS.column][0] <= _HALF <= history[AXIS.column][-1])


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say where the contact ends, and at which pressure it would be lost."""
    p = parameters
    if not has_balance(history):
        return []
    lines = []
    for pressure in p.stack_pressures:
        found = balances(history, p, pressure, p.current)
        ratio, start = p.closing_ratio(pressure, p.current), p.first_contact("Li")
        low, high = (_text(_tends(found[name], ratio, start)) for name in (None, "Li"))
        lines.append(
            f"{p.current:g} mA/cm^2 at {pressure:g} MPa: the contact tends to {low} if all "
            f"stripped lithium must creep in, to {high} with the current of bare lithium"
        )
    if _covers_half(history):
        half = float(holding(history, p, None, _HALF))
        lines.append(f"half of the contact is lost only below {half:.2g} MPa, in the first way")
    return [*lines, *_verification(history)]


def _verification(history: History) -> list[str]:
    """Say how far the numbers are from closed forms, where there are any."""
    small = history[AXIS.column] <= FORMULA
    if not np.any(small):
        return []
    constriction, creep = (
        100 * np.max(np.abs(history[f"{ours} [1]"] / history[f"{form}_closed_form [1]"] - 1)[small])
        for ours, form in (("constriction_ideal", "constriction"), ("closure_newtonian", "closure"))
    )
    return [
        f"up to theta = {FORMULA:g} the constriction of an ideal contact is within "
        f"{constriction:.2g} % of its closed form, creep at n = 1 within {creep:.2g} %"
    ]


def _tends(balance: ContactBalance, ratio: float, start: float) -> Value:
    """Return the contact fraction that stripping tends to, or on which side of the sweep it is."""
    fraction, low = balance.steady(ratio, start), float(balance.fractions[0])
    if fraction is not None:
        return fraction
    lost = balance.growth(min(start, balance.reach), ratio) < 0
    return f"less than {low:g}" if lost else f"more than {balance.reach:g}"


def _text(contact: Value) -> str:
    return f"{contact:.3f}" if isinstance(contact, float) else str(contact)


def _no_voids(current: float, pressure: float) -> Callable[[History, Parameters], Value]:
    """Return a reader of whether bare lithium keeps its contact, in the worst case."""

    def read(history: History, parameters: Parameters) -> Value:
        fraction = steady(history, parameters, None, pressure, current)
        if fraction is None:
            return None
        return "no voids" if fraction >= _CLOSED else "voids"

    return read


def _where_voids(history: History, parameters: Parameters) -> Value:
    """Return which electrode has voids after cycling, each with its own current."""
    fractions = {
        name: steady(history, parameters, name, STACK_PRESSURE.value, 0.3) for name in ELECTRODES
    }
    open_ones = [name for name, x in fractions.items() if x is not None and x < _CLOSED]
    if None in fractions.values():
        return None
    match open_ones:
        case []:
            return "neither"
        case [name]:
            return f"{name} only"
    return "both"


def _rise(electrode: Electrode, current: float) -> Callable[[History, Parameters], Value]:
    """Return a reader of the rise of the overpotential in % in a long step, at most."""

    def read(history: History, parameters: Parameters) -> Value:
        p = parameters
        fraction = steady(history, p, None, STACK_PRESSURE.value, current)
        if fraction is None:
            return None
        more = resistance_at(history, p, electrode, fraction) - p.interface(electrode)
        return float(100 * more / p.cell_resistance(electrode))

    return read


def _void_resistivity(history: History, parameters: Parameters) -> Value:
    """Return what voids at both electrodes add, beyond R_Interface / theta, in ohm cm."""
    p = parameters
    fraction = steady(history, p, None, STACK_PRESSURE.value, 0.3)
    if fraction is None:
        return None
    added = resistance_at(history, p, "Li", fraction) - p.interface("Li") / fraction
    return float(2 * added / (1e-4 * p.thickness))


def _order(history: History, parameters: Parameters) -> Value:
    bare, coated = (
        steady(history, parameters, name, STACK_PRESSURE.value, 0.8) for name in ELECTRODES
    )
    if bare is None or coated is None:
        return None
    if abs(bare - coated) < 0.01:
        return "alike"
    return "Li3N keeps more" if coated > bare else "Li keeps more"


def _gap(history: History, parameters: Parameters) -> Value:
    """Return whether the gap of 6 min outlasts half a cycle at 1.0 mA/cm^2."""
    p, current = parameters, 1.0
    ratio = p.closing_ratio(STACK_PRESSURE.value, current)
    depth = np.array([0.0, p.stripped(current * _HALF_CYCLE_H)])
    bound = balances(history, p, STACK_PRESSURE.value, current).get(None)
    starts = [INITIAL_CONTACT[time].value for time in (3, 6)]
    if bound is None or not all(map(bound.covers, starts)):
        return None
    try:
        ends = [bound.along(ratio, p.void_height, start, depth)[-1] for start in starts]
    except SolverError:
        return None
    return "less contact" if ends[1] < ends[0] - 0.01 else "alike"


_BARE, _COATED = OVERPOTENTIAL_RISE["Li"], OVERPOTENTIAL_RISE["Li3N"]
_VOID = TABLE_2["Li", 150].void
_PROTOCOLS = "tang2026/protocols"


_BULK: tuple[Target[Parameters], ...] = (
    Target(
        name="20 MPa, 0.5 mA/cm^2, bare Li",
        paper="no voids",
        kind="verification",
        read=_no_voids(0.5, HIGH_PRESSURE.value),
        source=f"{PAPER}, text on Fig. S8: stable for 400 cycles",
    ),
    Target(
        name="5 MPa, 0.3 mA/cm^2, voids at bare Li after 150 or Li3N after 5000 cycles",
        paper="Li only",
        kind="predicted",
        read=_where_voids,
        source=f"{PAPER}, text on Fig. 3",
    ),
    Target(
        name="5 MPa, 0.8 mA/cm^2, contact of Li3N and bare Li",
        paper="Li3N keeps more",
        kind="predicted",
        read=_order,
        source=f"{PAPER}, text on Fig. S5",
    ),
    Target(
        name="5 MPa, 0.8 mA/cm^2, rise of the overpotential, bare Li",
        paper=_BARE.value,
        unit="%",
        kind="predicted",
        tolerance=0.2,
        read=_rise("Li", 0.8),
        source=_BARE.source,
        repeats=f"{_PROTOCOLS}: rise of V/i at 0.8 mA/cm^2, Li, opposite",
    ),
    Target(
        name="5 MPa, 1.1 mA/cm^2, rise of the overpotential, Li3N",
        paper=_COATED.value,
        unit="%",
        kind="predicted",
        read=_rise("Li3N", 1.1),
        source=_COATED.source,
        bound="below",
        repeats=f"{_PROTOCOLS}: largest rise of V/i from 0.5 to 1.1 mA/cm^2, Li3N, opposite",
    ),
    Target(
        name="R_void after 150 cycles, bare Li",
        paper=_VOID.value if _VOID else math.nan,
        unit="ohm cm",
        kind="predicted",
        tolerance=0.2,
        read=_void_resistivity,
        source=f"{PAPER}, Table 2",
    ),
    Target(
        name="gap of 6 min Li3N after half a cycle at 1 mA/cm^2, 5 MPa",
        paper="less contact",
        kind="predicted",
        read=_gap,
        source=f"{PAPER}, text on Fig. S4: CCD 1.0 instead of 1.1 mA/cm^2",
    ),
)
_SIZE: Mapping[str, object] = {"strength": "size"}
_VACANCIES: Mapping[str, object] = {**_SIZE, "vacancy_sinks": GRAIN_SIZE.value / 2}


def _again(
    target: Target[Parameters], words: str, where: Mapping[str, object]
) -> Target[Parameters]:
    """Return a row for another law: a repeat, unless that of bulk creep was no prediction."""
    counted = target.repeats or f"tang2026/voids: {target.name}"
    repeats = counted if target.kind == "predicted" else ""
    name = f"{words}: {target.name}"
    return replace(target, name=name, where=where, kind="predicted", repeats=repeats)


TARGETS: tuple[Target[Parameters], ...] = (
    *_BULK,
    *(_again(t, "lithium by its size", _SIZE) for t in _BULK if t.read is not _gap),
    _again(_BULK[1], "with vacancies", _VACANCIES),
)
