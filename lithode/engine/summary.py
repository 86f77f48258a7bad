"""What a run came to: the content of ``summary.json``, from which all reports are made."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import lithode
from lithode.core.errors import LithodeError, log_mistake
from lithode.core.health import HealthLine
from lithode.core.parameters import CaseParameters
from lithode.core.schema import SCHEMA
from lithode.engine.case import Scenario
from lithode.engine.verdict import Result, Score, Verdict, nearest_departures
from lithode.engine.versions import versions
from lithode.output.history import History

if TYPE_CHECKING:
    from lithode.solvers.numerics.model import Event

logger = logging.getLogger(__name__)

Status = Literal["completed", "stopped", "interrupted", "failed"]


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        status: In one word.
        event: Physical event that ended it.
        failure: Error to raise once the files are written.
    """

    status: Status
    event: Event | None = None
    failure: LithodeError | None = None


@dataclass(frozen=True)
class Effort:
    """What a run took.

    Attributes:
        ranks: Number of ranks.
        unknowns: Global number of unknowns of one step; 0 without a mesh.
        steps: Accepted steps, or rows of a study.
        rejected_steps: Steps tried in vain.
        nonlinear_iterations: Newton iterations of all steps.
        linear_iterations: Krylov iterations of all steps.
        wall_seconds: Time, earlier sessions of a resumed run included.
    """

    ranks: int
    unknowns: int
    steps: int
    rejected_steps: int
    nonlinear_iterations: int
    linear_iterations: int
    wall_seconds: float


def judge(case: Scenario[Any], parameters: CaseParameters, history: History) -> list[Verdict]:
    """Compare a run with the paper, where the run is the paper's."""
    return [target.judge(history, parameters) for target in case.targets_of(parameters)]


def conclusions(
    case: Scenario[Any], parameters: CaseParameters, history: History
) -> dict[str, Any]:
    """Return the entries of the summary that say what a run means.

    They are ``results``, ``targets``, ``score``, ``departures`` (the parameters in which the run
    departs from the paper's nearest scenario) and ``findings``.
    """
    verdicts = judge(case, parameters, history) if history else []
    departures = () if verdicts else nearest_departures(case.targets, parameters)
    return {
        "results": [result.plain() for result in _results(case, parameters, history)],
        "targets": [verdict.plain() for verdict in verdicts],
        "score": Score.of(verdicts).plain(),
        "departures": list(departures),
        "findings": _findings(case, parameters, history),
    }


def _results(case: Scenario[Any], parameters: CaseParameters, history: History) -> Sequence[Result]:
    if case.results is None or not history:
        return ()
    try:
        return case.results(history, parameters)
    except Exception:  # a mistake in somebody's reading must not cost a run of days
        log_mistake(logger, "no results")
        return ()


def _findings(case: Scenario[Any], parameters: CaseParameters, history: History) -> list[str]:
    if case.findings is None or not history:
        return []
    try:
        return list(case.findings(history, parameters))
    except Exception:
        log_mistake(logger, "no findings")
        return []


def summarise(
    case: Scenario[Any],
    parameters: CaseParameters,
    history: History,
    outcome: Outcome,
    effort: Effort,
    *,
    conservation: Mapping[str, float],
    health: Sequence[HealthLine],
    **facts: Any,
) -> dict[str, Any]:
    """Return the content of ``summary.json``.

    Args:
        case: The case.
        parameters: Its parameters.
        history: Of the run, empty if it got nowhere.
        outcome: How it ended.
        effort: What it took.
        conservation: Conserved quantity to its largest relative defect.
        health: Derived numbers that were shown before the run.
        facts: Further entries, e.g. where on its axis the run ended.
    """
    return {
        "schema": SCHEMA,
        "case": case.name,
        "title": case.title,
        "version": lithode.__version__,
        "versions": versions(),
        "parameters_hash": parameters.parameters_hash,
        "status": outcome.status,
        "event": outcome.event.name if outcome.event else None,
        "message": outcome.event.message if outcome.event else str(outcome.failure or ""),
        **facts,
        **effort.__dict__,
        "conservation": dict(conservation),
        "health": [line.plain() for line in health],
        **conclusions(case, parameters, history),
    }
