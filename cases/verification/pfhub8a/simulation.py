"""A nucleus in the corner of a square under a constant drive, by the wetting model."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from mpi4py import MPI

from lithode.cases.verification.pfhub8a.parameters import (
    CRITICAL,
    SIDE,
    WIDTH,
    Pfhub8aParameters,
)
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.refined import Remesher
from lithode.meshes.structured import structured
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import Drive, Numerics, Observation, Parameters, Walls
from lithode.theory.free_energy import Interface

CONTROL = StepControl(initial_step=0.01, max_step=5.0, min_step=1e-6)


def corner(comm: MPI.Intracomm, size: float, reach: float = 20.0) -> Domain:
    """Return a quarter of the square, refined up to a distance from the nucleus.

    Args:
        comm: Communicator of the mesh.
        size: Of the elements there.
        reach: The distance.
    """
    cells = math.ceil(SIDE / 2 / (16 * size))
    remesher = Remesher.of(comm, lambda one: structured(one, (SIDE / 2,) * 2, (cells,) * 2))

    def allowed(points: Array) -> Array:
        beyond = np.maximum(np.linalg.norm(points[:, :2], axis=1) - reach, 0.0)
        return np.asarray(1.5 * size + 0.3 * beyond)

    return remesher.remade(allowed)


def nucleus(domain: Domain, ratio: float, tolerance: float) -> Wetting:
    """Return a nucleus of a radius over the critical one."""

    def start(points: Array) -> Array:
        r = np.linalg.norm(points[:, :2], axis=1)
        return np.asarray(0.5 * (1 - np.tanh((r - ratio * CRITICAL) / math.sqrt(2))))

    drive = Drive(pressure=math.sqrt(2) / (6 * CRITICAL))
    parameters = Parameters(Interface(1.0, 1.0, 1.0), Walls({}), 1.0, drive)
    numerics = Numerics(tolerance=tolerance)
    return Wetting(domain, parameters, start, numerics, Observation(pores="electrolyte"))


def build(parameters: Pfhub8aParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    p = parameters
    domain = domain or corner(comm, p.element_size)
    return Simulation(
        model=nucleus(domain, p.radius_ratio, p.time_tolerance),
        control=CONTROL,
        end_time=p.end_time,
        output_times=(50.0, 100.0, 150.0),
        health=[
            HealthLine(
                "w/h",
                WIDTH / p.element_size,
                "elements per interface width; below, nuclei die that should grow",
                low=6.0,
            )
        ],
    )


def probes(parameters: Pfhub8aParameters) -> list[Callable[[], Wetting]]:
    """Return makers of the model on a handful of cells."""
    p = parameters

    def make() -> Wetting:
        domain = structured(MPI.COMM_SELF, (SIDE / 2,) * 2, (8, 8))
        return nucleus(domain, p.radius_ratio, p.time_tolerance)

    return [make]
