"""A strip from lithium to a reservoir, and what is left of the salt at the front."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from mpi4py import MPI

from lithode.cases.verification.depletion.parameters import DepletionParameters
from lithode.core.domain import Domain
from lithode.meshes.front_strip import front_strip
from lithode.solvers.electrodeposition.quantitative.model import QuantitativeFront
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation


class FlatFront(QuantitativeFront):
    """A flat front that reports the concentration at itself."""

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars, with c at the front over c_0."""
        length = self.parameters.interface.profile_length
        near = self.weights.whole * (1 - np.tanh(self.distance.x.array / (2 * length)) ** 2)
        supply = self.weights.mean(self.front_fields["supply"], near)
        return {**super().measure(), "front_concentration [1]": supply}


def strip(parameters: DepletionParameters, comm: MPI.Intracomm) -> Domain:
    """Return a strip two squares wide, fine around the front at 10 d."""
    p = parameters
    size, band = p.interface_width / p.elements_per_width, 18 * p.profile_length
    return front_strip(comm, 3 * size, band + p.depth, (0.0, band), size, p.depth / 100)


def build(
    parameters: DepletionParameters, comm: MPI.Intracomm, domain: Domain | None
) -> Simulation:
    """Make the simulation."""
    p = parameters
    return Simulation(
        model=_model(p, domain or strip(p, comm)),
        control=StepControl(
            initial_step=1e-6 * p.duration, max_step=p.duration / 50, min_step=1e-13 * p.duration
        ),
        end_time=p.duration,
        conservation={"lithium": "lithium_defect [1]", "charge": "charge_defect [1]"},
    )


def _model(p: DepletionParameters, domain: Domain) -> FlatFront:
    d = p.profile_length

    def start(points: Array) -> Array:
        return np.asarray((1 + np.tanh((10 * d - points[:, 1]) / (2 * d))) / 2)

    return FlatFront(domain, p.model, start, p.numerics)


def probes(parameters: DepletionParameters) -> list[Callable[[], FlatFront]]:
    """Return makers of the model on a handful of cells."""
    return [lambda: _model(parameters, strip(parameters, MPI.COMM_SELF))]
