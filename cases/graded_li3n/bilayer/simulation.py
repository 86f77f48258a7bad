"""The simulation of the bilayer."""

from __future__ import annotations

from mpi4py import MPI

from lithode.cases.graded_li3n.bilayer.drawing import layers
from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.cases.graded_li3n.geometry import mesh
from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics.simulation import Simulation


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; the geometry is checked before it is meshed."""
    p = parameters
    return simulation(p, lambda: domain or mesh(p, comm, p.region_names, lambda: layers(p)))
