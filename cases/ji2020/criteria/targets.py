"""What the screening gives for any materials, and what the paper has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from lithode.cases.ji2020.criteria.numbers import UNITS, WANTED
from lithode.cases.ji2020.criteria.parameters import Parameters
from lithode.cases.ji2020.parameters import CANDIDATES, COMPOSITE, PAPER
from lithode.engine.verdict import Kind, Result, Target
from lithode.output.history import History
from lithode.theory import screening

_SHOWN = {
    "nucleation_overpotential": "overpotential of nucleation",
    "ohmic_drop": "ohmic drop of a layer",
    "leakage_share": "electrons that leak through it, over the current",
    "largest_thickness": "largest thickness within the ohmic budget",
    "largest_current": "current with i R = eta*",
}
_REACHED = 6.0  # current density of Fig. 4b, in mA/cm^2
_CURRENT = f"current with i R = eta*, {COMPOSITE}, largest pore"
_RADIUS = f"pore radius that {_REACHED:g} mA/cm^2 would need, {COMPOSITE}"


def _ordered_by(key: str, unit: str, sign: float = 1.0) -> Callable[[History, Parameters], str]:
    def read(history: History, _: Parameters) -> str:
        return screening.order(
            {name: sign * float(history[f"{key}_{name} [{unit}]"][0]) for name in WANTED}
        )

    return read


_NUCLEATING, _INDEX = "order by electrons that nucleate", "order by the empirical index"
_ORDERS: Mapping[str, Callable[[History, Parameters], str]] = {
    "order by interface energy (eta*, nucleation)": _ordered_by("critical_overpotential", "mV"),
    "order by blocking of electrons": _ordered_by("leakage_share", "1", -1.0),
    _NUCLEATING: _ordered_by("blocking", "1"),
    _INDEX: _ordered_by("index", "J/m^2"),
}


def _largest_current(history: History, p: Parameters) -> float:
    """Return eta* / R of the composite in the largest pore, in mA/cm^2."""
    return float(history[f"critical_overpotential_{COMPOSITE} [mV]"][-1]) / p.interface_resistance


def _needed_radius(history: History, p: Parameters) -> float:
    """Return the pore radius in nm at which eta* of the composite is 6 mA/cm^2 times R."""
    volume, pressure = p.model_value("molar_volume"), p.model_value("solid_pressure")
    pressed = 1e3 * screening.critical_overpotential(pressure * volume)
    eta = float(history[f"critical_overpotential_{COMPOSITE} [mV]"][0])
    needed = _REACHED * p.interface_resistance - pressed
    return p.radii[0] * (eta - pressed) / needed if needed > 0 else math.inf


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return the ranking, the numbers of the user's materials or of the best, and the orders."""
    index = _by_material(history, "index")
    ranked = sorted(index, key=lambda name: -index[name])
    own = [name for name in ranked if name not in CANDIDATES]
    found = [Result("ranking by the empirical index", " > ".join(ranked))]
    for name in own or ranked[:1]:
        found += [
            Result(f"{name}: {text}", _by_material(history, key)[name], _unit(key))
            for key, text in _SHOWN.items()
        ]
    found.append(Result(_CURRENT, _largest_current(history, parameters), "mA/cm^2"))
    radius = _needed_radius(history, parameters)
    if 0 < radius < math.inf:
        found.append(Result(_RADIUS, radius, "nm"))
    found += [Result(name, read(history, parameters)) for name, read in _ORDERS.items()]
    for text, key in (("index", "index"), ("electrons that nucleate", "blocking")):
        share = float(history[f"share_{key} [1]"][0])
        if math.isfinite(share):
            found.append(Result(f"share of draws in the paper's order, {text}", share))
    return found


def _by_material(history: History, key: str) -> dict[str, float]:
    head, tail = f"{key}_", f" [{UNITS[key]}]"
    return {
        column.removeprefix(head).removesuffix(tail): float(values[0])
        for column, values in history.items()
        if column.startswith(head) and column.endswith(tail)
    }


def _unit(key: str) -> str:
    return "" if UNITS[key] == "1" else UNITS[key]


# One published order, counted once: a number alone repeats the order of the input, and the index
# was formed knowing the answer.
_KINDS: Mapping[str, Kind] = {
    "order by interface energy (eta*, nucleation)": "verification",
    "order by blocking of electrons": "verification",
    _NUCLEATING: "predicted",
    _INDEX: "calibrated",
}

TARGETS: tuple[Target[Parameters], ...] = (
    *(
        Target(
            name=name,
            paper=" < ".join(WANTED),
            kind=kind,
            tuned=("form of the index",) if kind == "calibrated" else (),
            read=_ORDERS[name],
            source=f"{PAPER}, text on Fig. 2 and on the choice of Li3N and LiF",
            repeats="" if name == _NUCLEATING else f"ji2020/criteria: {_NUCLEATING}",
        )
        for name, kind in _KINDS.items()
    ),
    Target(
        name=_CURRENT,
        paper=_REACHED,
        unit="mA/cm^2",
        kind="predicted",
        read=_largest_current,
        source=f"{PAPER}, Fig. 4b: more than 6",
        bound="above",
    ),
)
