"""Searches the ranges of the variables for sets of values that meet the calibrated targets."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from scipy.optimize import least_squares

from lithode.core.errors import InputError, LithodeError
from lithode.core.parameters import CaseParameters
from lithode.engine.case import AnyCase, StudyCase
from lithode.engine.fit.report import FittedSet, is_number
from lithode.engine.fit.variables import Variable
from lithode.engine.verdict import Target, Verdict, nearest_departures
from lithode.output.history import History
from lithode.solvers.numerics.march import StepRecord, march
from lithode.solvers.numerics.model import Model

logger = logging.getLogger(__name__)

Array = npt.NDArray[np.float64]

DRAWS = 6
"""Random points of which the best is started from."""

_FAILED = 10.0  # misfit, in tolerances, of a target that a run did not give
_ENOUGH = 0.1  # misfit of every target below which a start is done
_DIFFERENCE = 0.02  # of the range, for the Jacobian


class _Enough(Exception):  # noqa: N818
    """All targets are met well."""


@dataclass
class _Rows:
    """Keeps the history of a march in memory; satisfies ``march.Observer``."""

    columns: dict[str, list[float]] = field(default_factory=dict)

    def step(self, model: Model, record: StepRecord) -> None:
        self._add(model)

    def output(self, model: Model) -> None:
        if not self.columns:
            self._add(model)

    def _add(self, model: Model) -> None:
        for name, value in {model.axis.column: model.time, **model.measure()}.items():
            self.columns.setdefault(name, []).append(value)


def _history(case: AnyCase, parameters: CaseParameters) -> History:
    """Return the history of a run that leaves no files."""
    if isinstance(case, StudyCase):
        return case.build(parameters).compute(lambda part: None).history
    simulation, rows = case.build(parameters, MPI.COMM_SELF, None), _Rows()
    march(
        simulation.model, simulation.control, simulation.end_time, simulation.output_times, [rows]
    )
    return {name: np.array(values) for name, values in rows.columns.items()}


@dataclass
class Search:
    """Runs a case at places of the variables.

    The targets are those of the starting parameters: other values of what is fitted make another
    system of it, so that the runs are judged by them directly.

    Attributes:
        case: The case.
        parameters: Those that it starts from.
        variables: What is searched.
        runs: Number of runs so far.
    """

    case: AnyCase
    parameters: CaseParameters
    variables: Sequence[Variable]
    runs: int = 0

    @cached_property
    def targets(self) -> list[Target[Any]]:
        """The calibrated targets."""
        return [t for t in self.case.targets_of(self.parameters) if t.kind == "calibrated"]

    def check(self) -> None:
        """Refuse values that the case refuses, and a case without numbers to fit to."""
        for end in (0.0, 1.0):
            self.at(self._values(np.full(len(self.variables), end)))
        if not any(map(is_number, self.targets)):
            departed = ", ".join(nearest_departures(self.case.targets, self.parameters))
            why = f": this departs from the paper in {departed}" if departed else ""
            raise InputError("case", self.case.name, f"has no calibrated numbers to fit to{why}")

    def announce(self, comm: MPI.Intracomm, starts: int, runs: int) -> None:
        """Say how long it will take, from one run with the case's own values."""
        self.run(self.parameters)  # compiles
        began = time.perf_counter()
        self.run(self.parameters)
        seconds = comm.bcast(time.perf_counter() - began)
        rounds = -(-starts // comm.size)
        if comm.rank == 0:
            logger.info(
                "one run takes %.2g s; %d starts of at most %d runs on %d ranks: up to %.0f s",
                seconds, starts, runs, comm.size, rounds * (runs + DRAWS) * seconds,
            )  # fmt: skip

    def at(self, values: Sequence[float]) -> CaseParameters:
        """Return the parameters with these values of the variables."""
        changed = {v.name: x for v, x in zip(self.variables, values, strict=True)}
        return type(self.parameters)(**{**self.parameters.plain(), **changed})

    def run(self, parameters: CaseParameters) -> list[Verdict]:
        """Return the calibrated targets of a run."""
        self.runs += 1
        history = _history(self.case, parameters)
        return [target.judge(history, parameters) for target in self.targets]

    def misfits(self, place: Array) -> Array:
        """Return the deviation of each number in its tolerance."""
        verdicts = self._verdicts(place)
        return np.array([_misfit(verdict) for verdict in verdicts if is_number(verdict.target)])

    def _verdicts(self, place: Array) -> list[Verdict]:
        try:
            return self.run(self.at(self._values(place)))
        except LithodeError as error:
            logger.info("a run failed: %s", error)
            return [Verdict(target, None, None, False) for target in self.targets]

    def jacobian(self, place: Array) -> Array:
        """Return the derivatives of the misfits, one range of a variable being 1."""
        here, columns = self.misfits(place), []
        for k, x in enumerate(place):
            step = _DIFFERENCE if x < 0.5 else -_DIFFERENCE
            moved = place.copy()
            moved[k] += step
            columns.append((self.misfits(moved) - here) / step)
        return np.array(columns).T

    def from_(self, number: int, cloud: Array | None, runs: int) -> FittedSet:
        """Search from the case's own values, or from the best of some places."""
        began, best = self.runs, (np.inf, np.zeros(0))
        own = [v.place(getattr(self.parameters, v.name)) for v in self.variables]
        places = np.clip([own], 0, 1) if cloud is None else cloud

        def look(place: Array) -> Array:
            nonlocal best
            found = self.misfits(place)
            worst = float(np.max(np.abs(found)))
            if worst < best[0]:
                best = worst, place.copy()
            if worst < _ENOUGH or self.runs - began >= runs:
                raise _Enough
            return found

        try:
            for place in places:
                look(place)
            start = np.clip(best[1], 1e-6, 1 - 1e-6)
            least_squares(
                look, start, self.jacobian, bounds=(0.0, 1.0), max_nfev=runs, xtol=1e-3, ftol=1e-4
            )
        except _Enough:
            pass
        values, verdicts = self._values(best[1]), self._verdicts(best[1])
        found = FittedSet(
            number,
            values,
            tuple(verdict.computed for verdict in verdicts),
            all(verdict.reproduced for verdict in verdicts),
            best[0],
            self.runs - began,
        )
        logger.info(
            "start %d: misfit %.2g tolerances after %d runs", number, found.misfit, found.runs
        )
        return found

    def determined(self, found: FittedSet) -> int:
        """Return the number of singular values above 1 of the Jacobian."""
        place = np.array([v.place(x) for v, x in zip(self.variables, found.values, strict=True)])
        return int(np.sum(np.linalg.svd(self.jacobian(place), compute_uv=False) > 1))

    def _values(self, place: Array) -> tuple[float, ...]:
        return tuple(v.value(float(x)) for v, x in zip(self.variables, place, strict=True))


def _misfit(verdict: Verdict) -> float:
    target, computed = verdict.target, verdict.computed
    if not isinstance(computed, float) or not isinstance(target.paper, float):
        return _FAILED
    deviation = (computed - target.paper) / ((target.tolerance or 0.1) * (abs(target.paper) or 1.0))
    match target.bound:  # a start is done once the bound is passed, not merely near
        case "above":
            return min(deviation - _ENOUGH, 0.0)
        case "below":
            return max(deviation + _ENOUGH, 0.0)
    return deviation
