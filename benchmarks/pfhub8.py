"""PFHub benchmark 8a: a seed near the critical radius dies or grows, by the wetting model.

    ./env.sh run python3 benchmarks/pfhub8.py [--size 0.3] [--tolerance 1e-3]

https://pages.nist.gov/pfhub/benchmarks/benchmark8.ipynb, all constants 1 and r* = 5, a seed in a
periodic square of 100 x 100; here a quarter of it, which has the same solution. Prints the fraction
of solid against the converged solution of the radial equation. A seed of r* is just too small to
live, since its surface is diffuse.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Mapping

import numpy as np
from mpi4py import MPI

from lithode.meshes.refined import Remesher
from lithode.meshes.structured import structured
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.march import StepControl, march
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import Drive, Numerics, Observation, Parameters, Walls
from lithode.theory.free_energy import Interface

CRITICAL, SIDE = 5.0, 100.0
# Converged fractions (radial, 1D) by radius over the critical one, then by time.
FRACTIONS: Mapping[float, Mapping[float, float]] = {
    0.99: {0: 8.2142e-3, 50: 7.000e-3, 100: 0.0},
    1.00: {0: 8.3705e-3, 50: 8.2573e-3, 100: 7.742e-3, 200: 0.0},
    1.01: {0: 8.5284e-3, 50: 9.4335e-3, 100: 1.5383e-2, 200: 9.6233e-2},
}
CONTROL = StepControl(initial_step=0.01, max_step=5.0, min_step=1e-6)


def seed(ratio: float, size: float, tolerance: float, reach: float = 20.0) -> Wetting:
    """Return a seed of ``ratio`` critical radii in a corner.

    Args:
        ratio: Radius over the critical one.
        size: Of the elements up to ``reach`` from the corner; the 10-90 % width is 3.1.
        tolerance: Of the time error of a step.
        reach: Radius.
    """
    cells = math.ceil(SIDE / 2 / (16 * size))
    remesher = Remesher.of(
        MPI.COMM_WORLD, lambda comm: structured(comm, (SIDE / 2,) * 2, (cells,) * 2)
    )

    def allowed(points: Array) -> Array:
        beyond = np.maximum(np.linalg.norm(points[:, :2], axis=1) - reach, 0.0)
        return np.asarray(1.5 * size + 0.3 * beyond)

    def start(points: Array) -> Array:
        r = np.linalg.norm(points[:, :2], axis=1)
        return np.asarray(0.5 * (1 - np.tanh((r - ratio * CRITICAL) / math.sqrt(2))))

    drive = Drive(pressure=math.sqrt(2) / (6 * CRITICAL))
    parameters = Parameters(Interface(1.0, 1.0, 1.0), Walls({}), 1.0, drive)
    domain = remesher.remade(allowed)
    numerics = Numerics(tolerance=tolerance)
    return Wetting(domain, parameters, start, numerics, Observation(pores="electrolyte"))


def fraction(model: Wetting) -> float:
    """Return the share of the square that is solid."""
    return 4 * model.measure()["lithium [um^2]"] / SIDE**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=float, default=0.3, help="of the elements at the seed")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="of the order parameter")
    options = parser.parse_args()
    print("| r0/r* | t | fraction | converged | difference | unknowns | steps | CPU seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for ratio, expected in FRACTIONS.items():
        start, steps = time.process_time(), 0
        model = seed(ratio, options.size, options.tolerance)
        for end, converged in expected.items():
            steps += march(model, CONTROL, end).steps if end else 0
            found, spent = fraction(model), time.process_time() - start
            off = f"{100 * (found / converged - 1):+.2f} %" if converged else ""
            row = f"| {ratio:.2f} | {end:g} | {found:.4e} | {converged:.4e} | {off}"
            print(f"{row} | {model.unknowns} | {steps} | {spent:.1f} |", flush=True)


if __name__ == "__main__":
    main()
