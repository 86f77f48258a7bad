"""Where lithium grows and nucleates: results and the paper's words."""

from __future__ import annotations

from lithode.cases.wang2024.interlayer_readings import (
    PAPER_TIME,
    at,
    conductivities,
    electrical,
    reaches_paper_time,
)
from lithode.cases.wang2024.measured import COMPOSITIONS, PAPER, Composition
from lithode.cases.wang2024.stack_readings import layer_results
from lithode.cases.wang2024.transport.parameters import Parameters
from lithode.engine.verdict import Result, Target, Value
from lithode.output.history import History


def pattern(history: History, parameters: Parameters, time: float | None = None) -> str | None:
    """Return where lithium nucleates, from the contour of half of the largest rate.

    "everywhere" if the contour holds more than three quarters of the interlayer, "at the
    electrolyte" if it reaches that, "flat front" if over the tip it is less than half of the
    protrusion's height above that over the base, "at the protrusion" if more, "nowhere" if the
    largest rate is none that counts.

    Args:
        history: Of a run.
        parameters: Of the run.
        time: When, in s; the end by default.
    """
    p, reading = parameters, parameters.overpotential
    share = at(history, f"nucleation_share_{reading} [1]", time)
    peak = at(history, f"nucleation_max_{reading} [1]", time)
    base = at(history, f"nucleation_height_base_{reading} [um]", time)
    if share is None or peak is None or base is None:
        return None
    tip = base
    if p.height is not None:
        tip = at(history, f"nucleation_height_tip_{reading} [um]", time) or 0.0
    if peak * p.rate_ratio < 1:
        return "nowhere"
    if share > 0.75:
        return "everywhere"
    if max(tip, base) > 0.95 * p.whole_thickness:
        return "at the electrolyte"
    flat = p.height is None or abs(tip - base) < p.height / 2
    return "flat front" if flat else "at the protrusion"


def _growth(history: History, _: Parameters) -> Value:
    """Return "tip" where growth there is more than 1.5 times that beside the protrusion."""
    tip = at(history, "growth_rate_tip [A/m^2]", PAPER_TIME)
    base = at(history, "growth_rate_base [A/m^2]", PAPER_TIME)
    if tip is None or base is None:
        return None
    return "tip" if tip > 1.5 * max(base, 0.0) and tip > 0 else "even"


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return currents, where lithium nucleates, and how high over tip and base."""
    p, reading = parameters, parameters.overpotential
    heights = [
        Result(f"height of nucleation {place}", at(history, column), "um")
        for line, place in (("tip", "over the tip"), ("base", "over the base"))
        if (column := f"nucleation_height_{line}_{reading} [um]") in history
    ]
    share = at(history, f"nucleation_share_{reading} [1]")
    return [
        Result("where lithium nucleates", pattern(history, p)),
        *heights,
        Result("share of the interlayer that nucleates", share),
        *electrical(history),
        *layer_results(p),
    ]


def _nucleation(composition: Composition, paper: str, source: str) -> Target[Parameters]:
    return Target(
        name=f"nucleation, 2 s, {composition}",
        paper=paper,
        kind="calibrated",
        tuned=("lithium_electrons", "contact_angle", "surface_energy"),
        read=lambda history, p: pattern(history, p, PAPER_TIME),
        source=f"{PAPER}, {source}",
        where={"composition": composition},
        applies=reaches_paper_time,
    )


TARGETS: tuple[Target[Parameters], ...] = (
    *conductivities(COMPOSITIONS),
    _nucleation("LNI-0.5CNT", "at the protrusion", "Fig. S16a"),
    Target(
        name="growth, 2 s, LNI-0.5CNT",
        paper="tip",
        kind="calibrated",
        tuned=("lithium_electrons",),
        read=_growth,
        source=f"{PAPER}, Fig. S16a",
        where={"composition": "LNI-0.5CNT"},
        applies=reaches_paper_time,
    ),
    _nucleation("LNI-5CNT", "flat front", "Figs. 2f, S16c"),
    _nucleation("LNI-50CNT", "everywhere", "Figs. 2e, S16b"),
)
