"""Algebraic error of ``accuracy=balanced`` beside the error in time, on the graded layer.

    ./env.sh run python3 benchmarks/accuracy.py [--preset quick] [--until 60] [NAME=VALUE ...]

The strict run chooses the steps. The balanced run takes the same; a third, strict, halves each:
4/3 of what that changes is the error in time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.core.domain import Domain
from lithode.solvers.numerics.march import march

SCALARS = ("tip_height [um]", "lithium [um^2]", "pressure_max [MPa]")
DEFECTS = ("lithium_defect [1]", "charge_defect [1]")


class Steps:
    """Observer that remembers the steps."""

    def __init__(self) -> None:
        self.sizes: list[float] = []

    def step(self, model: Any, record: Any) -> None:
        self.sizes.append(record.dt)

    def output(self, model: Any) -> None:
        pass


def build(preset: str, pairs: Sequence[str], accuracy: str, domain: Domain | None) -> Any:
    given: dict[str, object] = dict(pair.split("=", 1) for pair in pairs)
    parameters = CASE.resolve(preset, {**given, "accuracy": accuracy})
    return CASE.build(parameters, MPI.COMM_WORLD, domain)


def stepped(model: Any, sizes: Sequence[float]) -> Any:
    for k, dt in enumerate(sizes):
        model.advance(dt)
        model.accept()
        if k % 20 == 19:
            model.refresh()
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--until", type=float, default=60.0, help="time in s")
    parser.add_argument("pairs", nargs="*", help="parameters")
    options = parser.parse_args()
    chosen = Steps()
    simulation = build(options.preset, options.pairs, "strict", None)
    strict, domain = simulation.model, simulation.model.domain
    march(strict, simulation.control, options.until, (), [chosen])
    halves = [dt / 2 for dt in chosen.sizes for _ in range(2)]
    balanced = build(options.preset, options.pairs, "balanced", domain).model
    start = time.process_time()
    stepped(balanced, chosen.sizes)
    spent = time.process_time() - start
    finer = stepped(build(options.preset, options.pairs, "strict", domain).model, halves)
    models = strict, balanced, finer
    rows = [dict(model.measure()) for model in models]
    phases = [model.state().functions["phase"].x.array for model in models]
    if MPI.COMM_WORLD.rank:
        return
    print(
        f"{len(chosen.sizes)} steps, {spent:.1f} s of CPU balanced; largest at the nodes of rank 0"
    )
    print(f"{'':22s}{'algebraic':>12s}{'in time':>12s}{'ratio':>8s}")
    for name, part in (("xi", slice(0, None, 2)), ("c", slice(1, None, 2))):
        values = [phase[part] for phase in phases]
        show(name, np.abs(values[1] - values[0]).max(), np.abs(values[2] - values[0]).max())
    for name in SCALARS:
        if name in rows[0]:
            size = abs(rows[0][name])
            show(name, *(abs(rows[k][name] - rows[0][name]) / size for k in (1, 2)))
    for name in DEFECTS:
        print(f"{name:22s}{rows[1][name]:12.1e}   strict {rows[0][name]:.1e}")


def show(name: str, algebraic: float, halved: float) -> None:
    in_time = 4 / 3 * halved
    print(f"{name:22s}{algebraic:12.1e}{in_time:12.1e}{algebraic / in_time:8.3f}")


if __name__ == "__main__":
    main()
