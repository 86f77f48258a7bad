"""The crack, filled by a rising current until it has grown as far as the mesh is fine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

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
    p = parameters
    first = p.rise_time / 50
    return Simulation(
        model=stalled_crack.on_mesh(p, comm, domain, partial(_model, p)),
        control=GrowingCrack.control(first, first),
        end_time=p.rise_time,
        output_times=tuple(p.rise_time * share / 4 for share in (1, 2, 3)),
        health=stalled_crack.health(p),
        conservation={"lithium": "lithium_defect [1]"},
    )


def probes(parameters: GrowingCrackParameters) -> list[Callable[[], GrowingCrack]]:
    """Return a maker of the model on a coarse mesh."""
    rough = stalled_crack.coarse(parameters)
    return [lambda: _model(rough, stalled_crack.geometry(rough).domain(MPI.COMM_SELF))]


def _model(p: GrowingCrackParameters, domain: Domain) -> GrowingCrack:
    steps = Steps(volume=p.critical_volume / 20, share=p.volume_share)
    remake = partial(stalled_crack.fracture, p)
    return GrowingCrack(remake(domain), p.lithium, p.current, steps, p.longest, remake=remake)
