"""CCD, CAC, life and the sequence at 20 MPa on a model of lost contact (Figs. 2, S5, S8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from lithode.case import HealthLine, StudyCase, Target
from lithode.cases.tang2026.cycling_figures import RECOVERY, draw
from lithode.cases.tang2026.cycling_study import LAWS, Work
from lithode.cases.tang2026.layers import Parameters, layers_of, protocol_of
from lithode.cases.tang2026.parameters import CRITICAL_CURRENT, OVERPOTENTIAL_RISE, PAPER
from lithode.solvers.contact_loss import Loss
from lithode.solvers.output.history import History
from lithode.study import Study
from lithode.units import from_model


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    layers, chosen = layers_of(p), protocol_of(p.protocol)
    health = [
        HealthLine(f"{symbol} ({layer.name})", from_model(value, unit), meaning, unit)
        for layer in layers
        for symbol, value, unit, meaning in (
            ("Q0", layer.capacity, "mAh/cm^2", "what takes all contact, one way"),
            ("i*", layer.limiting_current, "mA/cm^2", "per contact, at which a cell fails"),
        )
    ]
    return Study(lambda progress: Work(p, layers, chosen, progress).results(), health)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the calibration, what depends on the recovery, and the protocol followed."""
    p = parameters
    return draw(run_directory, p.recovery, Path(p.protocol).stem, p.contact_loss)


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say when the layers fail under the protocol followed."""
    said = []
    for key in history:
        if key.startswith("failing_time_"):
            name = key.removeprefix("failing_time_").split(" ")[0]
            end, cycle, passed = (
                float(history[f"failing_{what}_{name} [{unit}]"][0])
                for what, unit in (("time", "hour"), ("cycle", "1"), ("throughput", "mAh/cm^2"))
            )
            said.append(
                f"{name} survives {parameters.protocol}"
                if math.isnan(end)
                else f"{name} fails in cycle {cycle:.0f} of {parameters.protocol}, after "
                f"{end:.4g} h and {passed:.4g} mAh/cm^2 either way"
            )
    return said


_GROWTH = 1.497


def _at(column: str, recovery: str | float = 0.0) -> Callable[[History, Parameters], float]:
    """Return a reader of a column at a recovery, or at the recovery that a column holds."""

    def read(history: History, _: Parameters) -> float:
        wanted = recovery if isinstance(recovery, float) else float(history[recovery][0])
        row = int(np.argmin(np.abs(history[RECOVERY] - wanted)))
        return float(history[column][row])

    return read


def _survival(column: str, recovery: str, cycles: int) -> Callable[[History, Parameters], str]:
    def read(history: History, p: Parameters) -> str:
        found = _at(column, recovery)(history, p)
        return "completed" if found >= cycles else "fails"

    return read


def _below(percent: float, loss: Loss) -> Callable[[History, Parameters], str]:
    def read(history: History, p: Parameters) -> str:
        rise = _at(f"rise_{loss}_Li3N [%]")(history, p)
        return f"below {percent:g} %" if rise < percent else f"{rise:.3g} %"

    return read


def _common_recovery(names: Sequence[str]) -> Callable[[History, Parameters], str]:
    """Say whether one recovery meets CCD and life of a layer, or of several."""

    def read(history: History, _: Parameters) -> str:
        keys = [f"recovery_{test}{{}}_{name} [1]" for test in ("ccd", "life") for name in names]
        low = max(float(history[key.format("")][0]) for key in keys)
        high = min(float(history[key.format("_end")][0]) for key in keys)
        return "one" if low < high else "none"

    return read


def _is_papers(p: Parameters) -> bool:
    plain = p.recovery_law == "share" and p.recovery_current is None
    return p.table is None and plain and p.initial_contact == 1 and p.spot_radius == 50


def _has_draws(p: Parameters) -> bool:
    return _is_papers(p) and p.draws > 0


def _target(
    name: str, paper: float | str | None, unit: str, kind: Literal["calibrated", "predicted"],
    tolerance: float, read: Callable[[History, Parameters], float | str], source: str,
    applies: Callable[[Parameters], bool] = _is_papers,
) -> Target[Parameters]:  # fmt: skip
    return Target(name, paper, unit, kind, tolerance, read, source, applies)


def _ccd_targets(name: str) -> list[Target[Parameters]]:
    """Return the targets of one layer's CCD: 1 of its steps of 0.1 mA/cm^2 is what it resolves."""
    value, unit = CRITICAL_CURRENT[name], "mA/cm^2"
    step = 0.1001 / value.value
    return [
        _target(
            f"CCD of {name}, nothing recovered", value.value, unit, "predicted", step,
            _at(f"ccd_{name} [{unit}]"), value.source,
        ),
        _target(
            f"CCD of {name}, mean of draws", value.value, unit, "predicted", step,
            _at(f"ccd_mean_{name} [{unit}]"), value.source, _has_draws,
        ),
        *(
            _target(
                f"CCD of {name}, recovery of its life, {law}", value.value, unit, "predicted",
                step, _at(f"ccd_after_life_{law}_{name} [{unit}]"), value.source,
            )
            for law in LAWS
        ),
    ]  # fmt: skip


_PRESSED = f"{PAPER}, text on Fig. S8"

TARGETS: tuple[Target[Parameters], ...] = (
    *(
        _target(
            f"charge one way of {name} at {current:g} mA/cm^2", charge, "mAh/cm^2", "calibrated",
            0.01, _at(f"charge_{current:g}_{name} [mAh/cm^2]"), f"{PAPER}, text on Fig. 2c",
        )
        for name, current, charge in (
            ("Li", 0.2, 4.0), ("Li", 0.6, 3.0), ("Li3N", 0.1, 8.0), ("Li3N", 0.8, 6.0)
        )
    ),
    *_ccd_targets("Li"),
    *_ccd_targets("Li3N"),
    _target(
        "share of draws with CCD of Li below that of Li3N", None, "", "predicted", 0,
        _at("ordered [1]"), "below, by Figs. 2a, 2b", _has_draws,
    ),
    _target(
        "cycles of Li at 0.3 mA/cm^2, nothing recovered", 257.0, "", "predicted", 0.1,
        _at("life_cycles_Li [1]"), f"{PAPER}, Fig. 2d",
    ),
    _target(
        "cycles of Li at 0.3 mA/cm^2, recovery set for them", 257.0, "", "calibrated", 0.01,
        _at("life_cycles_Li [1]", "recovery_life_Li [1]"), f"{PAPER}, Fig. 2d",
    ),
    _target(
        "recovery that life of Li needs", None, "", "calibrated", 0,
        _at("recovery_life_Li [1]"), "-",
    ),
    _target(
        "recovery that life of Li3N needs, at least", None, "", "calibrated", 0,
        _at("recovery_life_Li3N [1]"), f"{PAPER}: 5000 cycles without failure",
    ),
    _target(
        "recovery for both CCD and life, Li", "one", "", "predicted", 0, _common_recovery(["Li"]),
        "one cell, one interface",
    ),
    _target(
        "recovery for both CCD and life, Li3N", "one", "", "predicted", 0,
        _common_recovery(["Li3N"]), "one cell, one interface",
    ),
    _target(
        "V/i at cycle 150 over cycle 20 of Li, spots", _GROWTH, "", "predicted", 0.1,
        _at("growth_spots_Li [1]", "recovery_life_Li [1]"), f"{PAPER}, sums of Table 2",
    ),
    _target(
        "V/i at cycle 150 over cycle 20 of Li, edge lost", _GROWTH, "", "predicted", 0.1,
        _at("growth_edge_Li [1]", "recovery_life_Li [1]"), f"{PAPER}, sums of Table 2",
    ),
    _target(
        "rise of V/i at 0.8 mA/cm^2, Li, spots", OVERPOTENTIAL_RISE.value, "%", "predicted", 0.1,
        _at("rise_spots_Li [%]"), OVERPOTENTIAL_RISE.source,
    ),
    _target(
        "rise of V/i at 0.8 mA/cm^2, Li, edge lost", OVERPOTENTIAL_RISE.value, "%", "predicted",
        0.1, _at("rise_edge_Li [%]"), OVERPOTENTIAL_RISE.source,
    ),
    _target(
        "rise of V/i at 0.8 mA/cm^2, Li3N, edge lost", "below 7 %", "", "predicted", 0,
        _below(7.0, "edge"), f"{PAPER}, text on Fig. S5",
    ),
    _target(
        "20 MPa, cycles of Li, recovery set for them", 803.0, "", "calibrated", 0.01,
        _at("pressure_cycles_Li [1]", "recovery_pressure_Li [1]"), _PRESSED,
    ),
    _target(
        "20 MPa, Li3N with the recovery of Li", "completed", "", "predicted", 0,
        _survival("pressure_cycles_Li3N [1]", "recovery_pressure_Li [1]", 1600), _PRESSED,
    ),
    _target(
        "20 MPa, cycles of Li at 0.6 mA/cm^2, at least", 3.0, "", "predicted", 0.1,
        _at("least_cycles_at_0.6_Li [1]"), _PRESSED,
    ),
)  # fmt: skip

CASE = StudyCase(
    name="tang2026/protocols",
    title="CCD, CAC, life and the 20 MPa sequence on a model of lost contact (Figs. 2, S5, S8)",
    parameters=Parameters,
    presets={
        "ccd": {},
        "life": {"protocol": "life", "recovery": 0.9},
        "pressure": {"protocol": "pressure", "recovery": 0.985},
        "quick": {"draws": 300},
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
)
