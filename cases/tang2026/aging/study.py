"""The film over the cycles, and the voltage with it."""

from __future__ import annotations

import numpy as np

from lithode.cases.tang2026.aging.parameters import Parameters
from lithode.core.health import HealthLine
from lithode.engine.study import Progress, Study, Tables

CYCLE = "cycle [1]"
INTERFACE = "interface [ohm cm]"


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
    cycles = np.geomspace(p.early_cycle, p.last_cycle, p.points)
    interface = p.film.at(cycles) / p.contact_of_pressure
    return Tables(
        {
            CYCLE: cycles,
            INTERFACE: interface,
            "voltage [mV]": 1e3 * p.voltage(1.0) * (p.solid + interface),
        }
    )
