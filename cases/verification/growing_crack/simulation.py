"""The crack, filled by a rising current until it has grown as far as the mesh is fine."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.fracture import stalled_crack
from lithode.cases.verification.growing_crack.parameters import GrowingCrackParameters
from lithode.core.domain import Domain
from lithode.solvers.lithium_crack.growth import GrowingCrack, Steps
from lithode.solvers.numerics.simulation import Simulation


def build(
    parameters: GrowingCrackParameters, comm: MPI.Intracomm, domain: Domain | None
) -> Simulation:
    """Make the march in time."""
    p, model = parameters, _model(parameters, comm, domain)
    return Simulation(
        model=model,
        control=model.control(p.rise_time / 50, p.rise_time / 50),
        end_time=p.rise_time,
        output_times=tuple(p.rise_time * share / 4 for share in (1, 2, 3)),
        health=stalled_crack.health(p),
        conservation={"lithium": "lithium_defect [1]"},
    )


def probes(parameters: GrowingCrackParameters) -> list[Callable[[], GrowingCrack]]:
    """Return a maker of the model on a coarse mesh."""
    return [lambda: _model(stalled_crack.coarse(parameters), MPI.COMM_SELF, None)]


def _model(p: GrowingCrackParameters, comm: MPI.Intracomm, domain: Domain | None) -> GrowingCrack:
    steps = Steps(volume=p.critical_volume / 20, share=p.volume_share)
    crack = stalled_crack.fracture(p, comm, domain)
    return GrowingCrack(crack, p.lithium, p.current, steps, end=p.longest)
