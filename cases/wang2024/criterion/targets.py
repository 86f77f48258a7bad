"""Results of the criterion, what the paper reports, and what both mean for a designer.

Each measured critical current counts once, in wang2024/cells, where each cell has the resistance of
its own text; both models here have one resistance for all and repeat them. Only the layer with Mg,
which needs no resistance, counts here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lithode.cases.wang2024.criterion.closed_form import design_of
from lithode.cases.wang2024.criterion.parameters import Parameters, closed_form
from lithode.cases.wang2024.design_readings import (
    AXIS,
    Bearable,
    closed_form_answer,
    design_results,
    model_answer,
    mostly,
    onset,
    up_to,
)
from lithode.cases.wang2024.measured import (
    COMPOSITIONS,
    CRITICAL_CURRENTS,
    NUCLEATION_ONSET,
    PAPER,
    CriticalCurrent,
)
from lithode.cases.wang2024.stack_readings import stack_findings, stack_results
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target, Value
from lithode.output.history import History

CASE_NAME = "wang2024/criterion"
_LARGEST = 4.0
"""Largest current density of Fig. 4e in mA/cm^2."""


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return critical currents with what limits them, onset of nucleation, lengths, currents."""
    form, last = closed_form(parameters), float(history[AXIS.column][-1])
    growth = float(history["growth_length [um]"][-1])
    onset_current = from_model(form.onset_current, AXIS.unit)
    return [
        *design_results(history, parameters, form),
        Result("nucleation begins, closed form", onset_current, AXIS.unit),
        Result(f"growth length at {last:g} {AXIS.unit}", growth, "um"),
        Result("pores are full at", from_model(form.filling_current, AXIS.unit), AXIS.unit),
        *stack_results(parameters, _safe, "safe up to (CCD), closed form"),
    ]


def _safe(parameters: Parameters) -> float:
    return from_model(closed_form(parameters).verdict.current, AXIS.unit)


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say what the run means for whoever designs the interlayer."""
    p, form = parameters, closed_form(parameters)
    bearable = Bearable.of(history, p, form.filling_current)
    poor = [measured.electronic.value for measured in COMPOSITIONS.values()][:2]
    caution = (
        "caution: LNI-0.5CNT, as poor a conductor of electrons, failed at 0.16 mA/cm^2 by loss of "
        "contact on stripping, of which neither model knows"
    )
    assumed = (
        f"taken from LNI-CNT: resistance {p.resistance:g} ohm cm^2 and eta_c = {1e3 * p.eta_c:.3g} "
        "mV; give resistance and critical_overpotential if you have measured your own"
    )
    return [
        *stack_findings(p, _safe, "closed form"),
        *([caution] if p.layers[0].electronic < float(np.sqrt(np.prod(poor))) else []),
        *([assumed] if p.has_own_conductivity and p.is_calibrated else []),
        f"two-potential model: {model_answer(bearable, history)}",
        f"closed form of the criterion: {closed_form_answer(form.verdict, p.duration)}",
    ]


def _reaches_fig_4(parameters: Parameters) -> bool:
    return parameters.currents[-1] >= _LARGEST


def _onset(_: History, parameters: Parameters) -> Value:
    return from_model(closed_form(parameters).onset_current, AXIS.unit)


def _linear(history: History, _: Parameters) -> Value:
    """Return whether l_n over 1/i, and l_g over i, are straight to rounding."""
    current, length = history[AXIS.column], history["nucleation_length [um]"]
    nucleates = length > 0
    if np.count_nonzero(nucleates) < 3:
        return None
    pairs = (1 / current[nucleates], length[nucleates]), (current, history["growth_length [um]"])
    rests = [np.polyfit(x, y, 1, full=True)[1] / np.sum(y**2) for x, y in pairs]
    return "linear" if all(np.all(rest < 1e-10) for rest in rests) else "not linear"


def _covered(history: History, _: Parameters) -> Value:
    rows = up_to(history, _LARGEST)
    covered = rows["nucleation_length [um]"] <= rows["growth_length [um]"]
    return "yes" if bool(np.all(covered)) else "no"


def _closed_form_target(measured: CriticalCurrent, *, pores_only: bool) -> Target[Any]:
    def read(_: History, parameters: Parameters) -> Value:
        design = design_of(measured, parameters)
        current = design.filling_current if pores_only else design.verdict.current
        return from_model(current, AXIS.unit)

    return Target(
        name=f"CCD, {measured.name}" + (", pores only" if pores_only else ""),
        paper=measured.value.value,
        unit=AXIS.unit,
        kind="predicted",
        tolerance=0.2,
        read=read,
        source=measured.value.source,
        bound="above" if measured.is_bound else None,
        repeats=_counted(measured),
    )


def _closed_form_targets(measured: CriticalCurrent) -> list[Target[Any]]:
    whole = [_closed_form_target(measured, pores_only=False)] if measured.contents else []
    if len(measured.contents) == 1:
        return whole
    return [*whole, _closed_form_target(measured, pores_only=True)]


def _model_target(measured: CriticalCurrent) -> Target[Any]:
    def read(history: History, parameters: Parameters) -> Value:
        filling = closed_form(parameters).filling_current
        found = Bearable.of(history, parameters, filling)
        return found.current if measured.is_bound else found.value

    (composition,) = (
        name for name, known in COMPOSITIONS.items() if (known.content,) == measured.contents
    )
    tuned = measured.name == "90 um, 50 % CNT"
    where: dict[str, object] = {"composition": composition, "thickness": measured.thickness}
    if measured.is_bound:  # a sweep that ends at the bound could not go beyond it
        where["currents"] = (*Parameters().currents, 2 * measured.value.value)
    return Target(
        name=f"CCD, {measured.name}, two potentials",
        paper=measured.value.value,
        unit=AXIS.unit,
        kind="calibrated" if tuned else "predicted",
        tuned=("tolerated_current",) if tuned else (),
        tolerance=0.2,
        read=read,
        source=measured.value.source,
        where=where,
        applies=lambda parameters: parameters.currents[-1] > measured.value.value,
        bound="above" if measured.is_bound else None,
        repeats=_counted(measured),
    )


def _counted(measured: CriticalCurrent) -> str:
    """Return where the number of a measured interlayer counts; nothing for the one with Mg."""
    return f"wang2024/cells: CCD, {measured.name}" if measured.contents else ""


TARGETS: tuple[Target[Any], ...] = (
    Target(
        name="nucleation begins, closed form",
        paper=NUCLEATION_ONSET.value,
        unit=NUCLEATION_ONSET.unit,
        kind="calibrated",
        tuned=("surface_energy",),
        tolerance=0.02,
        read=_onset,
        source=NUCLEATION_ONSET.source,
    ),
    Target(
        name="l_n over 1/i, l_g over i",
        paper="linear",
        kind="verification",
        read=_linear,
        source=f"{PAPER}, text on Fig. 4e",
        applies=_reaches_fig_4,
    ),
    Target(
        name="l_n <= l_g, 0.1 to 4 mA/cm^2",
        paper="yes",
        kind="predicted",
        read=_covered,
        source=f"{PAPER}, text on Fig. 4e",
        applies=_reaches_fig_4,
        repeats="wang2024/cells: CCD, 90 um, 5 % CNT",
    ),
    Target(
        name="nucleation begins, two potentials",
        paper=NUCLEATION_ONSET.value,
        unit=NUCLEATION_ONSET.unit,
        kind="predicted",
        tolerance=0.2,
        read=lambda history, _: onset(history),
        source=NUCLEATION_ONSET.source,
        applies=_reaches_fig_4,
        repeats=f"{CASE_NAME}: nucleation begins, closed form",
    ),
    Target(
        name="nucleation at 4 mA/cm^2, two potentials",
        paper="lithium",
        kind="predicted",
        read=lambda history, _: mostly(up_to(history, _LARGEST)),
        source=f"{PAPER}, Fig. 4a",
        applies=lambda parameters: _LARGEST in parameters.currents,
    ),
    *(_model_target(measured) for measured in CRITICAL_CURRENTS if len(measured.contents) == 1),
    *(target for measured in CRITICAL_CURRENTS for target in _closed_form_targets(measured)),
)
