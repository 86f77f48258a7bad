"""A study: what a case computes that has no mesh and marches nowhere.

Screening of materials, phase equilibria, fits and transforms of measured data fill tables on one
process. The run engine gives them the same files, reports and exit codes as simulations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.core.health import HealthLine
from lithode.engine.rundir import RunDirectory
from lithode.output.tables import Columns, write_table

Progress: TypeAlias = Callable[[float], None]
"""Told the part that is done, from 0 to 1; raises Interrupted when a signal has asked to stop."""


@dataclass(frozen=True)
class Tables:
    """What a study has found.

    Attributes:
        history: Numbers along the axis, which is the first column: targets are read off them and
            they become ``history.csv``.
        tables: What else there is to say, by file name without ``.csv``, below ``tables``.
        conservation: Conserved quantity to its relative defect.
    """

    history: Mapping[str, npt.NDArray[np.float64]]
    tables: Mapping[str, Columns] = field(default_factory=dict)
    conservation: Mapping[str, float] = field(default_factory=dict)

    def write(self, directory: RunDirectory) -> None:
        """Write the tables that are there."""
        if self.history:
            write_table(directory.history, self.history)
        for name, columns in self.tables.items():
            write_table(directory.tables / f"{name}.csv", columns)


@dataclass(frozen=True)
class Study:
    """All that the run engine needs of a case without a mesh.

    Attributes:
        compute: Does the work, on rank 0 only; calls what it is given as often as it can.
        health: Derived numbers to show and to warn about.
    """

    compute: Callable[[Progress], Tables]
    health: Sequence[HealthLine] = ()
