"""The simulation of the bilayer."""

from __future__ import annotations

from functools import partial

from mpi4py import MPI

from lithode.cases.graded_li3n.bilayer.drawing import layers
from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.cases.graded_li3n.geometry import mesh
from lithode.core.domain import Domain
from lithode.meshes.refined import followed
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics.simulation import Simulation


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; the geometry is checked before it is meshed."""
    p = parameters

    def make(one: MPI.Intracomm, size: float | None = None) -> Domain:
        return mesh(p, one, p.region_names, lambda: layers(p, size))

    return simulation(p, lambda: domain or make(comm), partial(followed, comm, domain, make))
