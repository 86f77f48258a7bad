"""What a mesh that follows a crack costs, beside a fixed one, in turns.

    ./env.sh run python3 benchmarks/adaptive_crack.py
    ./env.sh run python3 benchmarks/adaptive_crack.py --case fracture/critical-current --turns 2
    ./env.sh run python3 benchmarks/adaptive_crack.py --case graded-li3n/fracture toughness_ratio=4

Compare ratios: CPU seconds differ by half with what else a machine does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.engine.registry import find
from lithode.solvers.numerics.march import march


class Work:
    """Observer that keeps what a run goes through."""

    def __init__(self) -> None:
        self.unknowns: list[int] = []
        self.rows: list[dict[str, float]] = []

    def step(self, model: Any, record: Any) -> None:
        self.unknowns.append(model.unknowns)
        self.rows.append({model.axis.column: model.time, **model.measure()})

    def output(self, model: Any) -> None:
        """All is in the steps."""


def run(name: str, mesh: str, preset: str, pairs: Sequence[str]) -> None:
    case = find(name)
    given: dict[str, object] = dict(pair.split("=", 1) for pair in pairs)
    parameters = case.resolve(preset, {**given, "mesh": mesh})
    start = time.process_time()
    made = case.build(parameters, MPI.COMM_WORLD, None)
    model, work = made.model, Work()
    result = march(model, made.control, made.end_time, made.output_times, [work])
    spent = time.process_time() - start
    history = {name: np.array([row[name] for row in work.rows]) for name in work.rows[0]}
    print(
        f"{mesh}: {spent:.1f} s of CPU, {result.steps} + {result.rejected} steps, "
        f"{result.nonlinear_iterations} alternations, {np.mean(work.unknowns):.0f} unknowns in the "
        f"mean, {work.unknowns[-1]} at the end, {getattr(model, 'adaptations', 0)} adaptations"
    )
    for found in case.results(history, parameters):
        print(f"  {found.name}: {found.value} {found.unit}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", default="verification/growing-crack")
    parser.add_argument("--preset", default="")
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("pairs", nargs="*", help="parameters")
    options = parser.parse_intermixed_args()
    for _ in range(options.turns):
        for mesh in ("fixed", "adaptive"):
            run(options.case, mesh, options.preset, options.pairs)


if __name__ == "__main__":
    main()
