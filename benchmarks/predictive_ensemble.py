"""What graded-li3n does with nothing calibrated: over seeds, packings and ranges of its constants.

    ./env.sh run python3 benchmarks/predictive_ensemble.py [--study seeds] [--seeds 8] [--out DIR]

Runs that are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from benchmarks.predictive_runs import PER_WIDTH, Run, Values, keep, ranged, summary
from lithode.cases.graded_li3n.growth.case import CASE
from lithode.core.parallel import on_root
from lithode.engine.rundir import RunDirectory, read_input
from lithode.output.history import History, read_history
from lithode.output.tables import markdown

UNDERSIDE = 32.0
"""Of the coarse particles of Fig. 5C, in um."""
EQUAL: Mapping[str, tuple[float, ...]] = {
    "galvanostatic": (12900.0, 27400.0, 49400.0),
    "potentiostatic": (600.0, 1200.0, 1800.0),
}
"""When as much is plated as in 600, 1200 and 1800 s of Fig. 5 as calibrated, or those times."""
NARROW: Values = {"width": 24.0, "nuclei": 2, "end_time": 27400.0, "output_interval": 2000.0}
"""A strip of the layer, which makes the runs of many seeds short."""
HELD_VOLTAGE: Values = {
    "mode": "potentiostatic",
    "current": None,
    "particles": "fine",
    "interface_width": 0.6,
    "element_size": 0.2,
    "output_times": (),
}
"""-0.1 V over 90 um."""
_LAYER: Values = {
    **HELD_VOLTAGE,
    "time_tolerance": 1e-2,
    "end_time": 4500.0,
    "output_interval": 300.0,
}
"""With a front of a tenth of the fastest wave."""
_THICKER: Values = {**_LAYER, "width": 24.0, "nuclei": 2}
"""As wide as four waves that grow fastest at first; as high as the layer, for its current."""
_STRIP: Values = {**_THICKER, "interface_width": 0.3, "element_size": 0.1}
"""With a front of a twentieth of the fastest wave."""
_ENDS = {0.01: 9000.0, 0.12: 1300.0}
"""In s, by conductivity in S/m."""
_PACKED: Values = {
    "particles": "random",
    "area_fraction": 0.2,
    "smallest_radius": 4.0,
    "largest_radius": 6.0,
    "interface_width": 1.5,
    "element_size": 0.5,
    "time_tolerance": 5e-3,
}
_PER_WAVE, _PER_WAVE_HELD = 12.0, 10.0
"""Widths in the fastest wave, for constants that make waves shorter; the latter at -0.1 V."""
_BUMP: Values = {
    "width": 16.0,
    "height": 60.0,
    "nuclei": 1,
    "particles": "fine",
    "end_time": 12900.0,
}


def _seeded(numbers: Sequence[int], values: Values) -> list[Run]:
    return [Run(f"seed {n}", "predictive", {**values, "seed": n}) for n in numbers]


def seeds(numbers: Sequence[int]) -> list[Run]:
    """Return the preset with other first bumps.

    With one eigenstrain coarse particles are as fine ones, and are not meshed.
    """
    values = {**NARROW, "particles": "fine", "end_time": EQUAL["galvanostatic"][-1]}
    return _seeded(numbers, values)


def layer(numbers: Sequence[int]) -> list[Run]:
    """Return the preset in fine Li3N as wide as it is: bumps have neighbours."""
    return _seeded(numbers, {"particles": "fine", "end_time": EQUAL["galvanostatic"][-1]})


def packings(numbers: Sequence[int], room: Values = NARROW) -> list[Run]:
    """Return one and two eigenstrains in packings of coarse particles, with a thicker front."""
    values = {**room, **_PACKED}
    one = CASE.resolve("predictive").eigenstrain_fine
    same = {"eigenstrain_fine": one, "eigenstrain_coarse": one}
    found = []
    for n in numbers:
        here = {**values, "seed": n, "packing_seed": n}
        found.append(Run(f"packing {n}, one", "predictive", {**here, **same}))
        found.append(Run(f"packing {n}, two", "two-eigenstrains", here))
    return found


def layer_packings(numbers: Sequence[int]) -> list[Run]:
    """Return the same in the whole layer."""
    return packings(numbers, {"end_time": EQUAL["galvanostatic"][1]})


def voltage(numbers: Sequence[int]) -> list[Run]:
    """Return the preset at -0.1 V, with a front of a twentieth of the fastest wave."""
    return _seeded(numbers, _STRIP)


def voltage_widths(numbers: Sequence[int]) -> list[Run]:
    """Return some of these runs with a front twice as thick."""
    return [
        Run(f"seed {n}, w = 0.6 um", "predictive", {**_THICKER, "seed": n}) for n in numbers[:3]
    ]


def ranges(_: Sequence[int]) -> list[Run]:
    """Return the preset with each constant at the ends of its range."""
    values = {**NARROW, "particles": "fine", "end_time": 12900.0}
    return [
        Run("none", "predictive", values),
        *(Run(label, "predictive", changes) for label, changes in ranged(CASE, values, _PER_WAVE)),
        Run("nucleus_height 1", "predictive", {**values, "nucleus_height": 1.0}),
    ]


def kinetics(_: Sequence[int]) -> list[Run]:
    """Return the fastest reaction of its range with thinner fronts, as one of 1 um breaks up."""
    values = {**NARROW, "particles": "fine", "end_time": 12900.0, "time_tolerance": 5e-3}
    found = []
    for width in (1.0, 0.5):
        size = {"interface_width": width, "element_size": width / PER_WIDTH}
        changes = {**values, **size, "exchange_current_density": 2570.0}
        found.append(Run(f"i_0 2570, w = {width:g} um", "predictive", changes))
    return found


def voltage_layer(numbers: Sequence[int]) -> list[Run]:
    """Return the whole layer at -0.1 V, with a front of a tenth of the fastest wave."""
    return _seeded(numbers, _LAYER)


def voltage_packings(numbers: Sequence[int]) -> list[Run]:
    """Return one and two eigenstrains in packings at -0.1 V, with a front of 0.6 um."""
    found = []
    for run in packings(numbers):
        values = {**run.values, **_THICKER, "particles": "random", "end_time": 6000.0}
        found.append(replace(run, values=values))
    return found


def voltage_ranges(_: Sequence[int]) -> list[Run]:
    """Return the preset at -0.1 V with each constant at the ends of its range.

    A conductor of another conductivity gets as far in another time.
    """
    found = [Run("none", "predictive", _THICKER)]
    for label, changes in ranged(CASE, _THICKER, _PER_WAVE_HELD):
        end = _ENDS.get(changes.get("conductivity"), changes["end_time"])
        found.append(Run(label, "predictive", {**changes, "end_time": end}))
    return found


def numbers(_: Sequence[int]) -> list[Run]:
    """Return one bump with other widths, relaxations, tolerances of the step and elements."""
    changes: dict[str, Values] = {}
    for width in (1.5, 1.0, 0.7, 0.5):
        size = {"interface_width": width, "element_size": width / PER_WIDTH}
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
    for width, count in ((1.0, 4), (1.0, 5), (1.0, 7), (0.7, 5), (0.5, 5)):
        changes[f"w = {width:g} um, {count} elements"] = {
            "interface_width": width,
            "element_size": width / count,
            "time_tolerance": 1e-2,
        }
    return [Run(label, "predictive", {**_BUMP, **change}) for label, change in changes.items()]


def creep(_: Sequence[int]) -> list[Run]:
    """Return the bump with lithium that creeps, for several widths, relaxations and tolerances."""
    found = []
    for width, relaxation, tolerance in (
        (1.0, 4.0, 1e-2),
        (0.7, 4.0, 1e-2),
        (0.5, 4.0, 1e-2),
        (1.0, 12.0, 1e-2),
        (1.0, 4.0, 2e-3),
    ):
        changes = {
            "lithium_mechanics": "creep",
            "interface_width": width,
            "element_size": width / PER_WIDTH,
            "front_relaxation": relaxation,
            "time_tolerance": tolerance,
        }
        label = f"w = {width:g} um, b = {relaxation:g}, tolerance {tolerance:g}"
        found.append(Run(label, "predictive", {**_BUMP, **changes}))
    return found


STUDIES: Mapping[str, Callable[[Sequence[int]], list[Run]]] = {
    "seeds": seeds,
    "layer": layer,
    "packings": packings,
    "layer-packings": layer_packings,
    "ranges": ranges,
    "voltage": voltage,
    "voltage-widths": voltage_widths,
    "voltage-layer": voltage_layer,
    "voltage-ranges": voltage_ranges,
    "voltage-packings": voltage_packings,
    "numbers": numbers,
    "creep": creep,
    "kinetics": kinetics,
}
HEADS = (
    "front at 32 um (s)",
    "plated then (um)",
    "tip - mean, 600 s (um)",
    "1200 s (um)",
    "plated, 1200 s (um)",
    "overhang, 1200 s",
    "pressure, 1200 s (MPa)",
    "Li share of coarse",
    "pressure in coarse (99 %)",
    "tip speed over that of the mean, 1200 s",
    "current, 1200 s (A/m2)",
    "largest current (A/m2)",
    "tip - mean, 1800 s (um)",
    "overhang, 1800 s",
    "Li share of coarse at the end",
    "tip at the end (um)",
    "end (s)",
)


def read(history: History, mode: str) -> list[float | None]:
    """Return the numbers of a row from a run's history; see `HEADS`."""
    time, tip = history["time [s]"], history["tip_height [um]"]
    mean = history["mean_height [um]"]
    past = next((k for k in range(len(time)) if tip[k] >= UNDERSIDE), None)
    early, late, last = EQUAL[mode]

    def at(when: float, values: Any) -> float | None:
        return float(np.interp(when, time, values)) if when <= 1.001 * time[-1] else None

    peak = "largest_current [A/m^2]"
    coarse, squeezed = "lithium_fraction_coarse [1]", "pressure_p99_coarse [MPa]"
    return [
        None if past is None else float(time[past]),
        None if past is None else float(mean[past] - mean[0]),
        at(early, tip - mean),
        at(late, tip - mean),
        at(late, mean - mean[0]),
        at(late, history["overhang [1]"]),
        at(late, history["pressure_mean_fine [MPa]"]),
        at(late, history[coarse]) if coarse in history else None,
        at(late, history[squeezed]) if squeezed in history else None,
        at(late, _slope(time, tip) / np.maximum(_slope(time, mean), 1e-30)),
        at(late, history["plating_current [A/m^2]"]),
        float(max(history[peak])) if peak in history else None,
        at(last, tip - mean),
        at(last, history["overhang [1]"]),
        float(history[coarse][-1]) if coarse in history else None,
        float(tip[-1]),
        float(time[-1]),
    ]


def _slope(time: Any, height: Any) -> Any:
    """Return the speed over the last quarter of each time."""
    before = 0.75 * time
    return (height - np.interp(before, time, height)) / np.maximum(time - before, 1e-30)


def row(out: Path) -> list[float | None]:
    """Read a run."""
    directory = RunDirectory(out)
    parameters = CASE.resolve(None, read_input(directory.input).parameters)
    return read(read_history(directory.history), parameters.mode)


def main() -> None:
    """Run what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/predictive"))
    parser.add_argument("--study", choices=STUDIES, action="append")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1, help="seed to begin with")
    parser.add_argument("--end", type=float, help="stop here, in s; without it runs go on later")
    given = parser.parse_args()
    comm = MPI.COMM_WORLD
    for study in given.study or STUDIES:
        rows, lines = {}, [(study, *HEADS)]
        for run in STUDIES[study](range(given.first, given.seeds + 1)):
            out = run.directory(given.out, study)
            if given.end is not None:
                run = replace(run, values={**run.values, "end_time": given.end})
            run.ensure(CASE, out, comm)
            rows[run.label] = on_root(comm, lambda out=out: row(out))
            shown = ("-" if x is None else f"{x:.4g}" for x in rows[run.label])
            lines.append((run.label, *shown))
            if comm.rank == 0:
                keep(study, HEADS, rows)
        for name, labels in _alike(rows).items():
            lines.append((name, *summary([rows[label] for label in labels])))
        if comm.rank == 0:
            print(f"\n{markdown(lines)}", flush=True)


def _alike(labels: Iterable[str]) -> Mapping[str, list[str]]:
    """Return which runs differ by nothing but chance, by what their mean is called."""
    groups: dict[str, list[str]] = {}
    for label in labels:
        number, *same = label.split(", ")
        if number.startswith(("seed ", "packing ")):
            groups.setdefault(" ".join(("mean", *same)), []).append(label)
    return groups


if __name__ == "__main__":
    main()
