"""The paper against a run: targets, verdicts and their score."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Generic, Literal, TypeAlias

from lithode.core.health import HealthLine as HealthLine
from lithode.core.parameters import CaseParameters, Parameters, differences
from lithode.core.results import Result as Result
from lithode.core.results import Value as Value
from lithode.output.history import History

logger = logging.getLogger(__name__)

Kind: TypeAlias = Literal["input", "calibrated", "selected", "predicted", "verification"]
Bound: TypeAlias = Literal["above", "below"]

KINDS: Mapping[Kind, str] = {
    "input": "given to the model",
    "calibrated": "a parameter was tuned to it",
    "selected": "a variant was chosen knowing it",
    "predicted": "nothing was tuned to it or chosen by it",
    "verification": "the code against itself or a formula, never counted as science",
}
"""Kinds of target, in words."""

CLOSE = 0.2
"""Relative difference up to which a predicted number counts as close in a score."""


@dataclass(frozen=True)
class Verdict:
    """A target with what the run gave.

    Attributes:
        target: The target.
        computed: Value of this run, None if it was not met or cannot be read.
        ratio: Computed over paper's value, for numbers.
        reproduced: Whether it agrees within the tolerance; None without a paper's value.
    """

    target: Target[Any]
    computed: Value
    ratio: float | None
    reproduced: bool | None

    def plain(self) -> dict[str, Value | bool | list[str]]:
        """Return the entry for ``summary.json``."""
        target = self.target
        return {
            "name": target.name,
            "paper": target.paper,
            "bound": target.bound,
            "computed": self.computed,
            "unit": target.unit,
            "kind": target.kind,
            "tuned": list(target.tuned),
            "tolerance": target.tolerance,
            "source": target.source,
            "repeats": target.repeats,
            "reproduced": self.reproduced,
            "ratio": self.ratio,
        }

    @classmethod
    def from_plain(cls, entry: Mapping[str, Any]) -> Verdict:
        """Return the verdict that ``plain`` stored; its target can no longer be read anew."""
        target: Target[Any] = Target(
            name=entry["name"],
            paper=entry["paper"],
            unit=entry["unit"],
            kind=entry["kind"],
            tuned=tuple(entry.get("tuned", ())),
            tolerance=entry["tolerance"],
            read=_cannot_be_read,
            source=entry.get("source", ""),
            bound=entry.get("bound"),
            repeats=entry.get("repeats", ""),
        )
        return cls(target, entry["computed"], entry["ratio"], entry["reproduced"])


@dataclass(frozen=True, kw_only=True)
class Target(Generic[Parameters]):
    """A quantity of the paper and how it is read off the results.

    It is judged where the run is the paper's: where every parameter has the value of the scenario
    that the number belongs to. Only numerical parameters, seeds and how far the run goes
    (``CaseParameters.reach``) may differ.

    Attributes:
        name: What it is, with place and time.
        paper: The paper's value; a text for a finding ("bypass"), None where it gives none.
        unit: Unit of both values, empty for a pure number or a text.
        kind: One of ``KINDS``. A number that a parameter was tuned to stays ``calibrated``.
        tuned: The constants that were tuned to it, parameters or not; what a ``calibrated`` number
            cost.
        tolerance: Largest relative difference that counts as reproduced; absolute if ``paper``
            is 0.
        read: Value of a run from its history and parameters, None if it was not met. Never the
            paper's own words or value.
        source: Figure, table or sentence.
        where: Values of the paper's scenario that differ from the defaults of the case.
        applies: A further condition on the parameters, for what ``where`` cannot say.
        bound: Set if the paper only says that the number is ``above`` or ``below`` its value; the
            tolerance has no part in that.
        repeats: Another target that counts the same published number, as ``CASE: NAME``; empty for
            the one that counts.
    """

    name: str
    paper: Value
    unit: str = ""
    kind: Kind
    tuned: tuple[str, ...] = ()
    tolerance: float = 0.0
    read: Callable[[History, Parameters], Value]
    source: str
    where: Mapping[str, object] = field(default_factory=dict)
    applies: Callable[[Parameters], bool] = lambda _: True
    bound: Bound | None = None
    repeats: str = ""

    def departures(self, parameters: Parameters) -> tuple[str, ...]:
        """Return the parameters in which a run departs from the paper's scenario."""
        return differences(parameters, type(parameters)(**self.where))

    def judge(self, history: History, parameters: Parameters) -> Verdict:
        """Compare a run with the paper."""
        try:
            computed = self.read(history, parameters)
        except Exception as error:  # as for results: a run of days has been paid for
            logger.warning("target %r cannot be read: %r", self.name, error)
            computed = None
        if computed is not None and not isinstance(computed, str):
            # Numbers of NumPy too, which JSON does not know.
            computed = float(computed) if math.isfinite(computed) else None
        ratio = None
        if self.paper is None:
            reproduced = None
        elif isinstance(self.paper, str) or computed is None or isinstance(computed, str):
            reproduced = computed == self.paper
        else:
            match self.bound:
                case "above":
                    reproduced = computed > self.paper
                case "below":
                    reproduced = computed < self.paper
                case None:
                    allowed = self.tolerance * (abs(self.paper) or 1.0)
                    reproduced = abs(computed - self.paper) <= allowed
            ratio = computed / self.paper if self.paper else None
        return Verdict(self, computed, ratio, reproduced)


def _cannot_be_read(_: History, __: CaseParameters) -> Value:
    return None


@dataclass(frozen=True)
class Score:
    """How many published numbers and findings are met, each counted once.

    Attributes:
        predicted: Number of predicted targets.
        predicted_met: How many of them are reproduced.
        calibrated: Number of targets that a parameter was tuned to.
        calibrated_met: How many of them are reproduced.
        median_ratio: Median of computed over paper's value of the predicted numbers that are no
            bounds; None without any.
        median_factor: Median of the factor by which they miss, max(r, 1/r), at least 1.
        numbers: Number of predicted numbers that are no bounds, those that were not met included.
        numbers_close: How many of them are within ``CLOSE`` of the paper's, whatever the tolerance
            of their target.
    """

    predicted: int
    predicted_met: int
    calibrated: int
    calibrated_met: int
    median_ratio: float | None
    median_factor: float | None
    numbers: int = 0
    numbers_close: int = 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Score:
        """Count verdicts; repeats of a number that another target counts are left out."""
        counted = [v for v in verdicts if not v.target.repeats and v.target.paper is not None]
        kinds = {
            kind: [v for v in counted if v.target.kind == kind]
            for kind in ("predicted", "calibrated")
        }
        ratios = [
            v.ratio
            for v in kinds["predicted"]
            if v.ratio is not None and v.target.bound is None and v.ratio > 0
        ]
        return cls(
            predicted=len(kinds["predicted"]),
            predicted_met=sum(bool(v.reproduced) for v in kinds["predicted"]),
            calibrated=len(kinds["calibrated"]),
            calibrated_met=sum(bool(v.reproduced) for v in kinds["calibrated"]),
            median_ratio=median(ratios) if ratios else None,
            median_factor=median(max(r, 1 / r) for r in ratios) if ratios else None,
            numbers=sum(_is_number(v.target) for v in kinds["predicted"]),
            numbers_close=sum(abs(r - 1) <= CLOSE for r in ratios),
        )

    def plain(self) -> dict[str, float | None]:
        """Return the entry for ``summary.json``."""
        return asdict(self)

    def __str__(self) -> str:
        if not self.predicted + self.calibrated:
            return "no published number is counted"
        parts = [
            f"predicted {self.predicted_met} of {self.predicted}",
            f"calibrated {self.calibrated_met} of {self.calibrated}",
        ]
        if self.median_ratio is not None:
            parts.append(
                f"median ratio of predicted numbers {self.median_ratio:.2f} "
                f"(off by a factor of {self.median_factor:.2f}), "
                f"{self.numbers_close} of {self.numbers} within {100 * CLOSE:.0f} %"
            )
        return ", ".join(parts)


def _is_number(target: Target[Any]) -> bool:
    """Whether a target has a published number that a ratio can be taken to."""
    return not isinstance(target.paper, str | None) and bool(target.paper) and target.bound is None


def nearest_departures(
    targets: Sequence[Target[Parameters]], parameters: Parameters
) -> tuple[str, ...]:
    """Return in which parameters a run departs from the nearest scenario of the targets."""
    return min((target.departures(parameters) for target in targets), key=len, default=())
