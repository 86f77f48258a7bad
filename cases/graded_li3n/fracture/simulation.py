"""The layer on its electrode, held at its far end and between mirrors far away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.fracture.supports import between_mirrors
from lithode.cases.graded_li3n.fracture.parameters import AXIS, Parameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.core.sizes import Band
from lithode.meshes import inclusion
from lithode.meshes.refined import Remesher, followed
from lithode.solvers.fracture.model import MARGINS, Fracture
from lithode.solvers.numerics.adapt import Adaptive, Initial, following
from lithode.solvers.numerics.front_sweep import FrontSweep
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import swept

Array = npt.NDArray[np.float64]


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume in the crack."""
    p = parameters
    return swept(
        _on_mesh(p, comm, domain),
        p.volumes,
        health=[
            HealthLine("l/a", p.length / p.flaw_length, "l against the flaw", high=0.2),
            HealthLine("l/R", p.length / p.particle_radius, "l against the particle", high=0.2),
            HealthLine("p_c", p.critical_pressure, "pressure that starts a sharp flaw", "MPa"),
        ],
    )


def probes(parameters: Parameters) -> list[Callable[[], FrontSweep]]:
    """Return a maker of the model on a coarse mesh."""
    p = parameters
    coarse = p.model_copy(update={"elements_per_length": p.length / (p.particle_radius / 3)})
    return [lambda: _sweep(coarse, inclusion.build(coarse.geometry, MPI.COMM_SELF))]


def _on_mesh(p: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> FrontSweep | Adaptive:
    make = partial(_sweep, p)
    if p.mesh == "fixed":
        return make(domain or inclusion.build(p.geometry, comm))

    def base(one: MPI.Intracomm, size: float) -> Domain:
        return inclusion.build(replace(p.geometry, size=size), one)

    def follow(band: Band, largest: float, initial: Initial) -> tuple[Domain, Remesher]:
        # Round particles stay the polygons of the base mesh; cracks run along rows of its cells.
        return followed(comm, domain, base, band, min(largest, 2 * band.size), initial)

    def flaw(points: Array) -> Array:
        # As wide as its damage: there are nodes of the base mesh in it.
        return _marks(p, points.T, 2 * p.length).astype(np.float64)

    return following(follow, p.element_size, p.length, flaw, make, MARGINS)


def _marks(p: Parameters, x: Array, reach: float) -> npt.NDArray[np.bool_]:
    """Return which places, of shape (3, n), are that near to the line of the flaw, in um."""
    near = abs(x[0] - p.geometry.width / 2) < reach
    return np.asarray(near & (x[1] < p.flaw_length + p.element_size / 4))


def _sweep(p: Parameters, domain: Domain) -> FrontSweep:
    # At least one row of elements of any shape.
    row = (0.75 if p.mesh == "fixed" else 1.1) * p.element_size

    def make(one: Domain) -> Fracture:
        return Fracture(one, p.model, between_mirrors(one), lambda x: _marks(p, x, row), p.numerics)

    return FrontSweep(make, domain, AXIS, 0.0)
