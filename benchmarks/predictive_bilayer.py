"""What graded-li3n/bilayer does with nothing calibrated, at the cell's current and at -0.1 V.

    ./env.sh run python3 benchmarks/predictive_bilayer.py [--seeds 2] [--out DIR]

Runs that are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lithode.cases.graded_li3n.bilayer.case import CASE
from lithode.cases.graded_li3n.bilayer.targets import COVERED
from lithode.engine.rundir import RunDirectory
from lithode.engine.runner import run_case
from lithode.output.history import History, read_history
from lithode.output.tables import markdown

_FASTER: Mapping[str, Any] = {"time_tolerance": 1e-2}
_HELD: Mapping[str, Any] = {"end_time": 64000.0}
"""A little after contact: beside the second layer steps become short."""
_VOLTAGE: Mapping[str, Any] = {
    **_FASTER,
    "mode": "potentiostatic",
    "current": None,
    "interface_width": 0.8,
    "element_size": 0.26,
    "output_times": (1200.0, 2100.0),
    "output_interval": 1000.0,
    "end_time": 6500.0,
}
"""-0.1 V: waves are shorter, so the front is thinner."""
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


def runs(seeds: int) -> Mapping[str, Mapping[str, Any]]:
    """Return changes of the preset by label."""
    held = {
        f"held, seed {n}": {**_HELD, "seed": n, **(_FASTER if n > 1 else {})}
        for n in range(1, seeds + 1)
    }
    return {**held, "-0.1 V": _VOLTAGE}


def rows(label: str, history: History) -> list[tuple[str, ...]]:
    """Return a row at contact, at cover and at the end of a run."""
    covered, touched = history["covered_fraction [1]"], history["contact_lzc [1]"] > 0.5
    found = {
        "contact": np.flatnonzero(touched)[:1],
        "contact in the channel": np.flatnonzero(covered > 0)[:1],
        "cover": np.flatnonzero(covered > COVERED)[:1],
        "end": np.array([len(covered) - 1]),
    }
    return [
        (
            f"{label}, {when}",
            f"{history['time [s]'][k]:.5g}",
            *(f"{history[column][k]:.4g}" for column in _COLUMNS.values()),
        )
        for when, places in found.items()
        for k in places
    ]


def main() -> None:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/predictive-bilayer"))
    parser.add_argument("--seeds", type=int, default=2)
    given = parser.parse_args()
    lines = [("run", "time (s)", *_COLUMNS)]
    for label, values in runs(given.seeds).items():
        out = given.out / label.replace(",", "").replace(" ", "-")
        if not RunDirectory(out).summary.is_file():
            run_case(
                CASE,
                preset="predictive",
                values=values,
                out=out,
                overwrite=True,
                figures=False,
            )
        lines += rows(label, read_history(out / "history.csv"))
    print(markdown(lines))


if __name__ == "__main__":
    main()
