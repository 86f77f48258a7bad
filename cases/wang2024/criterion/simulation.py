"""The criterion's interlayer by the two-potential model, swept over the current density."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.wang2024 import design_model
from lithode.cases.wang2024.criterion.parameters import Parameters, closed_form
from lithode.cases.wang2024.design_readings import AXIS
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.core.units import to_model
from lithode.engine.case import Simulation
from lithode.meshes import interlayer
from lithode.meshes.structured import layered_interval, structured
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    p.check_currents()
    _ = p.surface
    steady = _model(p, domain or _mesh(p, comm))
    return design_model.simulation(p, steady, {"": closed_form(p)})


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""

    def make() -> Sweep:
        p = parameters
        lengths, cells = (
            ((p.thickness,), (4,)) if p.dimension == 1 else ((p.width, p.thickness), (2, 4))
        )
        domain = structured(MPI.COMM_SELF, lengths, cells, region=interlayer.REGION)
        return Sweep(_model(p, domain), AXIS, p.currents[0])

    return [make]


def _mesh(parameters: Parameters, comm: MPI.Intracomm) -> Domain:
    p = parameters
    if p.dimension == 1:
        return layered_interval(comm, {interlayer.REGION: p.thickness}, p.element_size)
    with fields_named({"size": "element_size"}):
        shape = interlayer.Interlayer(p.width, p.thickness, p.element_size, 4 * p.element_size)
    return interlayer.build(shape, comm)


def _model(parameters: Parameters, domain: Domain) -> CurrentDistribution:
    p = parameters
    conductivities = to_model(p.ionic, "S/cm"), to_model(p.electronic, "S/cm")
    regions = {interlayer.REGION: conductivities}
    return design_model.two_potential_model(domain, p, regions, closed_form(p))
