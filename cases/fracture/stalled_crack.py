"""The block with a crack at its edge, filled volume by volume, at the current that stalls it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, FunctionSpace
from mpi4py import MPI

from lithode.cases.fracture.edge_crack import AXIS, EdgeCrackParameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.edge_crack import EdgeCrack
from lithode.meshes.refined import followed
from lithode.solvers.fracture.model import MARGINS, Fracture, Held
from lithode.solvers.lithium_crack.stalled import StalledCrack
from lithode.solvers.numerics.adapt import Adaptable, Adaptive, following
from lithode.solvers.numerics.front_sweep import FrontSweep
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import swept

Array = npt.NDArray[np.float64]
Made = TypeVar("Made", bound=Adaptable)
Parameters = TypeVar("Parameters", bound=EdgeCrackParameters)


def simulation(p: EdgeCrackParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume of lithium in the crack."""
    return swept(on_mesh(p, comm, domain, partial(sweep, p)), p.volumes, health(p))


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


def on_mesh(
    p: EdgeCrackParameters,
    comm: MPI.Intracomm,
    domain: Domain | None,
    make: Callable[[Domain], Made],
) -> Made | Adaptive:
    """Make a model of the block on the mesh that is asked for, or that of a checkpoint."""
    crack = geometry(p)
    if p.mesh == "fixed":
        return make(domain or crack.domain(comm))

    def flaw(points: Array) -> Array:
        return crack.broken(points.T).astype(np.float64)

    follow = partial(followed, comm, domain, crack.base)
    return following(follow, crack.size, p.length, flaw, make, MARGINS)


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


def sweep(p: EdgeCrackParameters, domain: Domain) -> FrontSweep:
    """Make the model, empty."""
    return FrontSweep(lambda one: StalledCrack(fracture(p, one), p.lithium), domain, AXIS, 0.0)


def fracture(p: EdgeCrackParameters, domain: Domain) -> Fracture:
    """Make the block with its crack."""
    return Fracture(domain, p.model, far_away(p, domain), geometry(p).broken, p.numerics)


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


def probe(p: EdgeCrackParameters) -> FrontSweep:
    """Make the model on a coarse mesh, for the options of its solvers."""
    rough = coarse(p)
    return sweep(rough, geometry(rough).domain(MPI.COMM_SELF))


def coarse(p: Parameters) -> Parameters:
    """Return the same crack on a coarse mesh."""
    rough = {"length_ratio": 0.5, "elements_per_length": 2, "last_volume": 0.2}
    return p.model_copy(update=rough)
