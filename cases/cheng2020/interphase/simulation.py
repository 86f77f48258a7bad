"""The simulation of the interphase, and its probes."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.meshes import layer_pair
from lithode.meshes.layer_pair import Bilayer
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.interphase.model import Interphase
from lithode.solvers.interphase.parameters import ELECTROLYTE, METAL
from lithode.solvers.interphase.setup import simulation
from lithode.solvers.numerics.simulation import Simulation


def geometry(parameters: InterphaseInputs) -> Bilayer:
    """Return the geometry; refuses what does not fit."""
    p = parameters
    with fields_named(p.mesh_fields):
        return Bilayer(
            lower=p.lithium_thickness,
            upper=p.electrolyte_thickness,
            size=p.model_value("element_size"),
            reach=(0.05, p.model_value("resolved_depth")),
            width=p.width,
            roughness=p.roughness,
        )


def build(parameters: InterphaseInputs, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""

    def mesh() -> Domain:
        return domain or layer_pair.build(geometry(parameters), (METAL, ELECTROLYTE), comm)

    return simulation(parameters, mesh)


def probes(parameters: InterphaseInputs) -> list[Callable[[], Interphase]]:
    """Return a maker of the model on a few cells."""
    shape = geometry(parameters)

    def make() -> Interphase:
        coarse = Bilayer(shape.lower, shape.upper, min(shape.lower, shape.upper) / 5, (0.0, 0.0))
        small = parameters.model_copy(update={"width": None})
        domain = layer_pair.build(coarse, (METAL, ELECTROLYTE), MPI.COMM_SELF)
        return Interphase(domain, small.model(), parameters.numerics)

    return [make]
