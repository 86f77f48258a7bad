"""The simulation of the symmetric cell, its health lines and its probes."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.ji2020.symmetric_cell.parameters import Parameters, protocol_of
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.meshes import stack
from lithode.solvers.layered_cell.inputs import LayeredCellInputs
from lithode.solvers.layered_cell.model import LayeredCell
from lithode.solvers.layered_cell.parameters import Parameters as Physics
from lithode.solvers.layered_cell.setup import simulation
from lithode.solvers.numerics.simulation import Simulation


def stack_of(p: LayeredCellInputs) -> stack.Stack:
    """Return the geometry.

    Raises:
        InputError: The lists do not fit each other, or a number is not positive.
    """
    p.check()
    with fields_named({"size": "element_size", "reach": "fine_depth"}):
        return stack.Stack(
            p.thicknesses,
            p.element_size,
            p.fine_depth,
            p.width if p.dimension == 2 else None,
            p.columns,
        )


def physics_of(p: LayeredCellInputs, geometry: stack.Stack) -> Physics:
    """Return the model's parameters on a geometry."""
    count = len(p.thicknesses)
    layers = [geometry.layer(k) for k in range(count)]
    return p.model(layers, [geometry.junction(k) for k in range(count - 1)], stack.JUNCTION)


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    protocol, geometry = protocol_of(p), stack_of(p)
    physics = physics_of(p, geometry)
    return simulation(p, physics, protocol, lambda: domain or stack.build(geometry, comm))


def probes(parameters: Parameters) -> list[Callable[[], LayeredCell]]:
    """Return a maker of the model on a few cells."""

    def make() -> LayeredCell:
        p = parameters
        geometry = stack.Stack(p.thicknesses, min(p.thicknesses) / 4, 1.0)
        domain = stack.build(geometry, MPI.COMM_SELF)
        plain = p.model_copy(update={"dimension": 1})
        return LayeredCell(domain, physics_of(plain, geometry), protocol_of(p))

    return [make]
