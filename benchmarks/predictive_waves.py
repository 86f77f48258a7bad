"""Do waves on the front of graded-li3n at -0.1 V grow as linear stability has it?

    ./env.sh run python3 benchmarks/predictive_waves.py [--seeds 8] [--out DIR]

Small random bumps on the first film, and how each wave of them grows until the front has gone a
few um, beside s(k) of the flat front at the current and film thickness of the moment. Runs that
are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from benchmarks.predictive_ensemble import HELD_VOLTAGE
from benchmarks.predictive_runs import Run, Values, keep
from lithode.cases.graded_li3n.growth.case import CASE
from lithode.core.parallel import on_root
from lithode.engine.rundir import RunDirectory, read_input
from lithode.output.fields import FieldReader
from lithode.output.history import read_history
from lithode.output.tables import markdown
from lithode.output.vtkhdf import Grid
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.solvers.electrodeposition.health import flat_front, initial_film
from lithode.theory.wavy_interface import Sandwich

Array = npt.NDArray[np.float64]

STUDY = "waves"
BEGIN, END = 100.0, 700.0
"""Between which the growth is taken, in s: potentials are at rest with the profile by then."""
_FIRST, _LAST = 5, 16
"""Half waves in the box: none longer than the film is thick by much, nor much shorter than k_c."""
_RIPPLES: Values = {
    **HELD_VOLTAGE,
    "width": 25.0,
    "nuclei": 10,
    "nucleus_width": 1.0,
    "time_tolerance": 5e-3,
    "end_time": END,
    "output_interval": 100.0,
}


@dataclass(frozen=True)
class Series:
    """Runs that differ by their first bumps alone.

    Attributes:
        label: What they are called.
        width: Of the front, in um.
        seeds: How many.
        height: Of the largest first bump, in um.
    """

    label: str
    width: float
    seeds: int
    height: float = 0.15

    def runs(self, most: int) -> list[Run]:
        """Return up to so many of them."""
        size: Values = {
            "interface_width": self.width,
            "element_size": self.width / 3,
            "nucleus_height": self.height,
        }
        return [
            Run(f"{self.label}, seed {n}", "predictive", {**_RIPPLES, **size, "seed": n})
            for n in range(1, min(self.seeds, most) + 1)
        ]


_DRAWN = (
    Series("w = 0.3 um", 0.3, 8),
    Series("w = 0.3 um, a fifth as high", 0.3, 8, height=0.03),
)
# A front half or twice as thick goes beside the same three seeds.
_SERIES = (
    *_DRAWN,
    Series("w = 0.3 um", 0.3, 3),
    Series("w = 0.6 um", 0.6, 3),
    Series("w = 0.15 um", 0.15, 3),
)


def amplitudes(grid: Grid, xi: Array, width: float) -> Array:
    """Return the amplitudes in um of cos(n pi x / W) on the front, from `_FIRST` to `_LAST`.

    Of the thickness of lithium, which is xi integrated upwards.
    """
    corners = grid.points[grid.cells]
    edges = corners[:, 1:, :2] - corners[:, :1, :2]
    areas = np.abs(np.linalg.det(edges)) / 2
    # Midpoints of edges: exact where xi times the wave is quadratic in a cell.
    ends = grid.cells[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    middle, mean = grid.points[ends, 0].mean(axis=1), xi[ends].mean(axis=1)
    waves = math.pi / width * np.arange(_FIRST, _LAST + 1)
    lithium = np.repeat(areas / 3, 3) * mean
    return np.asarray(2 / width * np.cos(waves[:, None] * middle) @ lithium)


def growth(out: Path) -> tuple[Array, Array, Array, float]:
    """Return amplitudes at `BEGIN` and `END`, s(k) in 1/s between, and the fastest s(k)."""
    directory = RunDirectory(out)
    p: Any = CASE.resolve(None, read_input(directory.input).parameters)
    reader, history = FieldReader(directory.fields), read_history(directory.history)
    found = []
    for time in (BEGIN, END):
        step = reader.step(time)
        name = next(name for name in reader.names if name.startswith("order_parameter"))
        found.append(amplitudes(reader.grid_at(step), reader.values(name, step), p.width))
    waves = math.pi / p.width * np.arange(_FIRST, _LAST + 1)
    times = np.linspace(BEGIN, END, 25)
    current = np.interp(times, history["time [s]"], history["plating_current [A/m^2]"])
    height = np.interp(times, history["time [s]"], history["mean_height [um]"])
    flat, film = flat_front(p), initial_film(p)
    rates = []
    for j, thick in zip(current, height, strict=True):
        share = float(thick / p.height)
        solids = Sandwich.between_plates(film.lithium, film.electrolyte, film.eigenstrain, share)
        now = replace(flat, current=float(j), pressure_slope=solids.pressure_slope)
        rates.append([*now.growth_rate(waves), now.fastest()[1]])
    sharp = np.trapezoid(rates, times, axis=0) / (END - BEGIN)
    return *found, sharp[:-1], float(sharp[-1])


def main() -> None:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/predictive"))
    parser.add_argument("--seeds", type=int, default=8)
    given = parser.parse_args()
    comm, drawn = MPI.COMM_WORLD, []
    for series in _SERIES:
        read = []
        for run in series.runs(given.seeds):
            out = run.directory(given.out, STUDY)
            run.ensure(CASE, out, comm)
            read.append(on_root(comm, lambda out=out: growth(out)))
        if comm.rank == 0:
            sharp, rate = report(series.label, read)
            if series in _DRAWN:
                drawn += [rate] if drawn else [sharp, rate]
    if comm.rank == 0:
        labels = "wave number (1/µm)", "growth rate (1/ks)"
        draw_curves(given.out / "waves.png", [CurvePanel(labels, drawn)])


def report(name: str, read: list[tuple[Array, Array, Array, float]]) -> tuple[Curve, Curve]:
    """Print and keep what waves did in a series; return s(k) and it as curves."""
    before, after = np.array([one[0] for one in read]), np.array([one[1] for one in read])
    sharp, fastest = np.mean([one[2] for one in read], axis=0), np.mean([one[3] for one in read])
    # One rate for all seeds; a wave that is small at first in one of them has little weight.
    gain = np.sum(before * after, axis=0) / np.sum(before**2, axis=0)
    rate = np.log(np.maximum(gain, 1e-3)) / (END - BEGIN)
    # How far single seeds are from it, by the same weight.
    off = np.sqrt(np.sum((after - gain * before) ** 2, axis=0) / np.sum(before**2, axis=0))
    spread = off / gain / (END - BEGIN)
    heads = (
        "wavelength (um)",
        "growth rate (1/s)",
        "spread over seeds (1/s)",
        "s(k) (1/s)",
        "difference over the fastest s(k)",
    )
    rows = {}
    for place, n in enumerate(range(_FIRST, _LAST + 1)):
        label = f"{name}, {len(read)} seeds, {n} half waves"
        length = 2 * _RIPPLES["width"] / n
        values = rate[place], spread[place], sharp[place], (rate[place] - sharp[place]) / fastest
        rows[label] = tuple(float(x) for x in (length, *values))
    keep(STUDY, heads, rows)
    lines = [(label, *(f"{x:.3g}" for x in row)) for label, row in rows.items()]
    print(f"\n{markdown([(STUDY, *heads), *lines])}", flush=True)
    waves = math.pi / _RIPPLES["width"] * np.arange(_FIRST, _LAST + 1)
    band = 1e3 * (rate - spread), 1e3 * (rate + spread)
    label = f"{name.replace('um', 'µm')}, {len(read)} seeds"
    return (
        Curve("s(k), sharp front", waves, 1e3 * sharp, colour=3),
        Curve(label, waves, 1e3 * rate, "o", band=band),
    )


if __name__ == "__main__":
    main()
