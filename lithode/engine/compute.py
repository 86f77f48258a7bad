"""Runs of cases without a mesh, on one rank."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpi4py import MPI

from lithode.core.errors import Interrupted, SolverError
from lithode.core.parallel import on_root
from lithode.core.parameters import CaseParameters
from lithode.engine import report
from lithode.engine.case import StudyCase
from lithode.engine.claim import claimed
from lithode.engine.log_file import log_file
from lithode.engine.progress import PartDone
from lithode.engine.rundir import RunDirectory
from lithode.engine.signals import StopSignals
from lithode.engine.study import Tables
from lithode.engine.summary import Effort, Outcome, summarise
from lithode.materials.registry import Materials


def compute(
    case: StudyCase[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    comm: MPI.Intracomm,
    *,
    case_file: Path | None,
    materials: Materials,
    overwrite: bool,
    figures: bool,
) -> dict[str, Any]:
    """Run a case without a mesh on rank 0 and return its summary; collective."""
    started = time.monotonic()

    def work(stop: StopSignals, open_log: Callable[[Path], None]) -> tuple[Outcome, dict[str, Any]]:
        study = case.build(parameters)
        directory.clear()
        directory.write_input(case.name, parameters, (), case_file, materials)
        open_log(directory.log)
        report.show_health(study.health)
        outcome, tables = Outcome("completed"), Tables({})
        with PartDone(stop) as progress:
            try:
                tables = study.compute(progress)
            except Interrupted as interrupt:
                outcome = Outcome("interrupted", failure=interrupt)
            except SolverError as error:
                outcome = Outcome("failed", failure=error)
        tables.write(directory)
        rows = len(next(iter(tables.history.values()), ()))
        effort = Effort(comm.size, 0, rows, 0, 0, 0, time.monotonic() - started)
        summary = summarise(
            case,
            parameters,
            tables.history,
            outcome,
            effort,
            conservation=tables.conservation,
            health=study.health,
        )
        report.conclude(case, parameters, directory, summary, movie=False, figures=figures)
        return outcome, summary

    with (
        claimed(directory, comm, resume=False, overwrite=overwrite),
        log_file(comm) as open_log,
        StopSignals(comm) as stop,
    ):
        outcome, summary = on_root(comm, lambda: work(stop, open_log))
    if outcome.failure is not None:
        raise outcome.failure
    return summary
