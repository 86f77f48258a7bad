"""What the front did, and what the paper has."""

from __future__ import annotations

from collections.abc import Callable

from lithode.cases.verification.khoo2019.parameters import KhooParameters
from lithode.cases.verification.khoo2019.published import PAPER, base_state, growth_rate
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

# Names are those of the results; columns those of summary.csv.
_BASE = {
    "concentration": "c_cathode",
    "concentration_gradient": "cx_cathode",
    "potential_gradient": "phix_cathode",
    "overpotential": "eta_cathode",
}
_STATES = {
    (0.5, 0.4): (47.138988, 171.53971),
    (0.5, 1.0): (47.138988, 146.65957),
    (1.0, 0.4): (96.899277,),
    (1.0, 0.8): (131.10948, 302.16047),
    (1.5, 0.4): (137.7738,),
    (1.5, 0.8): (226.63146,),
}
"""Wave numbers that are compared at a current and a time: about the fastest, and a shorter one."""


def results(history: History, parameters: KhooParameters) -> list[Result]:
    """Return base state and growth rate at the end, and times in s of a gap of 1 um."""
    p = parameters
    names = (*_BASE, "growth_rate", "current")
    return [
        *(Result(name, float(history[f"{name} [1]"][-1])) for name in names),
        Result("time of the run", float(history["time [s]"][-1]), "s"),
        Result("Sand's time", p.sand, "s"),
        Result("width of the front", p.width, "um"),
    ]


def _read(name: str) -> Callable[[History, KhooParameters], float]:
    return lambda history, _: float(history[f"{name} [1]"][-1])


def _targets() -> list[Target[KhooParameters]]:
    found = []
    for (current, time), waves in _STATES.items():
        base = base_state(current, time)
        for number, wave in enumerate(waves):
            where = {"current": current, "time": time, "wave_number": wave}
            at = f"J = {current:g}, t = {time:g} t_s"
            values = {name: base[column] for name, column in _BASE.items()} if not number else {}
            published = {**values, "growth_rate": growth_rate(current, time, wave)}
            for name, value in published.items():
                is_rate = name == "growth_rate"
                found.append(
                    Target(
                        name=f"{name}, {at}" + (f", k = {wave:.1f}" if is_rate else ""),
                        paper=value,
                        kind="verification",
                        tolerance=0.05 if is_rate else 0.01,
                        read=_read(name),
                        source=f"{PAPER}; by the authors' code, Da = 1",
                        where=where,
                    )
                )
    return found


TARGETS: tuple[Target[KhooParameters], ...] = tuple(_targets())
