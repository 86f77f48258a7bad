"""Cost of one coupled step of the graded case, and where it goes.

    ./env.sh run python3 benchmarks/step_cost.py [--preset 3d] [--from 60] [--seconds 100]
    ./env.sh run mpirun -n 2 python3 benchmarks/step_cost.py

Reports CPU time per unknown and accepted step (all ranks together), the share of each part and
the peak memory per rank. Compare ratios of one run: machines and their load differ.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

from mpi4py import MPI
from petsc4py import PETSc

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.solvers.numerics import linear
from lithode.solvers.numerics.march import march

EVENTS = {
    "SNESFunctionEval": "residual assembly",
    "SNESJacobianEval": "Jacobian assembly",
    "PCSetUp": "preconditioner set-up",
    "PCApply": "preconditioner application",
    "MatMult": "products with matrices",
    "KSPGMRESOrthog": "orthogonalisation",
}


class Stopwatch:
    """Adds up the CPU time of calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def watch(self, owner: Any, method: str, label: str) -> None:
        original: Callable[..., Any] = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return original(*args, **kwargs)
            finally:
                spent = time.process_time() - start
                self.seconds[label] = self.seconds.get(label, 0.0) + spent

        setattr(owner, method, timed)


class Measuring:
    """Observer that does what a run does after each step, but writes nothing."""

    def step(self, model: Any, record: Any) -> None:
        model.measure()

    def output(self, model: Any) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=float, help="element size in um")
    parser.add_argument("--preset", default="paper", help="3d for the graded layer in 3D")
    parser.add_argument("--from", dest="start", type=float, default=60.0, help="time in s")
    parser.add_argument("--seconds", type=float, default=100.0, help="simulated time to measure")
    parser.add_argument("--solver", default="auto")
    parser.add_argument("--assembly", default="vectorised", help="dolfinx for DOLFINx's own")
    parser.add_argument("--accuracy", default="balanced", choices=["balanced", "strict"])
    options = parser.parse_args()
    comm = MPI.COMM_WORLD
    given: dict[str, object] = {
        "assembly": options.assembly,
        "solver": options.solver,
        "accuracy": options.accuracy,
    }
    if options.size is not None:
        given["element_size"] = options.size
    parameters = CASE.resolve(options.preset, given)
    simulation = CASE.build(parameters, comm, None)
    model: Any = simulation.model
    march(model, simulation.control, options.start)

    watch, coupling = Stopwatch(), model._coupling
    watch.watch(coupling._phase_block, "solve", "(xi, c): all")
    watch.watch(coupling._potential_block, "solve", "phi: all")
    watch.watch(coupling._mechanics, "solve", "u: all")
    watch.watch(linear.LinearBlock, "_assemble", "phi and u: assembly")
    watch.watch(model._balance, "close", "closing of balances")
    watch.watch(model, "measure", "history scalars")
    PETSc.Log.begin()
    start, wall_start = time.process_time(), time.perf_counter()
    result = march(model, simulation.control, options.start + options.seconds, (), [Measuring()])
    own, wall = time.process_time() - start, time.perf_counter() - wall_start
    total = comm.allreduce(own)
    peak = comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, op=MPI.MAX)
    if comm.rank:
        return
    steps = result.steps
    print(f"ranks {comm.size}, unknowns {model.unknowns}, solver {model.solver}")
    print(f"steps {steps}, rejected {result.rejected}")
    print(f"Newton iterations per step {result.nonlinear_iterations / steps:.1f}")
    print(f"Krylov iterations per step {result.linear_iterations / steps:.1f}")
    print(f"CPU per unknown and step {total / steps / model.unknowns * 1e6:.2f} us")
    print(f"wall per step {wall / steps * 1e3:.0f} ms")
    print(f"CPU per step {total / steps * 1e3:.0f} ms, peak memory of a rank {peak:.0f} MB")
    print("share of the CPU time of rank 0:")
    for label, seconds in watch.seconds.items():
        print(f"  {label:28s} {seconds / own:6.1%}")
    print("share of the wall time, by PETSc event ((xi, c), phi and u together):")
    for event, label in EVENTS.items():
        found = PETSc.Log.Event(event).getPerfInfo()
        print(f"  {label:28s} {found['time'] / wall:6.1%}  {found['count'] / steps:6.1f} a step")


if __name__ == "__main__":
    main()
