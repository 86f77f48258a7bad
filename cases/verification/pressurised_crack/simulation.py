"""The block to the right of the crack's middle, or mouth, held at its far sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx import mesh as dmesh
from dolfinx.fem import Constant, DirichletBC, FunctionSpace
from mpi4py import MPI

from lithode.cases.verification.pressurised_crack.parameters import AXIS, BLOCK, CrackParameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.structured import graded, stretched
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep

Array = npt.NDArray[np.float64]


def build(parameters: CrackParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume of the crack, of which a mirror leaves half on the mesh."""
    p = parameters
    sweep = _sweep(p, domain or _mesh(p, comm))
    return sweep.simulation(
        p.volumes,
        health=[
            HealthLine("l/a", p.length_ratio, "the crack is long against its width", high=0.1),
            HealthLine("p_c", p.critical_pressure, "pressure by which it starts", "MPa"),
        ],
    )


def probes(parameters: CrackParameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a coarse mesh."""
    coarse = parameters.model_copy(update={"length_ratio": 0.5, "elements_per_length": 2})
    return [lambda: _sweep(coarse, _mesh(coarse, MPI.COMM_SELF))]


def _mesh(p: CrackParameters, comm: MPI.Intracomm) -> Domain:
    """Return the block on one side: fine where the crack goes, and coarser away from it."""
    a, h, far = p.half_length, p.element_size, BLOCK * p.half_length
    along = graded(a * (1 + 0.8 * max(p.last_volume - 1, 0)) + 6 * p.length, h, far)
    up = graded(4 * p.length, h, far)
    return stretched(comm, (along, np.concatenate([-up[:0:-1], up])))


def _sweep(p: CrackParameters, domain: Domain) -> Sweep:
    mesh, h = domain.mesh, p.element_size
    far = (1 - 1e-9) * BLOCK * p.half_length

    def held(vectors: FunctionSpace[Any], _: Constant[Any]) -> list[DirichletBC[Any]]:
        def middle(x: Array) -> npt.NDArray[np.bool_]:
            return np.asarray(x[0] < h / 4)

        def away(x: Array) -> npt.NDArray[np.bool_]:
            return np.asarray((x[0] >= far) | (abs(x[1]) >= far))

        across = vectors.sub(0)
        sides, mirror = (dmesh.locate_entities_boundary(mesh, 1, at) for at in (away, middle))
        fixed = fem.locate_dofs_topological(vectors, 1, sides)
        conditions = [fem.dirichletbc(np.zeros(2), fixed, vectors)]
        if p.place == "inner":
            sliding = fem.locate_dofs_topological(across, 1, mirror)
            conditions.append(fem.dirichletbc(Constant(mesh, 0.0), sliding, across))
        return conditions

    def crack(x: Array) -> npt.NDArray[np.bool_]:
        """One row of elements: all nodes at its lower and its upper side."""
        return np.asarray((x[0] < p.half_length + h / 4) & (x[1] > -h / 4) & (x[1] < 1.25 * h))

    return Sweep(Fracture(domain, p.model, held, crack, p.numerics), AXIS, 0.0)
