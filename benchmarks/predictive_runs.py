"""Runs of predictive presets: made once, gone on with where they stopped, and kept as a table."""

from __future__ import annotations

import csv
import logging
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpi4py import MPI

from lithode.cases.graded_li3n.predictive import RANGES
from lithode.core.errors import SolverError
from lithode.core.parallel import on_root
from lithode.engine.case import AnyCase
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.runner import run_case
from lithode.solvers.electrodeposition.health import flat_front

logger = logging.getLogger(__name__)

Values = Mapping[str, Any]
Row = Sequence[float | None]

TABLE = Path(__file__).parent / "data" / "predictive.csv"
PER_WIDTH = 3.0
"""Elements."""
_HEAD = ("study", "run", "quantity", "value")


@dataclass(frozen=True)
class Run:
    """A run of an ensemble.

    Attributes:
        label: What is changed; names its directory too.
        preset: Of the case.
        values: Changes of the preset.
    """

    label: str
    preset: str
    values: Values

    def directory(self, out: Path, study: str) -> Path:
        """Return where it is kept."""
        words = "".join(letter for letter in self.label if letter not in ",=")
        return out / "-".join((study, *words.split()))

    def ensure(self, case: AnyCase, directory: Path, comm: MPI.Intracomm) -> None:
        """Make the run, or go on with it from where it was stopped; collective.

        One that ended before the ``end_time`` that is asked for is gone on with.
        """
        kept, end = RunDirectory(directory), self.values.get("end_time")

        def before() -> tuple[str | None, Any, bool]:
            stopped = any(kept.checkpoints.glob("*.h5"))
            asked = read_input(kept.input).parameters.get("end_time") if stopped else None
            return kept.read_summary().get("status"), asked, stopped

        status, asked, stopped = on_root(comm, before)
        is_short = status == "completed" and end is not None and asked < end
        if status not in (None, "interrupted") and not is_short:
            return
        given: Values = {"preset": self.preset, "values": self.values, "overwrite": True}
        longer: Values = {"resume": True, "values": {"end_time": end} if end is not None else {}}
        how = longer if stopped else given
        try:
            run_case(case, out=directory, comm=comm, figures=False, **how)
        except SolverError:
            logger.exception("%s went no further", self.label)


def ranged(case: AnyCase, values: Values, per_wave: float) -> list[tuple[str, Values]]:
    """Return changes with each constant at both ends of its range, one at a time.

    Args:
        case: With the preset `predictive`.
        values: Changes of the preset.
        per_wave: Least width of the front in the fastest wave of a flat one; where a constant makes
            that wave too short the front is made thinner.
    """
    found = []
    for one in RANGES:
        names = (*one.names, *(("eigenstrain_second",) if "eigenstrain_fine" in one.names else ()))
        for value in (one.low, one.high):
            own = [name for name in names if name in case.parameters.model_fields]
            changes = {**values, **dict.fromkeys(own, value)}
            p: Any = case.resolve("predictive", changes)
            length = 2 * math.pi / flat_front(p).fastest()[0]
            if length < per_wave * p.interface_width:
                width = round(length / per_wave, 2)
                changes |= {"interface_width": width, "element_size": width / PER_WIDTH}
            found.append((f"{one.names[0]} {value:g}", changes))
    return found


def summary(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return mean and standard deviation of each column."""
    cells = []
    for column in zip(*rows, strict=True):
        known = [x for x in column if x is not None and math.isfinite(x)]
        spread = f" +- {statistics.stdev(known):.2g}" if len(known) > 1 else ""
        cells.append(f"{statistics.fmean(known):.4g}{spread}" if known else "-")
    return tuple(cells)


def keep(study: str, heads: Sequence[str], rows: Mapping[str, Row]) -> None:
    """Put the rows of some runs of a study into the table, in place of what it has of them."""
    kept: list[Sequence[str]] = []
    if TABLE.is_file():
        with TABLE.open(newline="") as file:
            known = list(csv.reader(file))[1:]
        kept += [row for row in known if row[0] != study or row[1] not in rows]
    for label, row in rows.items():
        cells = (
            (head, x)
            for head, x in zip(heads, row, strict=True)
            if x is not None and math.isfinite(x)
        )
        kept += [(study, label, head, f"{x:.5g}") for head, x in cells]
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEAD)
        writer.writerows(sorted(kept, key=lambda row: row[0]))
