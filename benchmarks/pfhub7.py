"""PFHub benchmarks 7a and 7b: errors and CPU seconds, beside those of other codes.

    ./env.sh run python3 benchmarks/pfhub7.py [--bisected]      # a table of both parts
    ./env.sh run python3 benchmarks/pfhub7.py --study [--cells 32 64 128] [--steps 25 50 100]

The first run of all compiles; run it twice. ``--study`` prints the error of 7a against element size
and time step. The problem and the model are in pfhub7_model.py. CPU seconds are those of meshing,
building and marching, without imports.
"""

from __future__ import annotations

import argparse
import itertools
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from mpi4py import MPI

from benchmarks.pfhub7_model import END, HEIGHT, KAPPA, WIDTH, Columns, Rippling, solution
from lithode.core.sizes import Band
from lithode.meshes.refined import Remesher
from lithode.meshes.structured import structured
from lithode.solvers.numerics.adapt import Adaptive, Following
from lithode.solvers.numerics.march import StepControl, march

# Errors and CPU seconds of one core, measured in the week of version 0.1 (docs/benchmarks.md).
PEERS: Mapping[str, Sequence[tuple[str, float, float]]] = {
    "a": [("Lithode 0.1", 9.1e-4, 13), ("PRISMS-PF, tuned", 6e-4, 1.29), ("NGSolve", 3.8e-4, 1.5)],
    "b": [
        ("Lithode 0.1", 9.2e-3, 58),
        *(("PRISMS-PF, tuned", e, s) for e, s in ((5e-3, 2.17), (1e-3, 8.71), (1e-4, 49.9))),
        *(("explicit, narrow band", e, s) for e, s in ((5e-3, 0.80), (1e-3, 2.26), (1e-4, 12))),
    ],
}


def marched(model: Rippling, steps: int) -> Rippling:
    """March to the end in equal steps."""
    march(model, StepControl(END / steps, END, 1e-9, fixed=True), END)
    return model


def even(cells: int, steps: int, degree: int = 1, accuracy: float = 1e-6) -> Rippling:
    """Return part a solved with elements of 1/``cells``."""
    domain = structured(MPI.COMM_SELF, (WIDTH, HEIGHT), (cells, cells // 2))
    return marched(Rippling(domain, KAPPA["a"], degree, accuracy=accuracy), steps)


def following(columns: Columns, steps: int) -> Rippling:
    """Return part b solved with nodes that follow the front."""
    return marched(Rippling(columns.domain(KAPPA["b"]), KAPPA["b"], columns=columns), steps)


def bisected(size: float, steps: int) -> Rippling:
    """Return part b solved on meshes bisected along the front.

    Args:
        size: Of the elements there, over the length sqrt(2 kappa) of the profile.
        steps: Number of steps.
    """
    kappa = KAPPA["b"]
    length = math.sqrt(2 * kappa)
    remesher = Remesher.of(MPI.COMM_SELF, lambda comm: structured(comm, (WIDTH, HEIGHT), (16, 8)))
    band = Band(size * length, 7 * length, growth=0.4)
    first = remesher.start(band, lambda p: solution(p[:, 0], p[:, 1], 0.0, kappa, np.sin, np.exp))
    model = Adaptive(Rippling(first, kappa), Following(remesher, band, 3 * length))
    march(model, StepControl(END / steps, END, 1e-9, fixed=True), END)
    return cast(Rippling, model.model)


def compare(with_bisected: bool) -> None:
    """Print both parts and the peers."""
    runs: list[tuple[str, str, Any, tuple[Any, ...]]] = [
        ("a", "P1, 1/256", even, (256, 16)),
        ("a", "P2, 1/96", even, (96, 16, 2)),
        ("a", "P2, 1/128", even, (128, 16, 2)),
        ("b", "P1, 128 columns", following, (Columns(128, 0.4), 50)),
        ("b", "P1, 264 columns", following, (Columns(264, 0.33), 50)),
        ("b", "P1, 1000 columns", following, (Columns(1000, 0.2), 80)),
    ]
    if with_bisected:
        runs += [("b", f"P1, bisected to {h:g}", bisected, (h, 64)) for h in (0.72, 0.51)]
    print("| 7 | | unknowns | steps | L2 error | CPU seconds |\n|---|---|---|---|---|---|")
    for part, label, solve, arguments in runs:
        start = time.process_time()
        model = solve(*arguments)
        spent = time.process_time() - start
        row = f"| {part} | {label} | {model.unknowns} | {arguments[1]} | {model.error():.2e} |"
        print(f"{row} {spent:.2f} |", flush=True)
    for part, peers in PEERS.items():
        for name, error, seconds in peers:
            print(f"| {part} | {name} | | | {error:.1e} | {seconds:g} |")


def study(sizes: Sequence[int], numbers: Sequence[int], degree: int) -> None:
    """Print the error of part a against element size and time step."""
    head = "| h \\ dt |" + "".join(f" {END / n:g} |" for n in numbers)
    head += "\n|---|" + "---|" * len(numbers)
    print(f"L2 error at t = {END:g} (CPU seconds)\n{head}")
    changes = []
    for cells in sizes:
        row, values = f"| 1/{cells} |", []
        for steps in numbers:
            start = time.process_time()
            model = even(cells, steps, degree)
            spent = time.process_time() - start
            values.append(model.values)
            row += f" {model.error():.3e} ({spent:.1f}) |"
        print(row, flush=True)
        moved = [float(np.sqrt(np.mean((a - b) ** 2))) for a, b in itertools.pairwise(values)]
        changes.append(f"| 1/{cells} | |" + "".join(f" {size:.2e} |" for size in moved))
    print(f"\nChange (root mean square over the nodes) against the column before\n{head}")
    print("\n".join(changes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", action="store_true")
    parser.add_argument("--bisected", action="store_true", help="7b on bisected meshes too")
    parser.add_argument("--cells", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--steps", type=int, nargs="+", default=[25, 50, 100, 200])
    parser.add_argument("--degree", type=int, default=1)
    options = parser.parse_args()
    if options.study:
        study(options.cells, options.steps, options.degree)
    else:
        compare(options.bisected)


if __name__ == "__main__":
    main()
