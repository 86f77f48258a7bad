"""The block with a crack at its edge, filled volume by volume, at the current that stalls it."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, FunctionSpace
from mpi4py import MPI

from lithode.cases.fracture.edge_crack import AXIS, EdgeCrackParameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.edge_crack import EdgeCrack
from lithode.solvers.fracture.model import Fracture, Held
from lithode.solvers.lithium_crack.stalled import StalledCrack
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep

Parameters = TypeVar("Parameters", bound=EdgeCrackParameters)


def simulation(p: EdgeCrackParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume of lithium in the crack."""
    return sweep(p, comm, domain).simulation(p.volumes, health(p))


def health(p: EdgeCrackParameters) -> list[HealthLine]:
    """Return what to look at before a run."""
    return [
        HealthLine(
            "l/c",
            round(p.length / p.crack_size, 6),
            "the crack is long against its width",
            high=0.1,
        ),
        HealthLine("p_c", p.critical_pressure, "even pressure by which it starts", "MPa"),
        HealthLine(
            "S",
            p.interface_number(p.flaw_length),
            "c / (sigma r); the law for one pressure "
            "is off by 3 % at 3, and means little beyond 10",
            high=3.0 if p.flow == "one_pressure" else None,
        ),
    ]


def sweep(p: EdgeCrackParameters, comm: MPI.Intracomm, domain: Domain | None) -> Sweep:
    """Make the model, empty."""
    return Sweep(StalledCrack(fracture(p, comm, domain), p.lithium), AXIS, 0.0)


def fracture(p: EdgeCrackParameters, comm: MPI.Intracomm, domain: Domain | None) -> Fracture:
    """Make the block with its crack."""
    crack = geometry(p)
    domain = domain or crack.domain(comm)
    return Fracture(domain, p.model, far_away(p, domain), crack.broken, p.numerics)


def geometry(p: EdgeCrackParameters, gap: float = 0.0) -> EdgeCrack:
    """Return the block with its crack, beside a gap of a width in um."""
    return EdgeCrack(
        length=p.flaw_length,
        element_size=p.element_size,
        path=p.longest + 6 * p.length,
        width=3 * p.length,
        reach=p.block,
        gap=gap,
    )


def far_away(p: EdgeCrackParameters, domain: Domain) -> Held:
    """Return the conditions of a block that is held at its sides and its top."""

    def held(vectors: FunctionSpace[Any], _: Constant[Any]) -> list[DirichletBC[Any]]:
        far = ("sides", "counter_electrode")
        if not p.compression:
            fixed = (boundary_dofs(domain, vectors, name) for name in far)
            return [fem.dirichletbc(np.zeros(2), dofs, vectors) for dofs in fixed]
        # What swells slides along the sides, so that compression is even.
        across, along = vectors.sub(0), vectors.sub(1)
        zero = Constant(domain.mesh, 0.0)
        return [
            fem.dirichletbc(zero, boundary_dofs(domain, part, name), part)
            for part, name in (*((across, name) for name in far), (along, far[1]))
        ]

    return held


def probe(p: EdgeCrackParameters) -> Sweep:
    """Make the model on a coarse mesh, for the options of its solvers."""
    return sweep(coarse(p), MPI.COMM_SELF, None)


def coarse(p: Parameters) -> Parameters:
    """Return the same crack on a coarse mesh."""
    rough = {"length_ratio": 0.5, "elements_per_length": 2, "last_volume": 0.2}
    return p.model_copy(update=rough)
