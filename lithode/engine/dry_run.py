"""What a run would be: its health, its sizes, and what it would cost, from a few steps."""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mpi4py import MPI

from lithode.core.errors import Interrupted
from lithode.core.health import HealthLine
from lithode.core.parallel import on_root
from lithode.engine import petsc
from lithode.engine.case import Case, StudyCase
from lithode.engine.extremes import extremes_named
from lithode.engine.launcher import check_launcher
from lithode.engine.pace import duration
from lithode.engine.runner import Request
from lithode.engine.simulate import build
from lithode.engine.versions import check_dolfinx
from lithode.output.tables import aligned
from lithode.solvers.numerics.march import StepRecord, march
from lithode.solvers.numerics.model import Model
from lithode.solvers.numerics.simulation import Simulation

_STEPS = 30
_SECONDS = 20.0


@dataclass(frozen=True)
class Estimate:
    """What a run would be.

    Attributes:
        health: Derived numbers with the range in which runs are sound.
        rows: Sizes and cost, name and text.
    """

    health: Sequence[HealthLine]
    rows: Sequence[tuple[str, str]]

    def __str__(self) -> str:
        lines = [f"{'' if line.healthy else 'warning: '}{line}" for line in self.health]
        return "\n".join([*lines, "", aligned([("", "estimate"), *self.rows])]).strip()


def estimate(request: Request, comm: MPI.Intracomm | None = None) -> Estimate:
    """Build a run and take some steps of it; collective, and nothing is written.

    The steps that are left are taken to be like the last one, and to cost what the steps have cost.

    Args:
        request: What is to be run.
        comm: Communicator, all ranks if not given.

    Raises:
        InputError: Something about the input is wrong.
        SolverError: The first steps cannot be taken.
    """
    check_launcher(MPI.COMM_WORLD)
    check_dolfinx()
    case, parameters, comm = request.case, request.parameters, comm or MPI.COMM_WORLD
    with extremes_named(parameters):
        if isinstance(case, StudyCase):
            health = on_root(comm, lambda: case.build(parameters).health)
            return Estimate(health, [("mesh", "none: a study, on one process")])
        return _of_steps(request, case, comm)


def _of_steps(request: Request, case: Case[Any], comm: MPI.Intracomm) -> Estimate:
    options = petsc.parse(request.petsc_options)
    petsc.check_prefixes(options, case.petsc_prefixes)
    with petsc.in_database(options):
        with petsc.errors_are_the_users(options):
            started = time.monotonic()
            simulation = build(case, request.parameters, comm, None)
            built = time.monotonic() - started
        taken = _Taken(comm)
        _try_steps(simulation, taken)
    return Estimate(simulation.health, _rows(simulation, taken, built, comm))


@dataclass
class _Taken:
    """Counts the steps that are tried; satisfies ``march.Observer``."""

    comm: MPI.Intracomm
    walls: list[float] = field(default_factory=lambda: [time.monotonic()])
    last: float = 0.0

    def step(self, _: Model, record: StepRecord) -> None:
        self.walls.append(time.monotonic())
        self.last = record.dt

    def output(self, _: Model) -> None:
        pass

    def stop(self) -> int:
        """Return a number to stop by once enough is known; the same on every rank."""
        # The first step may have compiled.
        known = len(self.walls) > 2 and self.walls[-1] - self.walls[1] > _SECONDS
        return int(self.comm.bcast(known or len(self.walls) > _STEPS))

    @property
    def seconds(self) -> float:
        """Time of a step."""
        spent = self.walls if len(self.walls) < 3 else self.walls[1:]
        return (spent[-1] - spent[0]) / max(len(spent) - 1, 1)


def _try_steps(simulation: Simulation, taken: _Taken) -> None:
    try:
        march(
            simulation.model,
            simulation.control,
            simulation.end_time,
            simulation.output_times,
            [taken],
            taken.stop,
        )
    except Interrupted:
        return


def _rows(
    simulation: Simulation, taken: _Taken, built: float, comm: MPI.Intracomm
) -> list[tuple[str, str]]:
    model, axis = simulation.model, simulation.model.axis
    cells = model.domain.mesh.topology.index_map(model.domain.mesh.topology.dim).size_global
    values = sum(
        f.function_space.dofmap.index_map.size_global * f.function_space.dofmap.bs
        for f in model.fields()
    )
    outputs = len({*simulation.output_times, simulation.end_time}) + 1
    done, steps = model.time, len(taken.walls) - 1
    left = max(simulation.end_time - done, 0.0)
    more = left / taken.last if taken.last else 0.0
    # What the output times ask for at least.
    more = max(more, sum(1.0 for place in simulation.output_times if place > done))
    total = built + (steps + more) * taken.seconds
    memory = comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
    ranks = f"{comm.size} rank{'s' * (comm.size != 1)}"
    return [
        ("cells", f"{cells:,}"),
        ("unknowns of a step", f"{model.unknowns:,}"),
        ("fields.vtkhdf", f"{8 * values * outputs / 1e6:.2g} MB, {outputs} times"),
        ("memory so far", f"{memory:,.0f} MB on {ranks}"),
        ("build", duration(built)),
        ("tried", f"{steps} steps to {axis.at(done)}, {duration(taken.seconds)} each"),
        (
            "step now",
            f"{taken.last:.3g}{axis.suffix}, of at most {simulation.control.max_step:.3g}",
        ),
        ("steps in all", f"about {steps + more:,.0f}, if they stay like this"),
        ("time in all", f"about {duration(total)} on {ranks}"),
    ]
