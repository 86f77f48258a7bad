"""Assembly of the graded case's forms, vectorised against DOLFINx.

    ./env.sh run python3 benchmarks/assembly.py [--preset 3d] [--repeats 20]
    ./env.sh run mpirun -n 2 python3 benchmarks/assembly.py

Calls the two in turns and prints the least wall time of each with their ratio. Compare ratios of
one run: machines and their load differ.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from dolfinx.fem.petsc import assign
from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.solvers.electrodeposition.initial import initial_lithium
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.numerics.vectorised.compiler import instructions


def least(comm: MPI.Intracomm, functions: list[Callable[[], Any]], repeats: int) -> list[float]:
    """Least wall time in ms of each function, called in turns."""
    times = np.empty((repeats, len(functions)))
    for row in times:
        for k, function in enumerate(functions):
            comm.Barrier()
            start = time.perf_counter()
            function()
            comm.Barrier()
            row[k] = 1e3 * (time.perf_counter() - start)
    return [float(t) for t in times.min(axis=0)]


def calls(block: Any) -> dict[str, Callable[[], Any]]:
    """What a block assembles, by name."""
    if hasattr(block, "_assemble"):
        return {"matrix and vector": block._assemble}
    problem = block._problem
    x, b = problem.x, problem.b
    assign(problem.u, x)

    def jacobian() -> None:
        block._has_jacobian = False
        block._jacobian(block.snes, x, problem.A, problem.A)

    return {"residual": lambda: block._residual(block.snes, x, b), "Jacobian": jacobian}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="paper", help="3d for the graded layer in 3D")
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    comm = MPI.COMM_WORLD
    parameters = CASE.resolve(options.preset, {})
    fast: Any = CASE.build(parameters, comm, None).model
    start = time.perf_counter()
    numerics = replace(fast.numerics, assembly="dolfinx")
    initial = initial_lithium(parameters)
    plain: Any = Electrodeposition(fast.domain, fast.parameters, initial, numerics)
    made = time.perf_counter() - start
    cells = plain.domain.mesh.topology.index_map(plain.domain.mesh.topology.dim).size_global
    if comm.rank == 0:
        print(f"ranks {comm.size}, cells {cells}, lanes {instructions(comm).lanes}")
        print(f"model made again, without a mesh, in {made:.1f} s")
        print(f"{'':30s}{'dolfinx':>10s}{'vectorised':>12s}{'ratio':>8s}{'ns a cell':>11s}")
    else:
        instructions(comm)
    couplings = [model._coupling for model in (plain, fast)]
    for label, blocks in (
        ("(xi, c)", [coupling._phase_block for coupling in couplings]),
        ("u", [coupling._mechanics._block for coupling in couplings]),
        ("phi", [coupling._potential_block for coupling in couplings]),
    ):
        pairs = [calls(block) for block in blocks]
        if "residual" in pairs[0]:
            pairs[0]["residual, what is kept"] = lambda: None
            pairs[1]["residual, what is kept"] = blocks[1]._assembler._vectors[0].keep
        for part in pairs[0]:
            # Within a solve only the unknown changes.
            with blocks[0]._assembler.kept(), blocks[1]._assembler.kept():
                slow, quick = least(comm, [pair[part] for pair in pairs], options.repeats)
            if comm.rank == 0:
                print(
                    f"{label + ' ' + part:30s}{slow:7.2f} ms{quick:9.2f} ms"
                    f"{slow / quick:8.1f}{1e6 * quick / cells:11.0f}"
                )


if __name__ == "__main__":
    main()
