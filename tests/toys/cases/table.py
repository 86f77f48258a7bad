"""A toy without a mesh: squares of numbers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np

from lithode.core.errors import InputError, SolverError
from lithode.core.health import HealthLine
from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.engine.case import StudyCase
from lithode.engine.study import Progress, Study, Tables
from lithode.engine.verdict import Result, Target


class Parameters(CaseParameters):
    rows: int = count(5, "rows", source="tests", provenance="numerical", ge=1)
    factor: float = quantity(1.0, "V", "before the squares", source="tests", provenance="assumed")
    names: Path | None = choice(None, "a file", source="tests", provenance="assumed")
    diverges: bool = choice(False, "fail", source="tests", provenance="assumed")
    has_bug: bool = choice(False, "a bug", source="tests", provenance="assumed")
    signal_number: int = count(0, "to send itself", source="tests", provenance="assumed", ge=0)


def build(parameters: Parameters) -> Study:
    if parameters.names is not None and not parameters.names.exists():
        raise InputError("names", parameters.names, "is missing")

    def compute(progress: Progress) -> Tables:
        values = np.arange(float(parameters.rows))
        for k in range(parameters.rows):
            if parameters.signal_number and k == 2:
                os.kill(os.getpid(), parameters.signal_number or signal.SIGTERM)
            progress(k / parameters.rows)
        if parameters.diverges:
            raise SolverError("the toy cannot go on")
        if parameters.has_bug:
            raise ZeroDivisionError("a bug on rank 0")
        return Tables(
            {"count [1]": values, "square [V]": parameters.factor * values**2},
            {"names": {"name": [f"n{k:g}, odd" for k in values], "value [1]": values}},
            {"count": 1e-16},
        )

    return Study(compute, [HealthLine("rows", parameters.rows, "too few bend", low=3)])


CASE = StudyCase(
    name="table",
    title="Squares",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"rows": 50}},
    build=build,
    results=lambda history, _: [Result("last square", float(history["square [V]"][-1]), "V")],
    targets=[
        Target(
            name="last square",
            paper=16.0,
            unit="V",
            kind="predicted",
            tolerance=0.1,
            read=lambda history, _: float(history["square [V]"][-1]),
            source="tests",
        )
    ],
)
