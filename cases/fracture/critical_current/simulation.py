"""The flaw, filled volume by volume."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.fracture import stalled_crack
from lithode.cases.fracture.critical_current.parameters import CriticalCurrentParameters
from lithode.core.domain import Domain
from lithode.solvers.numerics.front_sweep import FrontSweep
from lithode.solvers.numerics.simulation import Simulation


def build(
    parameters: CriticalCurrentParameters, comm: MPI.Intracomm, domain: Domain | None
) -> Simulation:
    """Make the sweep over the volume of lithium in the flaw."""
    return stalled_crack.simulation(parameters, comm, domain)


def probes(parameters: CriticalCurrentParameters) -> list[Callable[[], FrontSweep]]:
    """Return a maker of the model on a coarse mesh."""
    return [lambda: stalled_crack.probe(parameters)]
