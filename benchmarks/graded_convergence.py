"""What seed, mesh, time tolerance and interface width change in graded-li3n: mean and spread.

    ./env.sh run mpirun -n 2 python3 benchmarks/graded_convergence.py [--study seed] [--out DIR]

Runs that are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.cases.graded_li3n.readings import value
from lithode.core.parallel import on_root
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.output.tables import markdown

SYSTEMS = ("fine", "graded")
SEEDS = (1, 2, 3, 4, 5)
WIDTHS = (4.5, 3.5, 2.5, 1.5)
# Changes of the preset quick, each with seed 1.
STUDIES: Mapping[str, Sequence[Mapping[str, float]]] = {
    "seed": [{"seed": seed} for seed in SEEDS],
    "mesh": [{"element_size": size} for size in (1.6, 1.2, 0.9, 0.65)],
    "time": [{"time_tolerance": tolerance} for tolerance in (2e-2, 1e-2, 5e-3, 2.5e-3)],
    "width": [{"interface_width": width, "element_size": width / 5} for width in WIDTHS],
}


# What is read off a run, by the names of the case's targets: a pressure, and findings in words.
PRESSURES: Mapping[str, str] = {
    "fine": "pressure at the Li interface, 1800 s",
    "graded": "largest pressure at coarse particles, 1800 s",
}
FINDINGS: Mapping[str, Sequence[str]] = {
    "fine": ("growth, 600 s", "growth, 1800 s", "side branches, 1800 s"),
    "graded": ("coarse particles, 1800 s",),
}


@dataclass(frozen=True)
class Row:
    """What is compared."""

    pressure: float | None
    tip: float | None
    contact: float | None
    finding: str

    @classmethod
    def of(cls, out: Path, system: str) -> Row:
        """Read a run, whether it is the paper's or not."""
        directory = RunDirectory(out)
        history = read_history(directory.history)
        parameters = CASE.resolve(None, read_input(directory.input).parameters)
        targets = {target.name: target for target in CASE.targets}

        def read(name: str) -> Any:
            return targets[name].read(history, parameters)

        findings = [read(name) for name in FINDINGS[system]]
        ended = f"ended at {history['time [s]'][-1]:.0f} s"
        return cls(
            read(PRESSURES[system]),
            value(history, "tip_height [um]", 1800.0, parameters),
            read("contact with coarse particles") if system == "graded" else None,
            ", ".join(finding or ended for finding in findings),
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        numbers = (self.pressure, self.tip, self.contact)
        return (*("-" if x is None else f"{x:.4g}" for x in numbers), self.finding)


def summary(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return mean and standard deviation of each number, and how often each finding came."""
    cells = []
    for numbers in zip(*((r.pressure, r.tip, r.contact) for r in rows), strict=True):
        known = [x for x in numbers if x is not None]
        spread = f" +- {statistics.stdev(known):.2g}" if len(known) > 1 else ""
        cells.append(f"{statistics.fmean(known):.4g}{spread}" if known else "-")
    columns = zip(*(row.finding.split(", ") for row in rows), strict=True)
    shown = (
        " / ".join(f"{name} {words.count(name)} of {len(rows)}" for name in sorted({*words}))
        for words in columns
    )
    return (*cells, "; ".join(shown))


def main() -> None:
    """Run what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/convergence"))
    parser.add_argument("--study", choices=STUDIES, action="append")
    parser.add_argument("--particles", choices=SYSTEMS, action="append")
    given = parser.parse_args()
    comm = MPI.COMM_WORLD
    for study in given.study or STUDIES:
        for system in given.particles or SYSTEMS:
            rows, labels = [], []
            for changes in STUDIES[study]:
                label = ", ".join(f"{name} {x:g}" for name, x in changes.items())
                out = given.out / f"{system}-{label.replace(', ', '-').replace(' ', '-')}"
                values = {"particles": system, **changes}
                if not on_root(comm, RunDirectory(out).summary.is_file):
                    run_case(
                        CASE, preset="quick", values=values, out=out, comm=comm, overwrite=True
                    )
                labels.append(label)
                rows.append(on_root(comm, lambda out=out, system=system: Row.of(out, system)))
            if comm.rank:
                continue
            heads = ("pressure (MPa)", "tip (um)", "contact (s)", "finding")
            lines = [(f"{study}, {system}", *heads)]
            lines += [(label, *row.cells) for label, row in zip(labels, rows, strict=True)]
            if study != "width":  # which is a parameter of the model
                lines.append(("mean +- standard deviation", *summary(rows)))
            print(f"\n{markdown(lines)}", flush=True)


if __name__ == "__main__":
    main()
