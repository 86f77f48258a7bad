"""The interlayers that are compared, side by side in one sweep over the current density."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.wang2024 import design_model
from lithode.cases.wang2024.design_readings import AXIS
from lithode.cases.wang2024.gradient.parameters import Parameters, interlayers
from lithode.core.domain import Domain
from lithode.engine.case import Simulation
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    p.check_currents()
    _ = p.surface
    forms = {f"_{name}": found.form for name, found in interlayers(p).items()}
    return design_model.simulation(p, _models(p, domain or design_model.mesh(p, comm)), forms)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""

    def make() -> Sweep:
        p = design_model.coarse(parameters)
        return Sweep(_models(p, design_model.mesh(p, MPI.COMM_SELF)), AXIS, p.currents[0])

    return [make]


def _models(parameters: Parameters, domain: Domain) -> Variants:
    return Variants(
        {
            name: design_model.two_potential_model(
                domain, parameters, found.conductivities, found.form
            )
            for name, found in interlayers(parameters).items()
        }
    )
