"""The layer on its electrode, held at its far end and between mirrors far away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.fracture.supports import between_mirrors
from lithode.cases.graded_li3n.fracture.parameters import AXIS, Parameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes import inclusion
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep

Array = npt.NDArray[np.float64]


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume in the crack."""
    p = parameters
    sweep = _sweep(p, domain or inclusion.build(p.geometry, comm))
    return sweep.simulation(
        p.volumes,
        health=[
            HealthLine("l/a", p.length / p.flaw_length, "l against the flaw", high=0.2),
            HealthLine("l/R", p.length / p.particle_radius, "l against the particle", high=0.2),
            HealthLine("p_c", p.critical_pressure, "pressure that starts a sharp flaw", "MPa"),
        ],
    )


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a coarse mesh."""
    p = parameters
    coarse = p.model_copy(update={"elements_per_length": p.length / (p.particle_radius / 3)})
    return [lambda: _sweep(coarse, inclusion.build(coarse.geometry, MPI.COMM_SELF))]


def _sweep(p: Parameters, domain: Domain) -> Sweep:
    h, middle = p.element_size, p.geometry.width / 2

    def crack(x: Array) -> npt.NDArray[np.bool_]:
        """At least one row of elements of any shape."""
        return np.asarray((abs(x[0] - middle) < 0.75 * h) & (x[1] < p.flaw_length + h / 4))

    return Sweep(Fracture(domain, p.model, between_mirrors(domain), crack, p.numerics), AXIS, 0.0)
