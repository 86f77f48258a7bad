"""Table 2 and Fig. 2d against what earlier rows give, and results for any cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithode.cases.tang2026.aging.parameters import EARLY, LATE, Parameters
from lithode.cases.tang2026.aging.study import BORNE, CYCLE, INTERFACE, VOLTAGE, by_contact
from lithode.cases.tang2026.measured import PAPER, TABLE_2, Electrode
from lithode.engine.verdict import Kind, Result, Target, Value
from lithode.output.history import History

NAME = "tang2026/aging"
_BARE = {"electrode": "Li"}


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return interface and voltage at the ages, and what lost contact would mean."""
    p = parameters
    (_, early, late), (first, second) = p.interfaces, p.ages
    found = by_contact(p)
    last = f"after {found[CYCLE][-1]:g} cycles, if lost contact is what the interface gained"
    return [
        Result(f"interface after {first} cycles", early, "ohm cm"),
        Result(f"interface after {second} cycles", late, "ohm cm"),
        Result(f"interface after {p.last_cycle} cycles", float(history[INTERFACE][-1]), "ohm cm"),
        Result(f"voltage after {first} cycles", 1e3 * p.voltage(p.solid + early), "mV"),
        Result(f"voltage after {p.last_cycle} cycles", float(history[VOLTAGE][-1]), "mV"),
        Result(f"contact after {second} cycles, if that is what is lost", p.contact),
        Result("resistance of voids with that contact", void(p), "ohm cm"),
        Result(
            "current that this contact bears", p.contact * p.limiting_current, "mA/cm^2"
        ),
        Result(f"voltage {last}", float(found[VOLTAGE][-1]), "mV"),
        Result(f"current borne {last}", float(found[BORNE][-1]), "mA/cm^2"),
        Result("contact by pressure, over that at 5 MPa", p.contact_of_pressure),
    ]  # fmt: skip


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say how the interface goes on."""
    p = parameters
    end = float(history[INTERFACE][-1])
    grows = "grows" if p.film.rate > 0 else "does not grow"
    return [f"the film {grows}: {end:.3g} ohm cm after {p.last_cycle} cycles"]


def void(p: Parameters) -> float:
    """Return what lost contact adds to the solid, (1/theta - 1)(R_b + R_gb), in ohm cm."""
    return (1 / p.contact - 1) * p.solid


def _voltage(electrode: Electrode, cycle: int) -> Callable[[Parameters], Value]:
    """Return a reader of i R of a row of Table 2, in mV."""
    return lambda p: 1e3 * p.voltage(TABLE_2[electrode, cycle].total)


def _interface(cycle: int) -> Callable[[Parameters], Value]:
    return lambda p: float(p.film.at(cycle))


def _target(
    name: str,
    paper: float,
    unit: str,
    kind: Kind,
    read: Callable[[Parameters], Value],
    source: str,
    **rest: Any,
) -> Target[Parameters]:
    return Target(
        name=name,
        paper=paper,
        unit=unit,
        kind=kind,
        tolerance=0.2,
        read=lambda _, p: read(p),
        source=f"{PAPER}, {source}",
        **rest,
    )


def _films() -> list[Target[Parameters]]:
    """Return the interface of Li3N over its life; the first two give film and rate."""
    found = []
    for cycle in (EARLY, LATE, 2000, 5000):
        kind: Kind = "calibrated" if cycle <= LATE else "predicted"
        paper = TABLE_2["Li3N", cycle].interface.value
        name = f"R_Interface of Li3N, cycle {cycle}"
        tuned = {EARLY: ("film",), LATE: ("rate",)}.get(cycle, ())
        read = _interface(cycle)
        found.append(_target(name, paper, "ohm cm", kind, read, "Table 2", tuned=tuned))
    return found


TARGETS: tuple[Target[Parameters], ...] = (
    _target(
        "voltage of new cells at 0.3 mA/cm^2", 30.0, "mV", "selected", _voltage("Li", 0),
        "text on Fig. 2d", where=_BARE,
    ),
    _target(
        "voltage of Li after 20 cycles", 40.0, "mV", "predicted", _voltage("Li", 20),
        "text on Fig. 2d", where=_BARE,
    ),
    _target(
        "voltage of Li3N after 20 cycles", 30.0, "mV", "predicted", _voltage("Li3N", 20),
        "text on Fig. 2d",
    ),
    _target(
        "voltage of Li3N after 5000 cycles", 30.0, "mV", "predicted", _voltage("Li3N", 5000),
        "text on Figs. 2d, 3: stable",
    ),
    *_films(),
    _target(
        "R_void of Li after 150 cycles, by its interface", 691.4, "ohm cm", "predicted", void,
        "Table 2", where=_BARE, repeats="tang2026/voids: R_void after 150 cycles, bare Li",
    ),
)  # fmt: skip
