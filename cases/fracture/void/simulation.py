"""The block with its void, filled volume by volume, at the current that stalls it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.fracture import stalled_crack
from lithode.cases.fracture.edge_crack import AXIS
from lithode.cases.fracture.void.parameters import VoidParameters
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.meshes import pore
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.lithium_crack.stalled import StalledCrack
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep

Array = npt.NDArray[np.float64]


def build(parameters: VoidParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume of lithium in the void."""
    p = parameters
    if p.mesh == "adaptive":
        raise InputError("mesh", p.mesh, "is not offered by this case")
    return _sweep(p, comm, domain).simulation(p.volumes, [*stalled_crack.health(p), *_health(p)])


def probes(parameters: VoidParameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a coarse mesh."""
    p = stalled_crack.coarse(parameters).model_copy(update={"strength": None})
    return [lambda: _sweep(p, MPI.COMM_SELF, None)]


def _health(p: VoidParameters) -> list[HealthLine]:
    if not p.is_pore:
        return []
    return [
        HealthLine("l/R", p.length / p.end_radius, "l over the radius of the pore's end"),
        HealthLine("s", p.wall_strength, "strength of the wall", "MPa"),
        HealthLine("p_v", p.void_pressure, "pressure by which the pore cracks, about", "MPa"),
    ]


def _sweep(p: VoidParameters, comm: MPI.Intracomm, domain: Domain | None) -> Sweep:
    return Sweep(StalledCrack(_fracture(p, comm, domain), p.lithium), AXIS, 0.0)


def _fracture(p: VoidParameters, comm: MPI.Intracomm, domain: Domain | None) -> Fracture:
    if p.is_pore:
        domain = domain or pore.build(_pore(p), comm)
        held = stalled_crack.far_away(p, domain)
        return Fracture(domain, p.model, held, _crack(p), p.numerics)
    crack = stalled_crack.geometry(p, p.void_width)
    domain = domain or crack.domain(comm)
    held = stalled_crack.far_away(p, domain)
    return Fracture(domain, p.model, held, crack.broken, p.numerics)


def _crack(p: VoidParameters) -> Callable[[Array], npt.NDArray[np.bool_]]:
    """Return what marks the crack up to the pore, and the groove at its far end."""
    h, near, far = p.element_size, p.flaw_length - p.void_height, p.crack_size

    def broken(x: Array) -> npt.NDArray[np.bool_]:
        beyond = (x[1] > p.flaw_length - h / 4) & (x[1] < far + h / 4) if p.groove else False
        return np.asarray((abs(x[0] - p.block) < 0.75 * h) & ((x[1] < near + h / 4) | beyond))

    return broken


def _pore(p: VoidParameters) -> pore.Pore:
    return pore.Pore(
        cover=p.flaw_length - p.void_height,
        height=p.void_height,
        width=p.void_width,
        size=p.element_size,
        near=3 * p.length,
        path=p.longest + 6 * p.length,
        reach=p.block,
    )
