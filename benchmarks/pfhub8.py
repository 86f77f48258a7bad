"""PFHub benchmark 8a: a seed near the critical radius dies or grows, by the wetting model.

    ./env.sh run python3 benchmarks/pfhub8.py [--size 0.3] [--tolerance 1e-3]

https://pages.nist.gov/pfhub/benchmarks/benchmark8.ipynb, all constants 1 and r* = 5, a seed in a
periodic square of 100 x 100; here a quarter of it, which has the same solution. Prints the fraction
of solid against the converged solution of the radial equation. A seed of r* is just too small to
live, since its surface is diffuse.
"""

from __future__ import annotations

import argparse
import time

from mpi4py import MPI

from lithode.cases.verification.pfhub8a.parameters import SIDE
from lithode.cases.verification.pfhub8a.simulation import CONTROL, corner, nucleus
from lithode.cases.verification.pfhub8a.targets import FRACTIONS
from lithode.solvers.numerics.march import march
from lithode.solvers.wetting.model import Wetting


def seed(ratio: float, size: float, tolerance: float, reach: float = 20.0) -> Wetting:
    """Return a seed of ``ratio`` critical radii in a corner.

    Args:
        ratio: Radius over the critical one.
        size: Of the elements up to ``reach`` from the corner; the 10-90 % width is 3.1.
        tolerance: Of the time error of a step.
        reach: Radius.
    """
    return nucleus(corner(MPI.COMM_WORLD, size, reach), ratio, tolerance)


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
