"""What is read off the transport scenarios of the paper."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

from lithode.cases.wang2024.interlayer_parameters import InterlayerParameters
from lithode.cases.wang2024.measured import COMPOSITIONS, Composition
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

PAPER_TIME = 2.0
"""Time in s at which the paper looks."""

LEVEL = 0.5
"""Share of the largest nucleation rate at which heights and areas of nucleation are read."""


def at(history: History, column: str, time: float | None = None) -> float | None:
    """Return a column at a time in s, by default the end; None if the run ended before."""
    times = history["time [s]"]
    if time is None:
        return float(history[column][-1])
    if times[-1] < 0.98 * time:
        return None
    return float(np.interp(time, times, history[column]))


def reaches_paper_time(parameters: InterlayerParameters) -> bool:
    """Whether the run is to go on until the paper looks."""
    return parameters.end_time >= PAPER_TIME


def electrical(history: History) -> list[Result]:
    """Return current density, overpotential and supersaturation at the end of a run."""
    columns = [
        ("current density", "plating_current [A/m^2]", 0.1, "mA/cm^2"),
        ("overpotential", "overpotential [V]", 1e3, "mV"),
        ("largest supersaturation of lithium", "overpotential_local_max [V]", 1e3, "mV"),
        ("growth rate at the tip", "growth_rate_tip [A/m^2]", 0.1, "mA/cm^2"),
        ("growth rate at the base", "growth_rate_base [A/m^2]", 0.1, "mA/cm^2"),
        ("time", "time [s]", 1.0, "s"),
    ]
    return [
        Result(name, factor * float(history[column][-1]), unit)
        for name, column, factor, unit in columns
        if column in history  # without a protrusion there is no tip
    ]


def conductivities(
    compositions: Iterable[Composition], counted_by: str = ""
) -> tuple[Target[Any], ...]:
    """Return the measured conductivities that are given to the model.

    Args:
        compositions: Which, each a scenario of its own.
        counted_by: Case that counts them, if it is another one.
    """
    return tuple(
        _conductivity(kind, composition, counted_by)
        for composition in compositions
        for kind in ("ionic", "electronic")
    )


def _conductivity(
    kind: Literal["ionic", "electronic"], composition: Composition, counted_by: str
) -> Target[InterlayerParameters]:
    measured = COMPOSITIONS[composition]
    value = measured.ionic if kind == "ionic" else measured.electronic
    name = f"{kind} conductivity, {composition}"
    return Target(
        name=name,
        paper=value.value,
        unit=value.unit,
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: p.ionic if kind == "ionic" else p.electronic,
        source=value.source,
        where={"composition": composition},
        repeats=f"{counted_by}: {name}" if counted_by else "",
    )
