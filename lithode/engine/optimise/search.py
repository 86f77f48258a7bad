"""The search: runs that Optuna asks for, each with what it gave."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lithode.core.errors import Interrupted, LithodeError
from lithode.core.parameters import CaseParameters
from lithode.core.results import Result
from lithode.engine.case import AnyCase
from lithode.engine.fit.problem import history_of
from lithode.engine.optimise.goals import Goal
from lithode.engine.pace import Pace
from lithode.engine.sweep.space import Point, Varied

logger = logging.getLogger(__name__)

_RANDOM = 12


@dataclass(frozen=True)
class Trial:
    """A run of the search.

    Attributes:
        point: Values of what is varied.
        value: Of the goal; NaN if the run failed.
        limits: Results that are limited.
        is_allowed: Whether all limits are met.
    """

    point: Point
    value: float
    limits: Sequence[float]
    is_allowed: bool


@dataclass
class Search:
    """Looks for the best point of a case.

    Attributes:
        case: The case.
        parameters: Those of the starting point.
        varied: What is varied, each with a range or choices.
        goal: What is looked for.
        trials: All runs so far.
    """

    case: AnyCase
    parameters: CaseParameters
    varied: Sequence[Varied]
    goal: Goal
    trials: list[Trial] = field(default_factory=list)

    def at(self, point: Mapping[str, Any]) -> CaseParameters:
        """Return the parameters of a point."""
        return type(self.parameters)(**{**self.parameters.plain(), **point})

    def run(self, runs: int, seed: int, file: Path | None = None) -> None:
        """Make runs: the starting point, some at random, then where the best may be.

        Limits enter as constraints of the sampler (tree-structured Parzen estimator).

        Args:
            runs: How many there are to be in all.
            seed: Of the sampler.
            file: Optuna's journal of the runs; those in it count and are not made again.
        """
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            storage = JournalStorage(JournalFileBackend(str(file))) if file else None
            direction = "maximize" if self.goal.is_largest else "minimize"
            study = optuna.create_study(
                storage=storage, study_name="search", direction=direction, load_if_exists=True
            )
            self.trials = [
                Trial(**trial.user_attrs["trial"])
                for trial in study.get_trials(deepcopy=False)
                if trial.state.is_finished()
            ]
            # A search that goes on must not draw again what it drew first.
            study.sampler = optuna.samplers.TPESampler(
                seed=seed + len(self.trials),
                multivariate=True,
                n_startup_trials=min(_RANDOM, runs // 2 + 1),
                constraints_func=lambda trial: trial.user_attrs.get("excess", (math.inf,)),
            )
        own = {v.name: getattr(self.parameters, v.name) for v in self.varied}
        if not self.trials and all(_has(v, own[v.name]) for v in self.varied):
            study.enqueue_trial(own)
        left = max(runs - len(self.trials), 0)
        pace = Pace(left)
        for _ in range(left):
            asked = study.ask()
            trial = self._try({v.name: _suggested(asked, v) for v in self.varied})
            self.trials.append(trial)
            asked.set_user_attr("trial", asdict(trial))
            excess = [
                limit.excess(x) for limit, x in zip(self.goal.limits, trial.limits, strict=True)
            ]
            if math.isnan(trial.value) or any(map(math.isnan, excess)):
                study.tell(asked, state=optuna.trial.TrialState.FAIL)
            else:
                asked.set_user_attr("excess", excess)
                study.tell(asked, trial.value)
            pace.done()
            pace.tell("runs")

    def _try(self, point: Point) -> Trial:
        try:
            value, limits = self.goal.values(self.results(self.at(point)))
        except Interrupted:
            raise
        except LithodeError as error:
            logger.info("a run failed: %s", error)
            return Trial(point, math.nan, [math.nan] * len(self.goal.limits), False)
        met = all(limit.excess(x) <= 0 for limit, x in zip(self.goal.limits, limits, strict=True))
        return Trial(point, value, limits, met and not math.isnan(value))

    def results(self, parameters: CaseParameters) -> dict[str, Result]:
        """Return what a run gives, by name; nothing is written."""
        if self.case.results is None:
            return {}
        found = self.case.results(history_of(self.case, parameters), parameters)
        return {result.name: result for result in found}

    @property
    def best(self) -> Trial | None:
        """The best run that meets all limits."""
        allowed = [trial for trial in self.trials if trial.is_allowed]
        sign = 1 if self.goal.is_largest else -1
        return max(allowed, key=lambda trial: sign * trial.value, default=None)


def _suggested(trial: Any, varied: Varied) -> Any:
    if varied.values:
        return trial.suggest_categorical(varied.name, list(varied.values))
    if varied.whole:
        ends = round(varied.low), round(varied.high)
        return trial.suggest_int(varied.name, *ends, log=varied.logarithmic)
    return trial.suggest_float(varied.name, varied.low, varied.high, log=varied.logarithmic)


def _has(varied: Varied, value: Any) -> bool:
    if varied.values:
        return value in varied.values
    return isinstance(value, int | float) and varied.low <= value <= varied.high
