"""When the crack began to grow, beside the closed form."""

from __future__ import annotations

import numpy as np

from lithode.cases.fracture.readings import CURRENT, TIP
from lithode.cases.verification.growing_crack.parameters import GrowingCrackParameters
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_SOURCE = "K of an edge crack under p V_m / F = J (r + c / (2 sigma)) (docs/fracture.md)"


def starting_current(history: History, parameters: GrowingCrackParameters) -> float | None:
    """Return the current in mA/cm^2 at which the tip has moved by l, None if it has not."""
    p = parameters
    moved = np.flatnonzero(history[TIP] >= p.flaw_length + p.length * (1 - 1e-9))
    return from_model(float(history[CURRENT][moved[0]]), "mA/cm^2") if len(moved) else None


def over_law(history: History, parameters: GrowingCrackParameters) -> float | None:
    """Return it over the closed form for the flaw."""
    found = starting_current(history, parameters)
    law = from_model(parameters.critical_current_of(parameters.flaw_length), "mA/cm^2")
    return None if found is None else found / law


def lithium_defect(history: History, _: GrowingCrackParameters) -> float:
    """Return the largest share by which the volume differs from what has flowed in."""
    return float(history["lithium_defect [1]"].max())


def results(history: History, parameters: GrowingCrackParameters) -> list[Result]:
    """Return how the crack fills and grows."""
    p = parameters
    law = from_model(p.critical_current_of(p.flaw_length), "mA/cm^2")
    return [
        Result("current at which the crack starts", starting_current(history, p), "mA/cm^2"),
        Result("critical current in closed form", law, "mA/cm^2"),
        Result("starting current over closed form", over_law(history, p)),
        Result("largest pressure", float(history["pressure [MPa]"].max()), "MPa"),
        Result("even pressure that extends the crack", p.critical_pressure, "MPa"),
        Result("length of the crack at the end", float(history[TIP][-1]), "um"),
        Result("lithium in the crack at the end", float(history["volume [um^2]"][-1]), "um^2"),
        Result("jumps", float(history["jumps [1]"][-1])),
        Result("largest defect of lithium", lithium_defect(history, p)),
    ]


def _is_fine(parameters: GrowingCrackParameters) -> bool:
    """The numerical parameters are those of the study, or finer."""
    p, study = parameters, GrowingCrackParameters()
    fine = p.elements_per_length >= study.elements_per_length
    return fine and p.volume_share <= study.volume_share


TARGETS: tuple[Target[GrowingCrackParameters], ...] = (
    Target(
        name="current at which the crack starts over closed form, one pressure, S = 1",
        paper=1.0,
        kind="verification",
        tolerance=0.06,
        read=over_law,
        source=_SOURCE,
        applies=_is_fine,
    ),
    Target(
        name="lithium in the crack less what has flowed in",
        paper=0.0,
        kind="verification",
        tolerance=1e-5,
        read=lithium_defect,
        source="Faraday's law",
        applies=_is_fine,
    ),
)
