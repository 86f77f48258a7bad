"""Results of any cell, and the numbers of the text that other numbers of the text give."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from lithode.cases.wang2024.cells import readings
from lithode.cases.wang2024.cells.limits import CURRENT, Limits, limits_of_measured, limits_of_run
from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.measured import (
    CRITICAL_CURRENTS,
    CYCLED_RESISTANCE,
    ELECTROLYTE_RESISTANCE,
    NUCLEATION_ONSET,
    PAPER,
    CriticalCurrent,
)
from lithode.cases.wang2024.stack_readings import stack_findings, stack_results
from lithode.core.units import from_model
from lithode.engine.verdict import Bound, Kind, Result, Target, Value
from lithode.output.history import History

CASE_NAME = "wang2024/cells"
_LIMITS = {
    "contact": "contact: current per contact reaches that of the best cell",
    "nucleation": "nucleation (l_n > l_g)",
    "pores": "the pores (l_g = l_i)",
}


def results(_: History, parameters: Parameters) -> list[Result]:
    """Return resistances, voltage, porosity and the three limits of the current density."""
    p, found = parameters, limits_of_run(parameters)
    cell = readings.resistance_of_cell(p)
    numbers = [
        Result("safe up to (CCD)", found.least, CURRENT),
        Result("what limits it", _LIMITS[found.limit]),
        Result("limit by contact", found.contact, CURRENT),
        Result("limit by pores", found.pores, CURRENT),
        Result("limit by nucleation", _or_none(found.nucleation), CURRENT),
        Result("share of contact", found.theta),
        Result("porosity", p.pores),
        Result("resistance of the cell", from_model(cell, "ohm cm^2"), "ohm cm^2"),
        Result("voltage at the test current", 1e3 * p.model_value("test_current") * cell, "mV"),
        Result("critical overpotential", 1e3 * p.eta_c, "mV"),
        Result("lithium in the pores after 0.1 mAh/cm^2", readings.grown_at_first(p), "um"),
    ]
    return [
        *numbers,
        *stack_results(p, _safe, "safe up to (CCD)"),
        Result("charge out of Li-Mg at 4 mA/cm^2", readings.alloy_capacity(p), "mAh/cm^2"),
        Result(
            "diffusivity that 4 mAh/cm^2 out of Li-Mg needs",
            readings.alloy_diffusivity_needed(p),
            "cm^2/s",
        ),
    ]


def _or_none(current: float) -> float | str:
    return current if math.isfinite(current) else "never"


def _safe(parameters: Parameters) -> float:
    return limits_of_run(parameters).least


def findings(_: History, parameters: Parameters) -> list[str]:
    """Say up to which current the interlayer is safe, and what was taken from others."""
    p, found = parameters, limits_of_run(parameters)
    said = [
        f"safe up to {found.least:.3g} {CURRENT} for {p.duration:g} h; limited by "
        f"{_LIMITS[found.limit]}",
        *stack_findings(p, _safe, "safe up to"),
    ]
    own = p.cnt_content, p.electronic_conductivity
    is_foreign = any(value is not None for value in own) or p.has_own_stack
    if is_foreign and p.cell_resistance is None:
        side = from_model(p.side_resistance, "ohm cm^2")
        said.append(
            f"taken from LNI-CNT: {side:.3g} ohm cm^2 a side; give cell_resistance if you have "
            "measured your own"
        )
    return said


_Read = Callable[[Parameters], Value]


def _target(
    name: str,
    paper: float,
    unit: str,
    kind: Kind,
    read: _Read,
    source: str,
    *,
    bound: Bound | None = None,
    repeats: str = "",
) -> Target[Any]:
    return Target(
        name=name,
        paper=paper,
        unit=unit,
        kind=kind,
        tuned=("contact_limit",) if kind == "calibrated" else (),
        tolerance=0.2,
        read=lambda _, p: read(p),
        source=f"{PAPER}, {source}",
        bound=bound,
        repeats=repeats,
    )


def _least(measured: CriticalCurrent) -> _Read:
    def read(p: Parameters) -> Value:
        found: Limits = limits_of_measured(p, measured)
        return found.least

    return read


def _critical() -> Iterator[Target[Any]]:
    for measured in CRITICAL_CURRENTS:
        if measured.contents:
            yield _target(
                f"CCD, {measured.name}",
                measured.value.value,
                CURRENT,
                readings.KINDS[measured.name],
                _least(measured),
                measured.value.source.removeprefix(f"{PAPER}, "),
                bound="above" if measured.is_bound else None,
            )


_LAYERS_OHMS = CYCLED_RESISTANCE.value - ELECTROLYTE_RESISTANCE.value

TARGETS: tuple[Target[Any], ...] = (
    _target(
        "electrolyte alone", ELECTROLYTE_RESISTANCE.value, "ohm", "selected",
        readings.electrolyte_ohms, "text on Fig. 3b",
    ),
    _target(
        "voltage at 0.1 mA/cm^2, 0.5 % CNT", 0.27, "V", "predicted",
        lambda p: readings.voltage_of(p, "LNI-0.5CNT"), "text on Fig. 2a",
    ),
    _target(
        "voltage at 0.1 mA/cm^2, 50 % CNT, activated", 0.05, "V", "predicted",
        lambda p: readings.voltage_of(p, "LNI-50CNT"), "text on Fig. 2c",
    ),
    _target(
        "voltage at 0.1 mA/cm^2, 5 % CNT, activated", 0.07, "V", "predicted",
        readings.activated_voltage, "text on Fig. 2b",
    ),
    _target(
        "both interlayers of 5 % CNT after 4 mAh/cm^2", _LAYERS_OHMS, "ohm", "predicted",
        readings.ionic_part, "text on Fig. 3b: 150 less 100 ohm",
    ),
    _target(
        "depth of lithium after activation, 5 % CNT", 2.0, "um", "predicted",
        readings.grown_at_first, "text on Fig. 2d", bound="below",
    ),
    _target(
        "thickness of the largest mass", 90.0, "um", "predicted",
        lambda p: readings.thickness_of(p, "largest"), "text; 3 to 15 mg in Methods",
    ),
    _target(
        "thickness of the smallest mass", 14.8, "um", "predicted",
        lambda p: readings.thickness_of(p, "smallest"), "text on Fig. S36; 3 to 15 mg in Methods",
    ),
    *_critical(),
    _target(
        "nucleation begins, empty pores", NUCLEATION_ONSET.value, CURRENT, "selected",
        readings.starting_onset, "text on Fig. 4e",
        repeats="wang2024/criterion: nucleation begins, closed form",
    ),
    _target(
        "charge out of Li-Mg at 4 mA/cm^2", 4.0, "mAh/cm^2", "predicted",
        readings.alloy_capacity, "text on Fig. S38", bound="above",
        repeats="wang2024/criterion: CCD, 18.5 um, 25 % Mg, pores only",
    ),
)  # fmt: skip
