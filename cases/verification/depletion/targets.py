"""What the front used up, against Sand and Cottrell."""

from __future__ import annotations

import numpy as np

from lithode.cases.verification.depletion.parameters import PRESETS, DepletionParameters
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_USED = (0.1, 0.5)
"""Between these concentrations the line is drawn that gives the time at which nothing is left."""


def sand_time(history: History, parameters: DepletionParameters) -> float | None:
    """Return when c at the front is zero, by a straight line over the root of time; in s."""
    c, time = history["front_concentration [1]"], history["time [s]"]
    used = (c > _USED[0]) & (c < _USED[1])
    if parameters.mode != "galvanostatic" or used.sum() < 3:
        return None
    line = np.polyfit(c[used], np.sqrt(time[used]), 1)
    return float(line[-1]) ** 2


def current(history: History, _: DepletionParameters) -> float:
    """Return the current at the end in A/m^2."""
    return float(history["plating_current [A/m^2]"][-1])


def results(history: History, parameters: DepletionParameters) -> list[Result]:
    """Return times, currents and what is left."""
    p, found = parameters, sand_time(history, parameters)
    return [
        *([] if found is None else [Result("time of depletion", found, "s")]),
        Result("Sand's time", p.sand, "s"),
        Result("current at the end", current(history, p), "A/m^2"),
        Result("current by Cottrell", p.cottrell, "A/m^2"),
        Result("concentration at the front", float(history["front_concentration [1]"][-1])),
        Result("cell voltage", float(history["cell_voltage [V]"][-1]), "V"),
        Result("time of the run", float(history["time [s]"][-1]), "s"),
    ]


def _sand(**changes: float) -> Target[DepletionParameters]:
    words = "".join(f", {name} = {value:g}" for name, value in changes.items())
    return Target(
        name=f"Sand's time{words}",
        paper=DepletionParameters(**changes).sand,
        unit="s",
        kind="verification",
        tolerance=0.01,
        read=sand_time,
        source="Sand, Phil. Mag. 1 (1901) 45: pi D (F c_0 / 2 (1 - t+) J)^2",
        where=changes,
    )


TARGETS: tuple[Target[DepletionParameters], ...] = (
    _sand(),
    _sand(transference_number=0.7),
    Target(
        name="Cottrell's current after 50 s",
        paper=DepletionParameters(**PRESETS["cottrell"]).cottrell,
        unit="A/m^2",
        kind="verification",
        tolerance=0.01,
        read=current,
        source="Cottrell, Z. Phys. Chem. 42 (1902) 385: F c_0 sqrt(D / pi t) / (1 - t+)",
        where=PRESETS["cottrell"],
    ),
)
