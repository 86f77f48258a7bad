"""The critical current of a flaw, beside the closed forms of a sharp one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lithode.cases.fracture.critical_current.parameters import CriticalCurrentParameters
from lithode.cases.fracture.edge_crack import FLOWS
from lithode.cases.fracture.readings import CURRENT, critical_current, exponent, over_law
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_NAME = "fracture/critical-current"


def law(parameters: CriticalCurrentParameters, flow: FLOWS) -> float:
    """Return the closed form for the flaw in mA/cm^2, with flow or without."""
    p = parameters.model_copy(update={"flow": flow})
    return from_model(p.critical_current_of(p.flaw_length), "mA/cm^2")


def results(history: History, parameters: CriticalCurrentParameters) -> list[Result]:
    """Return the critical current, the closed forms and the state in which it is reached."""
    p, peak = parameters, int(np.argmax(history[CURRENT]))
    return [
        Result("critical_current", critical_current(history, p), "mA/cm^2"),
        Result("closed form without flow", law(p, "none"), "mA/cm^2"),
        Result("closed form with one pressure", law(p, "one_pressure"), "mA/cm^2"),
        Result("critical current over closed form", over_law(history, p)),
        Result("interface number S", p.interface_number(p.flaw_length)),
        Result("largest pressure then", float(history["pressure [MPa]"][peak]), "MPa"),
        Result("even pressure that extends the flaw", p.critical_pressure, "MPa"),
        Result("lithium in the flaw then", float(history["volume [um^2]"][peak]), "um^2"),
        Result("power of its length by which the current falls", exponent(history, p)),
        Result("what the crack does beyond", beyond(history, p)),
    ]


def beyond(history: History, parameters: CriticalCurrentParameters) -> str:
    """Return what a current above the critical one does."""
    current, tip = history[CURRENT], history["crack_top [um]"]
    if tip[-1] <= parameters.flaw_length + parameters.length / 4:
        return "not reached: the crack does not grow"
    return "runs" if current[-1] < current.max() else "grows with the current"


def relief(history: History, parameters: CriticalCurrentParameters) -> float:
    """Return the largest pressure of the lithium in MPa; as much compression closes the flaw."""
    return float(history["pressure [MPa]"].max())


_NING = "Ning et al., Nature 618, 287 (2023)"
_FINCHER = "Fincher et al., Joule 6, 2794 (2022)"
_LIST = "docs/predictions.md, before the case was run"
_POROUS: Mapping[str, object] = {
    "electrolyte": "lpscl", "conductivity": 0.15, "flaw_length": 20.0, "flow": "none"
}  # fmt: skip
_DENSE: Mapping[str, object] = {
    "electrolyte": "lpscl", "conductivity": 0.2, "flaw_length": 5.0, "flow": "none"
}  # fmt: skip
_ONE: Mapping[str, object] = {"flow": "one_pressure"}


def _ning(
    density: int, measured: float, where: Mapping[str, object]
) -> Iterator[Target[CriticalCurrentParameters]]:
    first = f"critical current of Li6PS5Cl, {density} % dense"
    for name, given, repeats in (
        (f"{first}, no flow", where, ""),
        (f"{first}, one pressure", {**where, **_ONE}, f"{_NAME}: {first}, no flow"),
    ):
        yield Target(
            name=name, paper=measured, unit="mA/cm^2", kind="predicted", tolerance=0.5,
            read=critical_current, source=f"{_NING}; {_LIST}", where=given, repeats=repeats,
        )  # fmt: skip


TARGETS: tuple[Target[CriticalCurrentParameters], ...] = (
    *_ning(83, 1.0, _POROUS),
    *_ning(99, 9.0, _DENSE),
    Target(
        name="compression that turns cracks in LLZTO aside",
        paper=200.0,
        unit="MPa",
        kind="predicted",
        tolerance=0.5,
        read=relief,
        source=f"{_FINCHER}; {_LIST}",
        where={"fracture_toughness": 1.0},
    ),
)
