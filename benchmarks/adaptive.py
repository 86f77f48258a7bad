"""What a mesh that follows the front costs, beside a fixed one, on the graded layer.

    ./env.sh run python3 benchmarks/adaptive.py --preset paper --until 1800
    ./env.sh run python3 benchmarks/adaptive.py element_size=0.6 interface_width=1.75 --until 600
    ./env.sh run mpirun -n 2 python3 benchmarks/adaptive.py dimension=3 interface_width=1.75 \
        element_size=0.7 time_tolerance=4e-2 noise_period=20 --until 1800 --meshes adaptive

Compare ratios: CPU seconds, of all ranks, differ by half with what else a machine does.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.solvers.numerics.march import march

COMM = MPI.COMM_WORLD


class Work:
    """Observer that adds up what a run solves for."""

    def __init__(self) -> None:
        self.unknowns: list[int] = []
        self.rows: list[dict[str, float]] = []

    def step(self, model: Any, record: Any) -> None:
        self.unknowns.append(model.unknowns)
        self.rows.append(dict(model.measure()))

    def output(self, model: Any) -> None:
        if not COMM.rank:
            row = model.measure()
            lithium = next(row[name] for name in row if name.startswith("lithium [um"))
            tip, high = row["tip_height [um]"], row["pressure_p99 [MPa]"]
            at = f"  {model.time:6.0f} s: tip {tip:.3f} um, lithium {lithium:.6g}"
            print(f"{at}, p99 {high:.3f} MPa", flush=True)
        else:
            model.measure()


def run(mesh: str, preset: str, pairs: Sequence[str], until: float) -> None:
    given: dict[str, object] = dict(pair.split("=", 1) for pair in pairs)
    start = time.process_time()
    simulation = CASE.build(CASE.resolve(preset, {**given, "mesh": mesh}), COMM, None)
    built, model, work = time.process_time() - start, simulation.model, Work()
    times = [until * k / 6 for k in range(1, 6)]
    start = time.process_time()
    result = march(model, simulation.control, until, times, [work])
    spent = np.array([time.process_time() - start, built])
    COMM.Allreduce(MPI.IN_PLACE, spent, op=MPI.SUM)
    if COMM.rank:
        return
    defect = max(row["lithium_defect [1]"] for row in work.rows)
    per_unknown = 1e6 * spent[0] / sum(work.unknowns)
    adaptations = getattr(model, "adaptations", 0)
    print(
        f"{mesh}: {spent[0]:.1f} s of CPU, {spent[1]:.1f} to build, "
        f"{result.steps} + {result.rejected} steps, {np.mean(work.unknowns):.0f} unknowns, "
        f"{adaptations} adaptations, {per_unknown:.2f} us per unknown and step, "
        f"lithium defect {defect:.1e}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="")
    parser.add_argument("--until", type=float, default=600.0, help="time in s")
    parser.add_argument("--meshes", nargs="+", default=["fixed", "adaptive"])
    parser.add_argument("pairs", nargs="*", help="parameters")
    options = parser.parse_intermixed_args()
    for mesh in options.meshes:
        run(mesh, options.preset, options.pairs, options.until)


if __name__ == "__main__":
    main()
