"""The bar, on rollers at the planes through the origin and pulled at its far end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dolfinx import fem
from dolfinx import mesh as dmesh
from dolfinx.fem import Constant, DirichletBC, FunctionSpace
from mpi4py import MPI

from lithode.cases.verification.strength.parameters import AXIS, StrengthParameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.structured import structured
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep


def build(parameters: StrengthParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the stretch."""
    p = parameters
    step = p.last_stretch / p.steps
    return Simulation(
        model=_sweep(p, domain or _mesh(p, comm)),
        control=StepControl(initial_step=step, max_step=step, min_step=1e-3 * step),
        end_time=p.last_stretch,
        health=[
            HealthLine(
                "L/l", p.edge / p.length, "above, damage may gather in a part of the bar", high=1.0
            ),
            HealthLine("sigma_c", p.strength, "strength in closed form", "MPa"),
        ],
    )


def probes(parameters: StrengthParameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""
    return [lambda: _sweep(parameters, _mesh(parameters, MPI.COMM_SELF))]


def _mesh(p: StrengthParameters, comm: MPI.Intracomm) -> Domain:
    dim = p.dimension
    return structured(comm, (p.edge,) * dim, (p.elements,) * dim)


def _sweep(p: StrengthParameters, domain: Domain) -> Sweep:
    def held(vectors: FunctionSpace[Any], load: Constant[Any]) -> list[DirichletBC[Any]]:
        mesh = domain.mesh
        facet, zero = mesh.topology.dim - 1, Constant(mesh, 0.0)
        conditions = []
        for axis in range(mesh.geometry.dim):
            plane = dmesh.locate_entities_boundary(
                mesh, facet, lambda x, axis=axis: abs(x[axis]) < 1e-9 * p.edge
            )
            along = vectors.sub(axis)
            dofs = fem.locate_dofs_topological(along, facet, plane)
            conditions.append(fem.dirichletbc(zero, dofs, along))
        far = boundary_dofs(domain, along, "counter_electrode")
        return [*conditions, fem.dirichletbc(load, far, along)]

    return Sweep(Fracture(domain, p.model, held, numerics=p.numerics), AXIS, 0.0)
