"""What the bar bore, and the closed form it is held against."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lithode.cases.verification.strength.parameters import AXIS, StrengthParameters
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_SOURCE = "Tanne et al., J. Mech. Phys. Solids 110, 80 (2018)"


def stress(history: History, parameters: StrengthParameters) -> np.ndarray:
    """Return the stress at the loads of a run in MPa."""
    p = parameters
    column = "force [uN]" if p.dimension == 3 else "force [N/m]"
    return np.asarray(history[column] / p.edge ** (p.dimension - 1))


def strength(history: History, parameters: StrengthParameters) -> float:
    """Return the largest stress in MPa."""
    return float(stress(history, parameters).max())


def damage_at_strength(history: History, parameters: StrengthParameters) -> float:
    """Return d at the largest stress."""
    return float(history["damage_max [1]"][np.argmax(stress(history, parameters))])


def results(history: History, parameters: StrengthParameters) -> list[Result]:
    """Return the strength beside its closed form."""
    p, sigma = parameters, stress(history, parameters)
    peak = int(np.argmax(sigma))
    return [
        Result("strength", float(sigma[peak]), "MPa"),
        Result("strength in closed form", p.strength, "MPa"),
        Result("strength over closed form", float(sigma[peak]) / p.strength),
        Result("strain at the strength", float(history[AXIS.column][peak] / p.edge)),
        Result("damage at the strength", damage_at_strength(history, p)),
        Result("stress at the end", float(sigma[-1]), "MPa"),
        Result("stiffness at first", float(sigma[1] * p.edge / history[AXIS.column][1]), "MPa"),
    ]


def _target(**where: object) -> Target[StrengthParameters]:
    p = StrengthParameters(**where)
    return Target(
        name=f"strength, {p.regularisation}, {p.kinematics.replace('_', ' ')}{_words(where)}",
        paper=p.strength,
        unit="MPa",
        kind="verification",
        tolerance=0.01,
        read=strength,
        source=_SOURCE,
        where=where,
        applies=_resolved,
    )


def _resolved(parameters: StrengthParameters) -> bool:
    """A load step of 1 % may miss the peak by as much."""
    return parameters.steps >= StrengthParameters().steps


def _words(where: Mapping[str, object]) -> str:
    return ", with the split" if where.get("split") else ""


TARGETS: tuple[Target[StrengthParameters], ...] = (
    _target(),
    _target(regularisation="AT2"),
    _target(kinematics="plane_stress"),
    _target(regularisation="AT2", kinematics="plane_stress", split=True),
    _target(kinematics="solid"),
    Target(
        name="damage at the strength, AT2",
        paper=0.25,
        kind="verification",
        tolerance=0.03,
        read=damage_at_strength,
        source=_SOURCE,
        where={"regularisation": "AT2"},
        applies=_resolved,
    ),
)
