"""What a search varies and judges: a case with its variables and goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters
from lithode.engine.case import AnyCase, StudyCase
from lithode.engine.fit.goals import Goal, Judged, TargetGoal
from lithode.engine.fit.variables import Variable
from lithode.engine.verdict import nearest_departures
from lithode.output.history import History
from lithode.solvers.numerics.march import StepRecord, march
from lithode.solvers.numerics.model import Model


class Problem(Protocol):
    """What is searched."""

    @property
    def name(self) -> str:
        """Name of the case or circuit."""

    @property
    def asked(self) -> Mapping[str, object]:
        """What tells it from other problems, besides the variables."""

    @property
    def variables(self) -> Sequence[Variable]:
        """What is varied."""

    @property
    def goals(self) -> Sequence[Goal]:
        """What is judged."""

    @property
    def draws(self) -> int:
        """Random points of which the best is started from."""

    @property
    def difference(self) -> float:
        """Step of the derivatives, in ranges."""

    @property
    def precision(self) -> float:
        """Part of the ranges that ends a search."""

    def start(self) -> Sequence[float | None]:
        """Return own values of the variables, None where there is none."""

    def judge(self, values: Sequence[float]) -> list[Judged]:
        """Return what values of the variables give for every goal.

        Raises:
            LithodeError: The values are refused, or a run fails.
        """


@dataclass
class CaseProblem:
    """A case that is run; satisfies `Problem`.

    The targets are those of the starting parameters: other values of what is fitted make another
    system of it, so that the runs are judged by them directly.

    Attributes:
        case: The case.
        parameters: Those that it starts from.
        variables: What is searched.
        data: Goals of the user's own, which replace the calibrated targets.
    """

    case: AnyCase
    parameters: CaseParameters
    variables: Sequence[Variable]
    data: Sequence[Goal] = ()

    draws: ClassVar[int] = 6
    difference: ClassVar[float] = 0.02
    precision: ClassVar[float] = 1e-3

    @property
    def name(self) -> str:
        """Name of the case."""
        return self.case.name

    @property
    def asked(self) -> Mapping[str, object]:
        """The case, its parameters and the data."""
        data = [repr(goal) for goal in self.data]
        return {"case": self.name, "parameters": self.parameters.plain(), "goals": data}

    @cached_property
    def goals(self) -> Sequence[Goal]:
        """The data, or the calibrated targets."""
        targets = self.case.targets_of(self.parameters)
        published: list[Goal] = [TargetGoal(t) for t in targets if t.kind == "calibrated"]
        return self.data or published

    def start(self) -> Sequence[float | None]:
        """Return the case's own values."""
        return [getattr(self.parameters, v.name) for v in self.variables]

    def check(self) -> None:
        """Refuse values that the case refuses, and a case without numbers to fit to."""
        for end in (0.0, 1.0):
            self.at([v.value(end) for v in self.variables])
        if not any(goal.count for goal in self.goals):
            departed = ", ".join(nearest_departures(self.case.targets, self.parameters))
            why = f": this departs from the paper in {departed}" if departed else ""
            raise InputError("case", self.case.name, f"has no calibrated numbers to fit to{why}")

    def at(self, values: Sequence[float]) -> CaseParameters:
        """Return the parameters with these values of the variables."""
        changed = {v.name: x for v, x in zip(self.variables, values, strict=True)}
        return type(self.parameters)(**{**self.parameters.plain(), **changed})

    def judge(self, values: Sequence[float]) -> list[Judged]:
        """Run the case, and judge the run."""
        parameters = self.at(values)
        needs_run = any(goal.needs_run for goal in self.goals)
        history = history_of(self.case, parameters) if needs_run else {}
        return [goal.judge(history, parameters) for goal in self.goals]


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


def history_of(case: AnyCase, parameters: CaseParameters) -> History:
    """Return the history of a run that leaves no files."""
    if isinstance(case, StudyCase):
        return case.build(parameters).compute(lambda part: None).history
    simulation, rows = case.build(parameters, MPI.COMM_SELF, None), _Rows()
    march(
        simulation.model, simulation.control, simulation.end_time, simulation.output_times, [rows]
    )
    return {name: np.array(values) for name, values in rows.columns.items()}
