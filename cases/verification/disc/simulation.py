"""A quarter of a disc in the corner of a square, at no voltage."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from dolfinx.mesh import DiagonalType
from mpi4py import MPI

from lithode.cases.verification.disc.parameters import ROOM, DiscParameters
from lithode.core.domain import Domain
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.quantitative.model import QuantitativeFront
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation


class Disc(QuantitativeFront):
    """A quarter of a disc that reports its radius and the energy of its surface."""

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars, with area and surface energy of the quarter."""
        row, p = super().measure(), self.parameters.interface
        steep = 1 - np.tanh(self.distance.x.array / (2 * p.profile_length)) ** 2
        length = float(self.weights.sums(self.weights.whole * steep)[0]) / (4 * p.profile_length)
        return {**row, "surface_energy [pJ/um]": p.surface_energy * length}


def build(parameters: DiscParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    p = parameters
    side, size = ROOM * p.radius, math.sqrt(2) * p.interface_width / p.elements_per_width
    cells = math.ceil(side / size)
    domain = domain or structured(comm, (side, side), (cells, cells), DiagonalType.crossed)
    return Simulation(
        model=_model(p, domain),
        control=StepControl(
            initial_step=1e-4 * p.duration, max_step=p.duration / 15, min_step=1e-9 * p.duration
        ),
        end_time=p.duration,
        conservation={"charge": "charge_defect [1]"},
    )


def _model(p: DiscParameters, domain: Domain) -> Disc:
    def start(points: Array) -> Array:
        depth = p.radius - np.hypot(points[:, 0], points[:, 1])
        return np.asarray((1 + np.tanh(depth / (2 * p.profile_length))) / 2)

    return Disc(domain, p.model, start, p.numerics)


def probes(parameters: DiscParameters) -> list[Callable[[], Disc]]:
    """Return makers of the model on a handful of cells."""
    side = ROOM * parameters.radius
    return [lambda: _model(parameters, structured(MPI.COMM_SELF, (side, side), (8, 8)))]
