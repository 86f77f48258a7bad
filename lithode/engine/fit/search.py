"""Searches the ranges of the variables for sets of values that meet the goals."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from scipy.optimize import least_squares

from lithode.core.errors import LithodeError
from lithode.engine.fit.goals import ENOUGH, Judged, failed
from lithode.engine.fit.problem import Problem
from lithode.engine.fit.report import FittedSet

logger = logging.getLogger(__name__)

Array = npt.NDArray[np.float64]


class _Enough(Exception):  # noqa: N818
    """All goals are met well, or the runs are used up."""


@dataclass
class Search:
    """Judges a problem at places of its variables, each from 0 to 1 in its range.

    Attributes:
        problem: The problem.
        runs: Number of runs so far.
    """

    problem: Problem
    runs: int = 0

    def announce(self, comm: MPI.Intracomm, starts: int, runs: int) -> None:
        """Say how long it will take, from one run with the problem's own values.

        Raises:
            LithodeError: That run fails, or gives no such numbers.
        """
        own = self._values(self._own())
        self.problem.judge(own)  # compiles
        began = time.perf_counter()
        self.problem.judge(own)
        seconds = comm.bcast(time.perf_counter() - began)
        rounds = -(-starts // comm.size)
        if comm.rank == 0:
            most = rounds * (runs + self.problem.draws) * seconds
            logger.info(
                "one run takes %.2g s; %d starts of at most %d runs on %d ranks: up to %.0f s",
                seconds, starts, runs, comm.size, most,
            )  # fmt: skip

    def judged(self, place: Array) -> list[Judged]:
        """Return what a place gives; a run that fails is far off in everything."""
        self.runs += 1
        try:
            return self.problem.judge(self._values(place))
        except LithodeError as error:
            logger.info("a run failed: %s", error)
            return [failed(goal) for goal in self.problem.goals]

    def misfits(self, place: Array) -> Array:
        """Return the deviation of each number in its tolerance."""
        return _deviations(self.judged(place))

    def jacobian(self, place: Array) -> Array:
        """Return the derivatives of the misfits, one range of a variable being 1."""
        here, columns = self.misfits(place), []
        for k, x in enumerate(place):
            step = self.problem.difference if x < 0.5 else -self.problem.difference
            moved = place.copy()
            moved[k] += step
            columns.append((self.misfits(moved) - here) / step)
        return np.array(columns).T

    def from_(self, number: int, cloud: Array | None, runs: int) -> FittedSet:
        """Search from the problem's own values, or from the best of some places."""
        began, best = self.runs, (np.inf, np.zeros(0))
        places = self._own()[None] if cloud is None else cloud

        def look(place: Array) -> Array:
            nonlocal best
            judged = self.judged(place)
            worst = max(each.size for each in judged)
            if worst < best[0]:
                best = worst, place.copy()
            if worst < ENOUGH or self.runs - began >= runs:
                raise _Enough
            return _deviations(judged)

        try:
            for place in places:
                look(place)
            start = np.clip(best[1], 1e-6, 1 - 1e-6)
            least_squares(
                look,
                start,
                self.jacobian,
                bounds=(0.0, 1.0),
                max_nfev=runs,
                xtol=self.problem.precision,
                ftol=self.problem.precision / 10,
            )
        except _Enough:
            pass
        judged = self.judged(best[1])
        found = FittedSet(
            number,
            self._values(best[1]),
            tuple(each.value for each in judged),
            all(each.good for each in judged),
            best[0],
            self.runs - began,
        )
        logger.info(
            "start %d: misfit %.2g tolerances after %d runs", number, found.misfit, found.runs
        )
        return found

    def determined(self, found: FittedSet) -> tuple[int, tuple[float, ...]]:
        """Return how many combinations of the variables a set determines, and standard errors.

        The first is the number of singular values above 1 of the Jacobian. The errors are in the
        units of the variables, from the scatter of the data about the fit; empty where there are
        no more numbers than variables, nan for what is not determined.
        """
        variables = self.problem.variables
        place = np.array([v.place(x) for v, x in zip(variables, found.values, strict=True)])
        slopes, misfits = self.jacobian(place), self.misfits(place)
        _, singular, turned = np.linalg.svd(slopes, full_matrices=False)
        count, free = int(np.sum(singular > 1)), len(misfits) - len(variables)
        if free <= 0:
            return count, ()
        scatter = np.sum(misfits**2) / free
        with np.errstate(divide="ignore"):
            spread = np.sqrt(scatter * np.sum((turned / singular[:, None]) ** 2, axis=0))
        errors = (
            v.error(x, float(part)) if part < 1 else float("nan")
            for v, x, part in zip(variables, found.values, spread, strict=True)
        )
        return count, tuple(errors)

    def _own(self) -> Array:
        pairs = zip(self.problem.variables, self.problem.start(), strict=True)
        return np.clip([0.5 if x is None else v.place(x) for v, x in pairs], 0, 1)

    def _values(self, place: Array) -> tuple[float, ...]:
        return tuple(v.value(float(x)) for v, x in zip(self.problem.variables, place, strict=True))


def _deviations(judged: Sequence[Judged]) -> Array:
    return np.concatenate([each.deviations for each in judged])
