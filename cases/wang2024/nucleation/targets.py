"""How far lithium nucleates at each contact angle: results and the paper's words."""

from __future__ import annotations

import numpy as np

from lithode.cases.wang2024.interlayer_readings import (
    PAPER_TIME,
    at,
    conductivities,
    electrical,
    reaches_paper_time,
)
from lithode.cases.wang2024.measured import PAPER
from lithode.cases.wang2024.nucleation.parameters import Parameters, label
from lithode.engine.verdict import Result, Target, Value
from lithode.output.history import History


def lengths(
    history: History, parameters: Parameters, time: float | None = None
) -> list[float] | None:
    """Return the nucleation length above the base of each angle, in um; the end by default."""
    p = parameters
    name = f"nucleation_length_base_{p.overpotential}"
    found = [at(history, f"{name}_{label(angle)} [um]", time) for angle in p.contact_angles]
    return None if None in found else [length for length in found if length is not None]


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return the nucleation length and critical overpotential of each angle, and currents."""
    p, nucleation = parameters, parameters.nucleation
    found = []
    for angle, length in zip(p.contact_angles, lengths(history, p) or (), strict=True):
        critical = 1e3 * nucleation[label(angle)].critical_overpotential
        found += [
            Result(f"nucleation length at {angle:g} deg", length, "um"),
            Result(f"critical overpotential at {angle:g} deg", critical, "mV"),
        ]
    return [*found, *electrical(history)]


def _trend(history: History, parameters: Parameters) -> Value:
    """Return whether the region shrinks towards lithium as the angle rises."""
    found = lengths(history, parameters, PAPER_TIME)
    if found is None or len(found) < 2:
        return None
    shown = np.array(found)[np.argsort(parameters.contact_angles)]
    shrinks = bool(np.all(np.diff(shown[shown > 0]) < 0)) and shown[0] > shown[-1]
    return "confined to Li" if shrinks and bool(np.all(np.diff(shown) <= 0)) else "not confined"


def _suppressed(history: History, parameters: Parameters) -> Value:
    found = lengths(history, parameters, PAPER_TIME)
    if found is None:
        return None
    largest = found[int(np.argmax(parameters.contact_angles))]
    return "none" if largest == 0 else "nucleation"


def _against_closed_form(history: History, parameters: Parameters) -> Value:
    """Return the largest difference of the lengths from the closed form, over the thickness."""
    p, found = parameters, lengths(history, parameters, PAPER_TIME)
    if found is None:
        return None
    differences = [
        abs(length - p.closed_form(a)) for length, a in zip(found, p.contact_angles, strict=True)
    ]
    return max(differences) / p.thickness


TARGETS: tuple[Target[Parameters], ...] = (
    *conductivities(["LNI-5CNT"], counted_by="wang2024/transport"),
    # By equation 10 eta_c rises with the angle, whatever the rest of the model.
    Target(
        name="nucleation with rising contact angle",
        paper="confined to Li",
        kind="verification",
        read=_trend,
        source=f"{PAPER}, text on Fig. 2g-i",
        applies=reaches_paper_time,
    ),
    Target(
        name="nucleation at the largest angle",
        paper="none",
        kind="calibrated",
        tuned=("surface_energy",),
        read=_suppressed,
        source=f"{PAPER}, text on Fig. 2j",
        applies=reaches_paper_time,
    ),
    Target(
        name="lengths against l_i (1 - eta_c / eta), over l_i",
        paper=0.0,
        kind="verification",
        tolerance=0.05,
        read=_against_closed_form,
        source="closed form, docs/wang2024-nucleation.md",
        applies=reaches_paper_time,
    ),
)
