"""What a run of the interphase gives, and what the paper has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from lithode.cases.cheng2020.interphase.parameters import DAY, LAYERS, PAPER, Parameters
from lithode.engine.verdict import Kind, Result, Target
from lithode.output.history import History

STABLE = 0.1
"""Below this exponent of time, thickness and uptake of lithium count as stable."""

_Target: TypeAlias = Target[Parameters]
_Finding: TypeAlias = tuple[str, str, Callable[[History, Parameters], str | None], str]

_CASE = "cheng2020/interphase"
_DECADES = 0.7  # a factor of 5 in time, over which late growth is measured
_LATE = 5.0  # ages after which growth counts as late
_TAKEN = "lithium_taken [um]"


def at_age(history: History, parameters: Parameters, column: str) -> float | None:
    """Return a column at the age of the sample, None if the run ended before."""
    time = history["time [s]"]
    if time[-1] < 0.999 * parameters.age:
        return None
    return float(np.interp(parameters.age, time, history[column]))


def exponent(history: History, column: str, decades: float = 1.0) -> float | None:
    """Return d ln(column) / d ln t over the last decades; None where nothing grows or it is 0."""
    time, values = history["time [s]"], history[column]
    late = (time >= time[-1] * 10**-decades) & (values > 0)
    if np.count_nonzero(late) < 3:
        return None
    return float(np.polyfit(np.log(time[late]), np.log(values[late]), 1)[0])


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return the layers at the end and at the age, how they grow, and what they cost."""
    p = parameters

    def last(column: str) -> float:
        return float(history[column][-1])

    found = [
        Result("age at the end", last("time [s]") / DAY, "day"),
        *(Result(f"thickness of {name}", last(column), "nm") for name, _, column in LAYERS),
        Result("depth of N in lithium", last("reach_N [nm]"), "nm"),
        Result("depth of P in lithium", last("reach_P [nm]"), "nm"),
        Result("front in the electrolyte", last("front [nm]"), "nm"),
        Result("lithium taken up", 1e3 * last(_TAKEN), "nm"),
    ]
    for name, _, column in LAYERS:
        then, short = at_age(history, p, column), name.partition(",")[0]
        if then is not None and last("time [s]") > 1.001 * p.age:
            found.append(Result(f"{short} at the age of {p.age / DAY:.3g} day", then, "nm"))
    grown = {"layer 1": LAYERS[0][2], "layer 2": LAYERS[1][2], "layer 3": LAYERS[2][2]}
    for name, column in {**grown, "the uptake of lithium": _TAKEN}.items():
        slope = exponent(history, column, _DECADES)
        if slope is not None:
            found.append(Result(f"late exponent of {name}", slope))
    if p.parameter_set == "precipitation":
        count, share = p.crystallites
        found += [
            Result("crystallites that give the reach", 1e-9 * count, "1/nm^3"),
            Result("their share of the volume", share),
        ]
    # nm over S/cm is 1e-7 ohm cm^2.
    resistance = 1e-7 * last("thickness [nm]") / p.ionic_conductivity
    return [*found, Result("area resistance for Li+", resistance, "ohm cm^2")]


_COST = {
    "precipitation": "Three thicknesses cost three constants: native oxide, reach, conductivity.",
    "fitted": "Three thicknesses cost nine constants; other sets fit as well (lithode fit).",
    "barriers": "Layers 2 and 3 cost two constants; layer 1 and what is deeper cost none.",
}


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say what the numbers mean."""
    said = []
    if is_papers(parameters):
        said.append(_COST[parameters.parameter_set])
    slope = _late_exponent(history, parameters, "layer_3 [nm]")
    if slope is not None:
        third = float(history["layer_3 [nm]"][-1])
        days = float(history["time [s]"][-1]) / DAY
        said.append(f"Layer 3 has {third:.3g} nm after {days:.3g} days and grows as t^{slope:.2f}.")
    nitrogen, phosphorus = (at_age(history, parameters, f"reach_{k} [nm]") for k in ("N", "P"))
    if nitrogen is not None and phosphorus is not None:
        said.append(f"N is seen {nitrogen:.3g} nm deep in lithium, P {phosphorus:.3g} nm.")
    return said


def is_papers(parameters: Parameters) -> bool:
    """Whether a run can be held against the paper."""
    return any(not target.departures(parameters) for target in TARGETS)


def _read(column: str) -> Callable[[History, Parameters], float | None]:
    return lambda history, parameters: at_age(history, parameters, column)


def _deeper(history: History, parameters: Parameters) -> str | None:
    nitrogen, phosphorus = (at_age(history, parameters, f"reach_{k} [nm]") for k in ("N", "P"))
    if nitrogen is None or phosphorus is None:
        return None
    return "N" if nitrogen > phosphorus else "P"


def _late_exponent(history: History, parameters: Parameters, column: str) -> float | None:
    if history["time [s]"][-1] < _LATE * parameters.age:
        return None
    return exponent(history, column, _DECADES)


def late_growth(history: History, parameters: Parameters) -> str | None:
    """Return whether the interphase has come to rest: what is seen of it, and what it takes up.

    Layers whose phases are too dilute to be seen do not grow, though lithium goes on being lost.
    """
    taken = _late_exponent(history, parameters, _TAKEN)
    if taken is None:
        return None
    seen = _late_exponent(history, parameters, "thickness [nm]") or 0.0
    return "stable" if max(taken, seen) < STABLE else "grows on"


def _cation_drop(_: History, parameters: Parameters) -> str:
    sigma = parameters.electronic_conductivity
    return "flat" if sigma / (sigma + parameters.ionic_conductivity) < 0.01 else "falls"


def _barrier(atom: str, name: str, value: float) -> _Target:
    return Target(
        name=f"barrier of {atom} in Li",
        paper=value,
        unit="eV",
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: float(getattr(p, name)),
        source=f"{PAPER}, Fig. 5B",
    )


_PRECIPITATION: Mapping[str, object] = {}
_FITTED: Mapping[str, object] = {"parameter_set": "fitted"}
_BARRIERS: Mapping[str, object] = {"parameter_set": "barriers"}
_DEEPER = "deeper in Li", "N", _deeper, f"{PAPER}, Figs. 1G, 4"
_GROWTH = "late growth", "stable", late_growth, f"{PAPER}, text on passivation"
_FLAT = "potential of Li+ across it", "flat", _cation_drop, f"{PAPER}, Fig. 6"


def _lasts(ages: float) -> Callable[[Parameters], bool]:
    """Return whether a run is long enough to be asked."""
    return lambda p: p.end_time >= 0.999 * ages * p.age


_NINE = (
    *("first_rate", "second_rate", "released_oxygen", "nitrogen_reach", "oxygen_reach"),
    *("phosphorus_reach", "oxygen_diffusivity", "matrix_reach", "electronic_conductivity"),
)
_THREE = ("native_oxide",), ("precipitation_reach",), ("electronic_conductivity",)
_TUNED: Mapping[str, Sequence[tuple[str, ...]]] = {
    "precipitation": (*_THREE, tuple(name for names in _THREE for name in names)),
    "fitted": (_NINE,) * 4,
    "barriers": ((), ("nitrogen_reach",), ("electronic_conductivity",), ()),
}
"""What the thickness of each layer, and of all, cost each parameter set."""


def _layer(k: int, where: Mapping[str, object], kind: Kind, repeats: int | None) -> _Target:
    name, paper, column = LAYERS[k]
    return Target(
        name=name,
        paper=paper,
        unit="nm",
        kind=kind,
        tuned=_TUNED[str(where.get("parameter_set", "precipitation"))][k],
        tolerance=0.1,
        read=_read(column),
        source=f"{PAPER}, Fig. 2K",
        where=where,
        applies=_lasts(1.0),
        repeats="" if repeats is None else f"{_CASE}: {LAYERS[repeats][0]}",
    )


def _finding(what: _Finding, where: Mapping[str, object], kind: Kind, *, counts: bool) -> _Target:
    name, paper, read, source = what
    return Target(
        name=name,
        paper=paper,
        kind=kind,
        tuned=_NINE if kind == "calibrated" else (),
        read=read,
        source=source,
        where=where,
        applies=_lasts(_LATE if read is late_growth else 1.0),
        repeats="" if counts else f"{_CASE}: {name}",
    )


# Each number counts once: as a prediction if the barriers alone give one, else as a calibration of
# the three constants of precipitation; the whole is the sum of the layers.
TARGETS: tuple[_Target, ...] = (
    _barrier("N", "nitrogen_barrier", 0.50),
    _barrier("O", "oxygen_barrier", 1.08),
    _barrier("P", "phosphorus_barrier", 0.42),
    *(
        _layer(k, _PRECIPITATION, "calibrated", repeats={0: 0, 3: 2}.get(k))
        for k in range(len(LAYERS))
    ),
    *(_layer(k, _FITTED, "calibrated", repeats=min(k, 2)) for k in range(len(LAYERS))),
    _layer(0, _BARRIERS, "predicted", repeats=None),
    _layer(1, _BARRIERS, "calibrated", repeats=1),
    _layer(2, _BARRIERS, "calibrated", repeats=2),
    _layer(3, _BARRIERS, "predicted", repeats=0),
    # Taken up after the barriers had failed it.
    _finding(_DEEPER, _PRECIPITATION, "selected", counts=False),
    _finding(_DEEPER, _FITTED, "calibrated", counts=False),
    _finding(_DEEPER, _BARRIERS, "predicted", counts=True),
    _finding(_GROWTH, _PRECIPITATION, "predicted", counts=True),
    _finding(_GROWTH, _FITTED, "predicted", counts=False),
    _finding(_GROWTH, _BARRIERS, "predicted", counts=False),
    _finding(_FLAT, _PRECIPITATION, "verification", counts=True),
    _finding(_FLAT, _FITTED, "verification", counts=False),
    _finding(_FLAT, _BARRIERS, "verification", counts=False),
)
