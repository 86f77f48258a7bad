"""Measure what a decade of growth of a filled crack costs, and what takes the time.

``python3 benchmarks/crack_growth.py`` fills half of an inner crack until it is ten times as long,
by 3 % of its volume at a time, on about 11,000 vertices. ``--growth 2`` ends earlier.
"""

from __future__ import annotations

import argparse
import cProfile
import math
import pstats
import time

from mpi4py import MPI

from lithode.cases.verification.pressurised_crack import simulation
from lithode.cases.verification.pressurised_crack.parameters import CrackParameters
from lithode.solvers.fracture.model import Fracture

RATE = 1.03


def volumes(p: CrackParameters, growth: float) -> list[float]:
    """Return volumes in um^2 from the start of growth on; a crack's goes with its length^(3/2)."""
    start = 0.8 * p.critical_volume
    steps = math.ceil(math.log(growth**1.5 / 0.8) / math.log(RATE))
    return [start * RATE**k for k in range(steps + 1)]


def main() -> None:
    """Run, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--growth", type=float, default=10.0, help="last length over the first")
    parser.add_argument("--relaxation", type=float, default=None)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()

    p = CrackParameters(length_ratio=0.2, elements_per_length=3, last_volume=12.25)
    sweep = simulation.build(p, MPI.COMM_WORLD, None).model
    model = sweep.steady
    assert isinstance(model, Fracture)
    vertices = sweep.unknowns // 3
    print(f"{vertices} vertices, {sweep.unknowns} unknowns", flush=True)
    profile, alternations, start = cProfile.Profile(), 0, time.process_time()
    if given.profile:
        profile.enable()
    for volume in volumes(p, given.growth):
        trial = sweep.advance(volume - sweep.time)
        sweep.accept()
        alternations += trial.nonlinear_iterations
    profile.disable()
    spent, row = time.process_time() - start, sweep.measure()
    length = row["crack_length [um]"] * p.toughness / p.effective_toughness
    print(f"crack {p.half_length:g} -> {length:.1f} um at {row['pressure [MPa]']:.2f} MPa")
    print(f"{alternations} alternations, {spent:.1f} s of CPU, {1e3 * spent / alternations:.1f} ms")
    if given.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(14)


if __name__ == "__main__":
    main()
