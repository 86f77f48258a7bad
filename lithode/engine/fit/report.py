"""What a fit found: as a text table, in words, and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lithode.core.results import Value
from lithode.engine.fit.goals import Goal, TargetGoal, shown
from lithode.engine.fit.variables import Variable
from lithode.output.tables import Columns, aligned


@dataclass(frozen=True)
class FittedSet:
    """Where one start led.

    Attributes:
        start: Number of the start; 0 starts from the case's own values.
        values: Of the variables, in their order and units.
        computed: What it gives for the goals.
        good: Whether all of them are met, texts too.
        misfit: Largest deviation of a goal, in its tolerance; of data the root mean square.
        runs: Number of runs that it took.
    """

    start: int
    values: tuple[float, ...]
    computed: tuple[Value, ...]
    good: bool
    misfit: float
    runs: int


@dataclass(frozen=True)
class Fit:
    """What a fit found.

    Attributes:
        case: Name of the case.
        goals: The calibrated targets, or data.
        variables: What was fitted.
        sets: One per start, the best first.
        determined: Combinations of the variables that the goals determine at the best set: those
            that change the numbers by a tolerance on their way through the ranges.
        errors: Standard errors of the best set, in the units of the variables; empty where there
            are no more numbers than variables.
        directory: Where the tables, the pictures and the best set (case.yaml) are.
    """

    case: str
    goals: Sequence[Goal]
    variables: Sequence[Variable]
    sets: Sequence[FittedSet]
    determined: int
    errors: Sequence[float]
    directory: Path

    @property
    def good(self) -> list[FittedSet]:
        """The sets that meet every goal."""
        return [found for found in self.sets if found.good]

    def table(self) -> str:
        """Return the sets side by side and the spread of the good ones."""
        good = self.good
        head = ["parameter", *(f"set {found.start}" for found in self.sets), "spread of the good"]
        rows = [
            (
                f"{variable.name} [{variable.unit or '1'}]",
                *(f"{found.values[k]:.3g}" for found in self.sets),
                variable.spread([found.values[k] for found in good]) if len(good) > 1 else "-",
            )
            for k, variable in enumerate(self.variables)
        ]
        if self.errors:
            head.append(f"standard error of set {self.sets[0].start}")
            errors = zip(rows, self.variables, self.errors, strict=True)
            rows = [(*row, f"{error:.2g} {v.unit}".strip()) for row, v, error in errors]
        for k, goal in enumerate(self.goals):
            found = (shown(each.computed[k]) for each in self.sets)
            rows.append((f"{goal.name} ({goal.wanted})", *found, ""))
        rows.append(("misfit in tolerances", *(f"{s.misfit:.2g}" for s in self.sets), ""))
        rows.append(("good", *("yes" if s.good else "no" for s in self.sets), ""))
        return aligned([head, *((*row, *[""] * (len(head) - len(row))) for row in rows)])

    def columns(self) -> Columns:
        """Return one row per start: number, misfit, whether it is good, values, targets."""
        sets = self.sets
        return {
            "start": [each.start for each in sets],
            "misfit [tolerances]": [f"{each.misfit:.4g}" for each in sets],
            "good": [int(each.good) for each in sets],
            "runs": [each.runs for each in sets],
            **{
                f"{variable.name} [{variable.unit or '1'}]": [each.values[k] for each in sets]
                for k, variable in enumerate(self.variables)
            },
            **{goal.name: [each.computed[k] for each in sets] for k, goal in enumerate(self.goals)},
        }

    def statement(self) -> str:
        """Return what the fit does and does not determine, in words."""
        numbers = sum(goal.count for goal in self.goals)
        what = "calibrated targets" if all(map(is_target, self.goals)) else "data"
        count, good = len(self.variables), self.good
        lines = [
            f"{count} parameters were fitted to {numbers} numbers, which determine "
            f"{self.determined} combination{'s' * (self.determined != 1)} of them: "
            + (
                f"{count - self.determined} remain free. This is a calibration, not a prediction."
                if count > self.determined
                else "all of them, within these ranges."
            ),
            f"{len(good)} of {len(self.sets)} starts reproduce all {what}.",
        ]
        if len(good) > 1:
            worst = max(
                self.variables, key=lambda v: np.ptp([v.place(value) for value in self._of(v)])
            )
            lines.append(
                f"Sets that fit equally well differ most in {worst.name}: "
                f"{min(self._of(worst)):.3g} to {max(self._of(worst)):.3g} {worst.unit}".rstrip()
                + "."
            )
        return "\n".join(lines)

    def _of(self, variable: Variable) -> list[float]:
        k = list(self.variables).index(variable)
        return [found.values[k] for found in self.good]


def is_target(goal: Goal) -> bool:
    """Whether a goal is a published number."""
    return isinstance(goal, TargetGoal)
