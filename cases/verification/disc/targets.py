"""How fast the disc became smaller."""

from __future__ import annotations

import numpy as np

from lithode.cases.verification.disc.parameters import DiscParameters
from lithode.cases.verification.front import DOCS
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_SETTLED = 0.1
"""Share of the run that is not looked at."""


def shrinkage(history: History, _: DiscParameters) -> float:
    """Return -d(R^2)/dt in um^2/s."""
    time, square = history["time [s]"], 4 * history["lithium [um^2]"] / np.pi
    settled = time >= _SETTLED * time[-1]
    return -float(np.polyfit(time[settled], square[settled], 1)[0])


def energy_falls(history: History, _: DiscParameters) -> str:
    """Return whether the energy of the surface falls at every step."""
    return (
        "at every step" if np.all(np.diff(history["surface_energy [pJ/um]"]) < 0) else "not always"
    )


def results(history: History, parameters: DiscParameters) -> list[Result]:
    """Return the rate beside that of a sharp disc, and the energy."""
    p, energy = parameters, history["surface_energy [pJ/um]"]
    radius = np.sqrt(4 * history["lithium [um^2]"] / np.pi)
    return [
        Result("-d(R^2)/dt", shrinkage(history, p), "um^2/s"),
        Result("-d(R^2)/dt of a sharp disc", 2 * p.mobility, "um^2/s"),
        Result("radius at first", float(radius[0]), "um"),
        Result("radius at the end", float(radius[-1]), "um"),
        Result("energy of the quarter at first", float(energy[0]), "pJ/um"),
        Result("energy at the end", float(energy[-1]), "pJ/um"),
        Result("energy falls", energy_falls(history, p)),
    ]


_SOURCE = f"R^2 = R_0^2 - 2 i_0 gamma V_m^2 / (F R T) t, {DOCS}"
TARGETS: tuple[Target[DiscParameters], ...] = (
    Target(
        name="-d(R^2)/dt",
        paper=2 * DiscParameters().mobility,
        unit="um^2/s",
        kind="verification",
        tolerance=0.02,
        read=shrinkage,
        source=_SOURCE,
        applies=lambda p: p.interface_width <= 1.5,
    ),
    Target(
        name="-d(R^2)/dt at twice the width",
        paper=2 * DiscParameters().mobility,
        unit="um^2/s",
        kind="verification",
        tolerance=0.05,
        read=shrinkage,
        source=_SOURCE,
        where={"interface_width": 3.0},
    ),
    Target(
        name="energy of the surface falls",
        paper="at every step",
        kind="verification",
        read=energy_falls,
        source="no voltage is applied",
    ),
)
