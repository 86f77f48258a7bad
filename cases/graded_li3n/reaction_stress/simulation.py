"""The sweep over the extent of the reaction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from dolfinx import fem
from dolfinx.fem import Function
from mpi4py import MPI

from lithode.cases.graded_li3n.reaction_stress.parameters import EXTENT, Parameters, first_step
from lithode.cases.graded_li3n.reaction_stress.state import State
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.output.fields import load
from lithode.solvers.multiphase_solid.model import MultiphaseSolid
from lithode.solvers.multiphase_solid.parameters import Numerics
from lithode.solvers.numerics.checkpoint import FILE_NAME, newest, read_domain
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep


def _mesh_of(parameters: Parameters, comm: MPI.Intracomm) -> Path:
    """Return the newest sound checkpoint of the bilayer run, which holds its mesh."""
    folder = parameters.run.checkpoints
    return newest(folder, comm, case="graded-li3n/bilayer") or folder / FILE_NAME


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the extent of the reaction, on the mesh of the bilayer run."""
    p = parameters
    if not p.extents or p.extents[0] < 0 or p.extents[-1] > 100 or np.any(np.diff(p.extents) <= 0):
        raise InputError("extents", p.extents, "must rise, from 0 to 100 at most", "%")
    first = on_root(comm, lambda: first_step(p))
    domain = domain or read_domain(_mesh_of(p, comm), comm)
    space = fem.functionspace(domain.mesh, ("P", 1))
    xi = Function(space, name="order_parameter")
    load(p.run.fields, xi.name, p.time, xi)
    state = State(p, first, domain, xi)
    numerics = Numerics(
        2 if p.displacement == "quadratic" else 1,
        solver=p.solver,
        kinematics=first.numerics.kinematics,
    )
    solid = MultiphaseSolid(
        domain,
        state.phases,
        state.extent,
        shown=(xi, state.reacting()),
        places={"tip": state.tip()},
        numerics=numerics,
    )
    return Sweep(solid, EXTENT, p.extents[0]).simulation(p.extents)
