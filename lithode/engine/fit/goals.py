"""What a fit is held against: published numbers, or data of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lithode.core.parameters import CaseParameters
from lithode.core.results import Value
from lithode.engine.verdict import Target, Verdict
from lithode.output.history import History
from lithode.output.tables import Columns

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

ENOUGH = 0.1
"""Size of the deviations of every goal below which a start is done."""

_FAILED = 10.0  # deviation, in tolerances, of a number that a run did not give


@dataclass(frozen=True)
class Judged:
    """What a run gives for a goal.

    Attributes:
        value: To be shown.
        deviations: Of each number, in its tolerance.
        good: Whether the goal is met.
        columns: Data and run side by side, the axis first; empty for a single number.
    """

    value: Value
    deviations: Array
    good: bool
    columns: Columns = field(default_factory=dict)

    @property
    def size(self) -> float:
        """Root mean square of the deviations."""
        return float(np.sqrt(np.mean(self.deviations**2))) if len(self.deviations) else 0.0


class Goal(Protocol):
    """Numbers that a run shall meet."""

    @property
    def name(self) -> str:
        """What they are."""

    @property
    def wanted(self) -> str:
        """Their value or number, to be shown."""

    @property
    def count(self) -> int:
        """How many they are."""

    @property
    def needs_run(self) -> bool:
        """Whether a history is read; else the parameters do."""

    def judge(self, history: History, parameters: Any) -> Judged:
        """Return what a run gives."""


def failed(goal: Goal) -> Judged:
    """Return what a run gives that did not get to its end."""
    return Judged(None, np.full(goal.count, _FAILED), False)


@dataclass(frozen=True)
class TargetGoal:
    """A calibrated number or finding of a paper."""

    target: Target[Any]
    needs_run: bool = True

    @property
    def name(self) -> str:
        """Its name."""
        return self.target.name

    @property
    def wanted(self) -> str:
        """The paper's value."""
        return shown(self.target.paper)

    @property
    def count(self) -> int:
        """1 for a number, which can be fitted to, 0 for a text."""
        return int(isinstance(self.target.paper, float))

    def judge(self, history: History, parameters: CaseParameters) -> Judged:
        """Return the verdict."""
        verdict = self.target.judge(history, parameters)
        deviations = np.array([_deviation(verdict)] if self.count else [], dtype=float)
        return Judged(verdict.computed, deviations, bool(verdict.reproduced))


@dataclass(frozen=True)
class DataGoal:
    """Numbers from a file of the user's own.

    Attributes:
        name: The file.
        wanted: How much it holds, to be shown.
        count: How many numbers are held against it.
        judge: Returns what a run gives, of its history and its parameters; goals are sent to other
            ranks, so it must be a function of a module, or a ``partial`` of one.
        needs_run: Whether the history is read; else the parameters do.
    """

    name: str
    wanted: str
    count: int
    judge: Callable[[History, Any], Judged]
    needs_run: bool = True


def within(
    measured: Array | Complex, computed: Array | Complex, tolerance: Array, columns: Columns
) -> Judged:
    """Return how far numbers are from measured ones; what is not finite was not given by the run.

    Args:
        measured: Shape (n,), may be complex.
        computed: Shape (n,).
        tolerance: Of each number, in its unit.
        columns: See `Judged`.
    """
    parts = np.asarray((computed - measured) / tolerance)
    real = np.concatenate([parts.real, parts.imag]) if np.iscomplexobj(parts) else parts
    deviations = np.where(np.isfinite(real), real, _FAILED)
    size = float(np.sqrt(np.mean(deviations**2)))
    return Judged(f"{size:.2g} tolerances (rms)", deviations, size <= 1, columns)


def shown(value: Value) -> str:
    """Return a value as a table shows it."""
    return "-" if value is None else value if isinstance(value, str) else f"{value:.4g}"


def _deviation(verdict: Verdict) -> float:
    target, computed = verdict.target, verdict.computed
    if not isinstance(computed, float) or not isinstance(target.paper, float):
        return _FAILED
    deviation = (computed - target.paper) / ((target.tolerance or 0.1) * (abs(target.paper) or 1.0))
    match target.bound:  # a start is done once the bound is passed, not merely near
        case "above":
            return min(deviation - ENOUGH, 0.0)
        case "below":
            return max(deviation + ENOUGH, 0.0)
    return deviation
