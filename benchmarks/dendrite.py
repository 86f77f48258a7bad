"""A lithium dendrite on this package's blocks, against the output of a public AMReX code.

    ./env.sh run python3 benchmarks/dendrite.py [--tolerance 1e-3] [--end 0.5]

Prints area, tip and ions against the reference, and CPU seconds beside the 6 to 7 s of the
reference at its largest step. The model is dendrite_model.py, the reference is described in
data/amrex-dendrite/README.md. Nodes are the centres of the reference's cells, and terms are nodal
as there: at 1.8 cells per interface width other nodes give another dendrite.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from mpi4py import MPI
from scipy.interpolate import RegularGridInterpolator

from benchmarks.dendrite_model import Dendrite
from lithode.meshes.structured import layered
from lithode.solvers.numerics.march import StepControl, march

DATA = Path(__file__).with_name("data") / "amrex-dendrite"
SIZE, CELLS = 100.0, 128
CONTROL = StepControl(initial_step=1e-5, max_step=5e-3, min_step=1e-9, gain=0.5)


def dendrite(tolerance: float = 1e-3, reach: float = 22.5) -> Dendrite:
    """Return the reference's problem; ``reach`` is how far its cells go, which then widen."""
    size = SIZE / CELLS
    centres = size * (np.arange(CELLS) + 0.5)
    along = [0.0, *centres[centres < reach]]
    while 2.5 * along[-1] - 1.5 * along[-2] < SIZE - (along[-1] - along[-2]):
        along.append(2.5 * along[-1] - 1.5 * along[-2])
    across = np.array([0.0, *centres, SIZE])
    numbers = {"electrolyte": len(along)}
    domain = layered(MPI.COMM_WORLD, np.array([*along, SIZE]), numbers, SIZE, CELLS + 1)
    x = domain.mesh.geometry.x
    x[:, 0] = across[np.rint(x[:, 0] / SIZE * (CELLS + 1)).astype(int)]
    noise = np.loadtxt(DATA / "initial.csv", delimiter=",")
    axes = (centres, centres[: noise.shape[1]])
    lookup = RegularGridInterpolator(axes, noise)
    ends = [[axis[0] for axis in axes], [axis[-1] for axis in axes]]
    return Dendrite(domain, lambda points: lookup(np.clip(points, *ends)), tolerance)


def departures(model: Dendrite) -> Mapping[str, float]:
    """Return what the model measures over the reference's value at its time, less 1."""
    reference = np.genfromtxt(DATA / "history.csv", delimiter=",", names=True)
    return {
        name: value / float(np.interp(model.time, reference["t"], reference[name])) - 1
        for name, value in model.measure().items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tolerance", type=float, default=1e-3, help="of the order parameter")
    parser.add_argument("--end", type=float, default=0.5)
    options = parser.parse_args()
    start, steps = time.process_time(), 0
    model = dendrite(options.tolerance)
    print(f"unknowns {model.unknowns}\n| t | tip | area | content | steps | CPU seconds |")
    print("|---|---|---|---|---|---|")
    for end in np.linspace(options.end / 5, options.end, 5):
        result = march(model, CONTROL, float(end))
        steps += result.steps + result.rejected
        row = " | ".join(f"{100 * value:+.2f} %" for value in departures(model).values())
        spent = time.process_time() - start
        print(f"| {end:g} | {row} | {steps} | {spent:.2f} |", flush=True)


if __name__ == "__main__":
    main()
