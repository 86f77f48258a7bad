"""What graded-li3n does with nothing calibrated: over seeds, packings and ranges of its constants.

    ./env.sh run python3 benchmarks/predictive_ensemble.py [--study seeds] [--seeds 8] [--out DIR]

Runs that are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.cases.graded_li3n.predictive import RANGES
from lithode.core.parallel import on_root
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.runner import run_case
from lithode.output.history import History, read_history
from lithode.output.tables import markdown
from lithode.solvers.electrodeposition.health import flat_front

Values = Mapping[str, Any]

NARROW: Values = {"width": 24.0, "nuclei": 2, "end_time": 27400.0, "output_interval": 2000.0}
"""A strip of the layer, which makes the runs of many seeds short."""
HELD_VOLTAGE: Values = {
    "mode": "potentiostatic",
    "current": None,
    "width": 12.0,
    "nuclei": 1,
    "interface_width": 0.6,
    "element_size": 0.2,
    "time_tolerance": 5e-3,
    "particles": "fine",
}
"""-0.1 V over 90 um, in a narrower box: its waves are shorter."""
_PACKED: Values = {
    "particles": "random",
    "area_fraction": 0.2,
    "smallest_radius": 4.0,
    "largest_radius": 6.0,
    "interface_width": 1.5,
    "element_size": 0.5,
    "time_tolerance": 5e-3,
}
# A wave over a width, and a width over an element, for constants that make waves shorter.
_PER_WAVE, _PER_WIDTH = 12.0, 3.0


@dataclass(frozen=True)
class Run:
    """A run of the ensemble.

    Attributes:
        label: What is changed; names its directory too.
        preset: Of the case.
        values: Changes of the preset.
    """

    label: str
    preset: str
    values: Values


def seeds(numbers: Sequence[int]) -> list[Run]:
    """Return the preset with other first bumps.

    With one eigenstrain coarse particles are as fine ones, and are not meshed.
    """
    values = {**NARROW, "particles": "fine"}
    return [Run(f"seed {n}", "predictive", {**values, "seed": n}) for n in numbers]


def packings(numbers: Sequence[int]) -> list[Run]:
    """Return one and two eigenstrains in packings of coarse particles, with a thicker front."""
    values = {**NARROW, **_PACKED}
    one = CASE.resolve("predictive").eigenstrain_fine
    same = {"eigenstrain_fine": one, "eigenstrain_coarse": one}
    found = []
    for n in numbers:
        here = {**values, "seed": n, "packing_seed": n}
        found.append(Run(f"packing {n}, one", "predictive", {**here, **same}))
        found.append(Run(f"packing {n}, two", "two-eigenstrains", here))
    return found


def voltage(numbers: Sequence[int]) -> list[Run]:
    """Return the preset at -0.1 V."""
    changes = {**HELD_VOLTAGE, "end_time": 5400.0, "output_interval": 300.0}
    return [Run(f"voltage {n}", "predictive", {**changes, "seed": n}) for n in numbers]


def _ranged(values: Values) -> list[tuple[str, Values]]:
    found = []
    for one in RANGES:
        for value in (one.low, one.high):
            changes = {**values, **dict.fromkeys(one.names, value)}
            p = CASE.resolve("predictive", changes)
            length = 2 * 3.14159 / flat_front(p).fastest()[0]
            if length < _PER_WAVE * p.interface_width:
                width = round(length / _PER_WAVE, 2)
                changes |= {"interface_width": width, "element_size": width / _PER_WIDTH}
            found.append((f"{one.names[0]} {value:g}", changes))
    return found


def ranges(_: Sequence[int]) -> list[Run]:
    """Return the preset with each constant at the ends of its range."""
    values = {**NARROW, "particles": "fine", "end_time": 12900.0}
    return [
        Run("none", "predictive", values),
        *(Run(label, "predictive", changes) for label, changes in _ranged(values)),
        Run("nucleus_height 1", "predictive", {**values, "nucleus_height": 1.0}),
    ]


def voltage_ranges(_: Sequence[int]) -> list[Run]:
    """Return the preset at -0.1 V with conductivities of its range, as long as each takes."""
    found = []
    for conductivity, end in ((0.01, 10800.0), (0.12, 1800.0)):
        changes = {**HELD_VOLTAGE, "conductivity": conductivity, "end_time": end}
        changes["output_interval"] = end / 20
        found.append(Run(f"voltage, conductivity {conductivity:g}", "predictive", changes))
    return found


def numbers(_: Sequence[int]) -> list[Run]:
    """Return one bump with other widths, relaxations and tolerances of the step."""
    bump: Values = {
        "width": 16.0,
        "height": 60.0,
        "nuclei": 1,
        "particles": "fine",
        "end_time": 12900.0,
    }
    changes: dict[str, Values] = {}
    for width in (1.5, 1.0, 0.7, 0.5):
        size = {"interface_width": width, "element_size": width / _PER_WIDTH}
        for relaxation in (4.0, 12.0) if width > 0.5 else (4.0,):
            label = f"w = {width:g} um, b = {relaxation:g}"
            changes[label] = {
                **size,
                "front_relaxation": relaxation,
                "time_tolerance": 1e-2,
            }
    changes["w = 1 um, tolerance 2e-3"] = {}
    changes["w = 1 um, tolerance 2e-3, b = 12"] = {"front_relaxation": 12.0}
    changes["w = 1 um, tolerance 5e-4"] = {"time_tolerance": 5e-4}
    changes["w = 1 um, five elements"] = {"element_size": 0.2}
    return [Run(label, "predictive", {**bump, **change}) for label, change in changes.items()]


STUDIES: Mapping[str, Callable[[Sequence[int]], list[Run]]] = {
    "seeds": seeds,
    "packings": packings,
    "ranges": ranges,
    "voltage": voltage,
    "voltage-ranges": voltage_ranges,
    "numbers": numbers,
}
UNDERSIDE = 32.0
"""Of the coarse particles of Fig. 5C, in um."""
EQUAL: Mapping[str, tuple[float, float]] = {
    "galvanostatic": (12900.0, 27400.0),
    "potentiostatic": (600.0, 1200.0),
}
"""When as much is plated as in 600 and 1200 s of Fig. 5 as calibrated, or those times."""
HEADS = (
    "front at 32 um (s)",
    "plated then (um)",
    "tip - mean, 600 s (um)",
    "1200 s (um)",
    "plated, 1200 s (um)",
    "overhang, 1200 s",
    "pressure, 1200 s (MPa)",
    "Li share of coarse",
    "tip at the end (um)",
    "end (s)",
)


def read(history: History, mode: str) -> list[float | None]:
    """Return the numbers of a row from a run's history; see `HEADS`."""
    time, tip = history["time [s]"], history["tip_height [um]"]
    mean = history["mean_height [um]"]
    past = next((k for k in range(len(time)) if tip[k] >= UNDERSIDE), None)
    early, late = EQUAL[mode]

    def at(when: float, values: Any) -> float | None:
        return float(np.interp(when, time, values)) if when <= 1.001 * time[-1] else None

    coarse = "lithium_fraction_coarse [1]"
    return [
        None if past is None else float(time[past]),
        None if past is None else float(mean[past] - mean[0]),
        at(early, tip - mean),
        at(late, tip - mean),
        at(late, mean - mean[0]),
        at(late, history["overhang [1]"]),
        at(late, history["pressure_mean_fine [MPa]"]),
        at(late, history[coarse]) if coarse in history else None,
        float(tip[-1]),
        float(time[-1]),
    ]


def row(out: Path) -> list[float | None]:
    """Read a run."""
    directory = RunDirectory(out)
    parameters = CASE.resolve(None, read_input(directory.input).parameters)
    return read(read_history(directory.history), parameters.mode)


def summary(rows: Sequence[Sequence[float | None]]) -> tuple[str, ...]:
    """Return mean and standard deviation of each column."""
    cells = []
    for column in zip(*rows, strict=True):
        known = [x for x in column if x is not None]
        spread = f" +- {statistics.stdev(known):.2g}" if len(known) > 1 else ""
        cells.append(f"{statistics.fmean(known):.4g}{spread}" if known else "-")
    return tuple(cells)


def _name(label: str) -> str:
    return "-".join(label.replace(",", "").replace("=", "").split())


def main() -> None:
    """Run what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/predictive"))
    parser.add_argument("--study", choices=STUDIES, action="append")
    parser.add_argument("--seeds", type=int, default=8)
    given = parser.parse_args()
    comm = MPI.COMM_WORLD
    for study in given.study or STUDIES:
        rows, lines = [], [(study, *HEADS)]
        for run in STUDIES[study](range(1, given.seeds + 1)):
            out = given.out / f"{study}-{_name(run.label)}"
            if not on_root(comm, RunDirectory(out).summary.is_file):
                run_case(
                    CASE,
                    preset=run.preset,
                    values=run.values,
                    out=out,
                    comm=comm,
                    overwrite=True,
                    figures=False,
                )
            rows.append(on_root(comm, lambda out=out: row(out)))
            shown = ("-" if x is None else f"{x:.4g}" for x in rows[-1])
            lines.append((run.label, *shown))
        if study in ("seeds", "voltage"):
            lines.append(("mean +- standard deviation", *summary(rows)))
        if comm.rank == 0:
            print(f"\n{markdown(lines)}", flush=True)


if __name__ == "__main__":
    main()
