"""PFHub benchmark 7a from the package's phase equation: error against element size and time step.

    ./env.sh run python3 benchmarks/pfhub7.py [--cells 32 64 128] [--steps 25 50 100 200]

Allen-Cahn equation with a source that makes a known, rippling interface the solution
(https://pages.nist.gov/pfhub/benchmarks/benchmark7.ipynb). The rectangle is periodic along x
there; here the exact values are given on all of its boundary.
"""

from __future__ import annotations

import argparse
import itertools
import time
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.theory.free_energy import Interface
from tests.verification.manufactured import equations, integrate, norm, parameters

KAPPA = 4e-4
A1, B1 = 0.0075, 8 * np.pi
A2, B2, C2 = 0.03, 22 * np.pi, 0.0625 * np.pi
END = 8.0


def interface_height(x: Any, t: Any) -> Any:
    """Return alpha(x, t)."""
    return 0.25 + A1 * t * ufl.sin(B1 * x) + A2 * ufl.sin(B2 * x + C2 * t)


def solution(x: Any, y: Any, t: Any) -> Any:
    """Return the exact order parameter."""
    return 0.5 * (1 - ufl.tanh((y - interface_height(x, t)) / np.sqrt(2 * KAPPA)))


def source(x: Any, y: Any, t: Any) -> Any:
    """Return the published source; ``x`` and ``t`` are UFL variables."""
    height = interface_height(x, t)
    slope, rate = ufl.diff(height, x), ufl.diff(height, t)
    z = (y - height) / np.sqrt(2 * KAPPA)
    stretch = -2 * np.sqrt(KAPPA) * ufl.tanh(z) * slope**2
    motion = np.sqrt(2) * (rate - KAPPA * ufl.diff(slope, x))
    return (stretch + motion) / ufl.cosh(z) ** 2 / (4 * np.sqrt(KAPPA))


def solve(cells: int, steps: int, end: float = END, lumping: float = 1 / 3) -> tuple[float, Any]:
    """Solve with elements of 1/``cells``.

    Returns:
        L2 error at the end, and the values at the nodes.
    """
    domain = structured(MPI.COMM_SELF, (1.0, 0.5), (cells, cells // 2))
    eq = equations(domain, parameters(Interface(1.0, KAPPA, 1.0)), lumping=lumping)
    space = fem.functionspace(domain.mesh, ("P", 1))
    test, clock = ufl.TestFunction(space), fem.Constant(domain.mesh, 0.0)
    x, y = ufl.SpatialCoordinate(domain.mesh)
    exact = solution(x, y, clock)
    given = source(ufl.variable(x), y, ufl.variable(clock))

    def residual(eta: Any, rate: Any) -> Any:
        return eq.phase(eta, rate, 1.0, 0.0, 0.0, test) - given * test * eq.measure

    eta = integrate(residual, space, exact, clock, [end / steps] * steps, boundary=exact)
    return norm(domain.mesh, eta - exact), eta.x.array.copy()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--steps", type=int, nargs="+", default=[25, 50, 100, 200])
    arguments = parser.parse_args()
    head = "| h \\ dt |" + "".join(f" {END / n:g} |" for n in arguments.steps)
    head += "\n|---|" + "---|" * len(arguments.steps)
    print(f"L2 error at t = {END:g} (CPU seconds)\n{head}")
    changes = []
    for cells in arguments.cells:
        row, values = f"| 1/{cells} |", []
        for steps in arguments.steps:
            start = time.process_time()
            error, end = solve(cells, steps)
            values.append(end)
            row += f" {error:.3e} ({time.process_time() - start:.0f}) |"
        print(row, flush=True)
        sizes = [float(np.sqrt(np.mean((a - b) ** 2))) for a, b in itertools.pairwise(values)]
        changes.append(f"| 1/{cells} | |" + "".join(f" {size:.2e} |" for size in sizes))
    print(f"\nChange (root mean square over the nodes) against the column before\n{head}")
    print("\n".join(changes))


if __name__ == "__main__":
    main()
