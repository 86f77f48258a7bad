"""The plate, clamped below and pulled at its upper side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, FunctionSpace
from mpi4py import MPI

from lithode.cases.verification.notched_plate.parameters import AXIS, PlateParameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes import notched_plate
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep


def build(parameters: PlateParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the displacement of the upper side."""
    p = parameters
    sweep = _sweep(p, domain or notched_plate.build(p.plate, comm))
    return sweep.simulation(
        p.stretches,
        health=[
            HealthLine("l", p.length, "against the cut of 500 um", "um", high=20.0),
            HealthLine("l/h", p.elements_per_length, "elements per l", low=4.0),
        ],
    )


def probes(parameters: PlateParameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a coarse mesh."""
    coarse = parameters.model_copy(update={"length": 100.0, "elements_per_length": 1})
    return [lambda: _sweep(coarse, notched_plate.build(coarse.plate, MPI.COMM_SELF))]


def _sweep(p: PlateParameters, domain: Domain) -> Sweep:
    def held(vectors: FunctionSpace[Any], load: Constant[Any]) -> list[DirichletBC[Any]]:
        along, up = vectors.sub(0), vectors.sub(1)
        lower = boundary_dofs(domain, vectors, "electrode")
        conditions: list[DirichletBC[Any]] = [
            fem.dirichletbc(np.zeros(2), lower, vectors),
            fem.dirichletbc(load, boundary_dofs(domain, up, "counter_electrode"), up),
        ]
        if p.upper_side == "held":
            upper = boundary_dofs(domain, along, "counter_electrode")
            conditions.append(fem.dirichletbc(Constant(domain.mesh, 0.0), upper, along))
        return conditions

    return Sweep(Fracture(domain, p.model, held, numerics=p.numerics), AXIS, 0.0)
