"""What graded-li3n/bilayer does with nothing calibrated, over seeds and ranges of its constants.

    ./env.sh run python3 benchmarks/predictive_bilayer.py [--study held] [--seeds 8] [--out DIR]

Runs that are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from mpi4py import MPI

from benchmarks.predictive_runs import Run, Values, keep, ranged, summary
from lithode.cases.graded_li3n.bilayer.case import CASE
from lithode.cases.graded_li3n.bilayer.predictive import NAME
from lithode.cases.graded_li3n.bilayer.targets import COVERED
from lithode.core.parallel import on_root
from lithode.output.history import History, read_history
from lithode.output.tables import markdown

_FASTER: Values = {"time_tolerance": 1e-2}
_HELD: Values = {"end_time": 64000.0}
"""At least: some 4000 s after contact, when steps become short beside the second layer."""
_VOLTAGE: Values = {
    **_FASTER,
    "mode": "potentiostatic",
    "current": None,
    "interface_width": 0.8,
    "element_size": 0.26,
    "output_times": (1200.0, 2100.0),
    "output_interval": 500.0,
}
"""-0.1 V: waves are shorter, so the front is thinner."""
_COARSE: Values = {
    **_FASTER,
    "interface_width": 1.5,
    "element_size": 0.5,
    "output_times": (),
}
"""A thicker front than the preset's, a tenth of the wave that grows fastest."""
_PER_WAVE = 10.0
_ENDS: Mapping[str | None, range] = {
    None: range(40_000, 100_000, 2_000),
    "potentiostatic": range(6_000, 20_000, 50),
}
"""Where runs in s stop to look whether they have come to LZC; by what drives them."""
_LATER: Mapping[str | None, float] = {None: 2700.0, "potentiostatic": 100.0}
"""From contact to cover in the paper in s, or at equal charge; by what drives a run."""
_COLUMNS = {
    "mean height (um)": "mean_height [um]",
    "tip (um)": "tip_height [um]",
    "covered": "covered_fraction [1]",
    "Li share of coarse": "lithium_fraction_coarse [1]",
    "pressure at the tip (MPa)": "pressure_tip_mean [MPa]",
    "transmitted (MPa)": "pressure_transmitted_mean [MPa]",
    "largest transmitted (MPa)": "pressure_transmitted_max [MPa]",
    "background (MPa)": "pressure_background [MPa]",
}


def held(numbers: Sequence[int]) -> list[Run]:
    """Return the preset for several seeds; the first with its own tolerance of the step."""
    found = []
    for n in numbers:
        faster = _FASTER if n > 1 else {}
        found.append(Run(f"seed {n}", NAME, {**_HELD, **faster, "seed": n}))
    return found


def voltage(numbers: Sequence[int]) -> list[Run]:
    """Return the preset at -0.1 V for several seeds."""
    return [Run(f"seed {n}", NAME, {**_VOLTAGE, "seed": n}) for n in numbers]


def voltage_widths(numbers: Sequence[int]) -> list[Run]:
    """Return some of these runs with a front half as thick."""
    size = {"interface_width": 0.4, "element_size": 0.13}
    labels = {n: f"seed {n}, w = 0.4 um" for n in numbers[:3]}
    return [Run(label, NAME, {**_VOLTAGE, **size, "seed": n}) for n, label in labels.items()]


def ranges(_: Sequence[int]) -> list[Run]:
    """Return the preset with a thicker front, and each constant at the ends of its range."""
    found = [("none", _COARSE), *ranged(CASE, _COARSE, _PER_WAVE)]
    return [Run(label, NAME, changes) for label, changes in found]


STUDIES: Mapping[str, Callable[[Sequence[int]], list[Run]]] = {
    "held": held,
    "voltage": voltage,
    "voltage-widths": voltage_widths,
    "ranges": ranges,
}


def _later(mode: str | None) -> str:
    return f"{_LATER[mode]:g} s later"


def rows(history: History, mode: str | None) -> Mapping[str, list[float]]:
    """Return time and columns at contact, some time later, at cover and at the end of a run."""
    covered, touched = history["covered_fraction [1]"], history["contact_lzc [1]"] > 0.5
    time = history["time [s]"]
    past = time >= time[touched].min(initial=np.inf) + _LATER[mode]
    found = {
        "contact": np.flatnonzero(touched)[:1],
        _later(mode): np.flatnonzero(past)[:1],
        "contact in the channel": np.flatnonzero(covered > 0)[:1],
        "cover": np.flatnonzero(covered > COVERED)[:1],
        "end": np.array([len(covered) - 1]),
    }
    columns = ("time [s]", *_COLUMNS.values())
    return {
        when: [float(history[column][k]) for column in columns]
        for when, places in found.items()
        for k in places
    }


def past_contact(run: Run, out: Path, comm: MPI.Intracomm) -> Mapping[str, list[float]]:
    """Make a run to contact or later, not ended before its own end; return its rows. Collective."""
    history, mode = out / "history.csv", run.values.get("mode")
    # What is held goes on after contact for as long as its own end says.
    wanted = "contact" if mode is None else _later(mode)

    def there() -> Mapping[str, list[float]]:
        return rows(read_history(history), mode) if history.is_file() else {}

    times = on_root(comm, there)
    least = run.values.get("end_time", 0.0)
    for end in _ENDS[mode]:
        if wanted in times and times["end"][0] > 0.99 * least:
            break
        if end < least or (times and times["end"][0] > 0.99 * end):
            continue
        longer = replace(run, values={**run.values, "end_time": float(end)})
        longer.ensure(CASE, out, comm)
        times = on_root(comm, there)
        if times["end"][0] < 0.99 * end:
            break
    return times


def main() -> None:
    """Run what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/predictive"))
    parser.add_argument("--study", choices=STUDIES, action="append")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first", type=int, default=1, help="seed to begin with")
    given = parser.parse_args()
    comm, heads = MPI.COMM_WORLD, ("time (s)", *_COLUMNS)
    for study in given.study or STUDIES:
        name, found = f"bilayer-{study}", {}
        for run in STUDIES[study](range(given.first, given.seeds + 1)):
            out = run.directory(given.out, name)
            there = past_contact(run, out, comm)
            found |= {f"{run.label}, {when}": row for when, row in there.items()}
            if comm.rank == 0:
                keep(name, heads, found)
        if comm.rank == 0:
            lines = [(label, *(f"{x:.4g}" for x in row)) for label, row in found.items()]
            contacts = [row for label, row in found.items() if label.endswith(", contact")]
            lines.append(("mean at contact", *summary(contacts)))
            print(f"\n{markdown([(name, *heads), *lines])}", flush=True)


if __name__ == "__main__":
    main()
