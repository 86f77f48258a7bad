"""The criterion's interlayer by the two-potential model, swept over the current density."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.wang2024 import design_model
from lithode.cases.wang2024.criterion.parameters import Parameters, closed_form
from lithode.cases.wang2024.design_readings import AXIS
from lithode.core.domain import Domain
from lithode.core.units import to_model
from lithode.engine.case import Simulation
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    p.check_currents()
    _ = p.surface, p.layers
    steady = _model(p, domain or design_model.mesh(p, comm))
    return design_model.simulation(p, steady, {"": closed_form(p)})


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""

    def make() -> Sweep:
        p = design_model.coarse(parameters)
        return Sweep(_model(p, design_model.mesh(p, MPI.COMM_SELF)), AXIS, p.currents[0])

    return [make]


def _model(parameters: Parameters, domain: Domain) -> CurrentDistribution:
    p = parameters
    conductivities = [
        (to_model(layer.ionic, "S/cm"), to_model(layer.electronic, "S/cm")) for layer in p.layers
    ]
    return design_model.two_potential_model(domain, p, conductivities, closed_form(p))
