"""Results of the compared interlayers, what the paper reports, and what both mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithode.cases.wang2024.design_readings import (
    AXIS,
    Bearable,
    closed_form_answer,
    column,
    design_results,
    model_answer,
    up_to,
)
from lithode.cases.wang2024.gradient.parameters import Parameters, interlayers
from lithode.cases.wang2024.measured import DUAL_LAYER, PAPER, electronic_range
from lithode.cases.wang2024.stack_readings import stack_findings, stack_results
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target, Value
from lithode.output.history import History

_LARGEST = DUAL_LAYER.value.value
"""Current density in mA/cm^2 at which the interlayers are compared, the largest of Fig. 5d."""


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return critical currents, what limits them, lengths and currents of each interlayer."""
    p = parameters
    found = [
        result
        for name, profile in interlayers(p).items()
        for result in design_results(history, p, profile.form, f"_{name}", f" ({name})")
    ]
    if p.has_own_stack:
        found += stack_results(p, _safe, "safe up to (CCD), closed form (stack)")
    return found


def _safe(parameters: Parameters) -> float:
    verdict = parameters.design_of(parameters.layers).verdict
    return from_model(verdict.current, AXIS.unit)


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say for each profile where lithium nucleates and up to which current it is safe."""
    p, lines = parameters, []
    for name, found in interlayers(p).items():
        bearable = Bearable.of(history, p, found.form.filling_current, f"_{name}")
        model = model_answer(bearable, history, f"_{name}")
        form = closed_form_answer(found.form.verdict, p.duration)
        lines += [f"{name}, two-potential model: {model}", f"{name}, closed form: {form}"]
    if p.has_own_stack:
        return [*lines, *stack_findings(p, _safe, "closed form of the stack")]
    return [*lines, _interpolated(p)]


def _interpolated(parameters: Parameters) -> str:
    """Say how sure the electronic conductivities of the layers are."""
    ends = parameters.lithium_content, parameters.electrolyte_content
    ranges = ", ".join(
        "{} % CNT {:.2g} to {:.2g} S/cm".format(f"{content:.3g}", *electronic_range(content))
        for content in ends
    )
    return f"electronic conductivities by the measured contents and their scatter: {ranges}"


def _compared(one: str, other: str) -> Callable[[History, Parameters], Value]:
    """Return a reader of whether less plates next to the electrolyte in one than in the other."""

    def read(history: History, _: Parameters) -> Value:
        rows = up_to(history, _LARGEST)
        plated, others = (
            float(column(rows, "reaction_current_electrolyte", f"_{name}")[-1])
            for name in (one, other)
        )
        return "less" if plated < others else "more"

    return read


def _dual(history: History, parameters: Parameters) -> Value:
    filling = interlayers(parameters)["dual"].form.filling_current
    return Bearable.of(history, parameters, filling, "_dual").value


def _reaches_fig_5(parameters: Parameters) -> bool:
    return _LARGEST in parameters.currents


TARGETS: tuple[Target[Any], ...] = (
    Target(
        name="plated next to the electrolyte, dual against homogeneous",
        paper="less",
        kind="verification",
        read=_compared("dual", "homogeneous"),
        source=f"{PAPER}, text on Fig. 5a, b",
        applies=_reaches_fig_5,
    ),
    Target(
        name="plated next to the electrolyte, graded against dual",
        paper="less",
        kind="predicted",
        read=_compared("graded", "dual"),
        source=f"{PAPER}, caption of Fig. 5: double < gradient",
        applies=_reaches_fig_5,
    ),
    Target(
        name=f"CCD, {DUAL_LAYER.name}, two potentials",
        paper=DUAL_LAYER.value.value,
        unit=AXIS.unit,
        kind="predicted",
        tolerance=0.2,
        read=_dual,
        source=DUAL_LAYER.value.source,
        applies=lambda parameters: parameters.currents[-1] > _LARGEST,
        repeats=f"wang2024/cells: CCD, {DUAL_LAYER.name}",
    ),
)
