"""The contact of lithium on bare LPS under currents that rise from cycle to cycle."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from lithode.cases.ji2020.cell_data.parameters import Parameters
from lithode.core.health import HealthLine
from lithode.core.protocol import Protocol, Step
from lithode.core.units import from_model
from lithode.engine.study import Progress, Study, Tables
from lithode.solvers.contact_loss.model import critical_current, follow

CURRENT = "current [mA/cm^2]"
BORNE = "critical_current [mA/cm^2]"


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    p.check()
    health = [
        HealthLine("p", p.porosity, "porosity of Li3N-LiF by mass and thickness"),
        HealthLine("p_LPS", p.lps_porosity, "porosity of LPS by mass and thickness", low=0.0),
    ]
    return Study(lambda progress: _compute(p, progress), health)


def protocol(p: Parameters) -> Protocol:
    """Return the currents, each there and back."""
    first, time = Fraction(p.model_value("step")), Fraction(p.model_value("half_cycle"))
    return Protocol(
        tuple(
            Step(sign * k * first, time, k) for k in range(1, p.steps + 1) for sign in (1, -1)
        )
    )  # fmt: skip


def _compute(p: Parameters, progress: Progress) -> Tables:
    progress(0.0)
    test, contact = protocol(p), p.contact
    course = follow(test, contact, trace=True)
    borne = from_model(float(critical_current(test, course)), "mA/cm^2")
    currents = p.step * np.arange(1, p.steps + 1)
    left = np.full(p.steps, np.nan)
    if course.trace is not None:
        both = course.trace[2::2].sum(axis=1) - contact.initial
        left[: len(both)] = both
    history = {
        CURRENT: currents,
        "contact [1]": left,
        "contact_that_fails [1]": np.minimum(currents / p.limiting_current, 1.0),
        BORNE: np.full(p.steps, borne),
    }
    return Tables(history)
