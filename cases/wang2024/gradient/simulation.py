"""The interlayers that are compared, side by side in one sweep over the current density."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.wang2024 import design_model
from lithode.cases.wang2024.design_readings import AXIS
from lithode.cases.wang2024.gradient.parameters import LAYERS, Parameters, interlayers
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.engine.case import Simulation
from lithode.meshes import interlayer
from lithode.meshes.interlayer import Layer
from lithode.meshes.structured import layered_interval
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    p.check_currents()
    _ = p.surface
    forms = {f"_{name}": found.form for name, found in interlayers(p).items()}
    return design_model.simulation(p, _models(p, domain or _mesh(p, comm)), forms)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""

    def make() -> Sweep:
        p = parameters.model_copy(update={"dimension": 1, "element_size": parameters.thickness})
        return Sweep(_models(p, _mesh(p, MPI.COMM_SELF)), AXIS, p.currents[0])

    return [make]


def _mesh(parameters: Parameters, comm: MPI.Intracomm) -> Domain:
    p, half = parameters, parameters.thickness / 2
    if p.dimension == 1:
        return layered_interval(comm, dict.fromkeys(LAYERS, half), p.element_size)
    layers = tuple(Layer(name, half) for name in LAYERS)
    with fields_named({"size": "element_size"}):
        size = p.element_size
        shape = interlayer.Interlayer(p.width, p.thickness, size, 4 * size, layers=layers)
    return interlayer.build(shape, comm)


def _models(parameters: Parameters, domain: Domain) -> Variants:
    return Variants(
        {
            name: design_model.two_potential_model(domain, parameters, found.regions, found.form)
            for name, found in interlayers(parameters).items()
        }
    )
