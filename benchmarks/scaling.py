"""Weak scaling of the graded case: unknowns grow with the ranks.

    ./env.sh run python3 benchmarks/scaling.py [--ranks 1,2,4] [--unknowns 40000]

Starts itself under mpirun for each number of ranks and prints a Markdown table: wall seconds of a
step, of one output and of one checkpoint, and Krylov iterations. It means little on a machine that
does other things.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.output.field_writer import FieldWriter
from lithode.solvers.numerics.checkpoint import write_checkpoint
from lithode.solvers.numerics.march import march

OUT = Path("results/scaling")
COLUMNS = ("ranks", "unknowns", "steps", "Krylov per step", "s per step", "s to build")
WRITING = ("s per output", "MB/s", "s per checkpoint", "MB/s")


def seconds(comm: MPI.Intracomm, action: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something takes on all ranks, and what it returns."""
    comm.Barrier()
    start = time.monotonic()
    found = action()
    comm.Barrier()
    return time.monotonic() - start, found


def measure(unknowns: int, until: float) -> None:
    """Take a few steps on the ranks there are, and print a row as JSON."""
    comm = MPI.COMM_WORLD
    size = 1.4 * (29_100 / unknowns) ** 0.5
    values = {"element_size": size, "solver": "iterative", "end_time": 1.0}
    parameters = CASE.resolve("quick", values)
    built, simulation = seconds(comm, lambda: CASE.build(parameters, comm, None))
    model = simulation.model
    march(model, simulation.control, 0.02)
    marched, result = seconds(comm, lambda: march(model, simulation.control, until))
    if comm.rank == 0:
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
    comm.Barrier()
    path = OUT / "fields.vtkhdf"
    writer, fields = FieldWriter(path, model.domain), model.fields()
    writer.write(0.0, fields)
    written, _ = seconds(comm, lambda: [writer.write(k + 1.0, fields) for k in range(4)])
    saved, state = seconds(
        comm, lambda: write_checkpoint(OUT, model, case=CASE.name, parameters_hash="")
    )
    megabytes = sum(
        f.function_space.dofmap.index_map.size_global
        * 8e-6
        * max(1, f.function_space.dofmap.index_map_bs)
        for f in fields
    )
    if comm.rank == 0:
        row = [comm.size, model.unknowns, result.steps, result.linear_iterations / result.steps,
               marched / result.steps, built, written / 4, megabytes / (written / 4),
               saved, state.stat().st_size * 1e-6 / saved]  # fmt: skip
        print("row", json.dumps(row), flush=True)


def main(ranks: Sequence[int], unknowns: int, until: float) -> None:
    """Start the measurements and print the table."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
    keep.setdefault("PRTE_MCA_mapby", ":oversubscribe")
    print("|", " | ".join((*COLUMNS, *WRITING)), "|")
    print("|---" * (len(COLUMNS) + len(WRITING)) + "|")
    for number in ranks:
        words = [sys.executable, __file__, "--measure", "--unknowns", str(number * unknowns)]
        job = subprocess.run(
            ["mpirun", "-n", str(number), *words, "--until", str(until)],
            env=keep, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        line = next(line for line in job.stdout.splitlines() if line.startswith("row"))
        print("|", " | ".join(f"{value:.4g}" for value in json.loads(line[4:])), "|", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ranks", default="1,2,4")
    parser.add_argument("--unknowns", type=int, default=40_000, help="Per rank.")
    parser.add_argument("--until", type=float, default=0.5, help="Simulated s.")
    parser.add_argument("--measure", action="store_true", help="On these ranks.")
    given = parser.parse_args()
    if given.measure:
        measure(given.unknowns, given.until)
    else:
        main([int(word) for word in given.ranks.split(",")], given.unknowns, given.until)
