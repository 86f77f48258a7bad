"""The film over the cycles, and the voltage with it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.aging.parameters import Parameters
from lithode.core.health import HealthLine
from lithode.engine.study import Progress, Study, Tables

CYCLE = "cycle [1]"
INTERFACE, VOLTAGE = "interface [ohm cm]", "voltage [mV]"
BORNE = "bearable_current [mA/cm^2]"

Array = npt.NDArray[np.float64]


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    p.check()
    health = [
        HealthLine("theta", p.contact, "contact of the late cell if all growth were lost contact"),
        HealthLine("n_2", p.film.growth_time, "cycles in which the film grows by root two"),
    ]
    return Study(lambda progress: _compute(p, progress), health)


def _compute(p: Parameters, progress: Progress) -> Tables:
    progress(0.0)
    cycles = np.geomspace(p.ages[0], p.last_cycle, p.points)
    interface = p.film.at(cycles) / p.contact_of_pressure
    return Tables(
        {
            CYCLE: cycles,
            INTERFACE: interface,
            VOLTAGE: 1e3 * p.voltage(1.0) * (p.solid + interface),
        },
        {"contact": by_contact(p)},
    )


def by_contact(p: Parameters) -> dict[str, Array]:
    """Return what the measured interface says of contact, voltage and current, at each age.

    The current goes straight through the part that touches, so the solid has R / theta.
    """
    aged, theta = p.measured, p.measured.contact
    return {
        CYCLE: aged.cycles,
        INTERFACE: aged.interface,
        "contact [1]": theta,
        "void [ohm cm]": (1 / theta - 1) * p.solid,
        VOLTAGE: 1e3 * p.voltage(1.0) * (p.solid / theta + aged.interface),
        BORNE: theta * p.limiting_current,
    }
