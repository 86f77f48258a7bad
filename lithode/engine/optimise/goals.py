"""What is to be large or small, and what must stay within limits."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.parameters import unknown
from lithode.core.results import Result


@dataclass(frozen=True)
class Limit:
    """A bound on a result.

    Attributes:
        name: Of the result.
        bound: In the unit of the result.
        is_upper: Whether the result must be at most the bound, not at least.
    """

    name: str
    bound: float
    is_upper: bool

    def excess(self, value: float) -> float:
        """Return how far a value is beyond the bound, relative to it; at most 0 where it is met."""
        beyond = value - self.bound if self.is_upper else self.bound - value
        return beyond / (abs(self.bound) or 1.0)

    def text(self, value: float, unit: str) -> str:
        """Return whether a value meets the bound, in words."""
        word = "at most" if self.is_upper else "at least"
        met = "" if self.excess(value) <= 0 else ", NOT met"
        return f"{self.name} = {value:.4g} {unit} ({word} {self.bound:g}{met})"


@dataclass(frozen=True)
class Goal:
    """A result that is to be as large, or as small, as the limits allow.

    Attributes:
        name: Of the result.
        is_largest: Whether it is to be large.
        limits: What must hold.
    """

    name: str
    is_largest: bool
    limits: Sequence[Limit]

    def values(self, results: Mapping[str, Result]) -> tuple[float, list[float]]:
        """Return the value of the goal, and those of the limits; NaN where one is no number."""
        numbers = [
            _number(results.get(name)) for name in (self.name, *(x.name for x in self.limits))
        ]
        return numbers[0], numbers[1:]

    @classmethod
    def of(
        cls,
        maximise: str | None,
        minimise: str | None,
        limits: Sequence[str],
        results: Mapping[str, Result],
    ) -> Goal:
        """Read a goal.

        Args:
            maximise: Result to make large; a part of its name is enough where it is the only one.
            minimise: Result to make small, instead.
            limits: Texts like ``"RESULT <= 40 ohm*cm^2"``.
            results: What a run of the case gives.

        Raises:
            InputError: There is not one goal, or no such number among the results.
        """
        named = [name for name in (maximise, minimise) if name]
        if len(named) != 1:
            raise InputError("--maximise", len(named), "give one goal: --maximise or --minimise")
        option = "--maximise" if maximise else "--minimise"
        found = _find(option, named[0], results)
        return cls(found, bool(maximise), [_limit(text, results) for text in limits])


def _limit(text: str, results: Mapping[str, Result]) -> Limit:
    parts = re.fullmatch(r"(.+?)\s*(<=|>=)\s*(.+)", text.strip())
    if parts is None:
        raise InputError("--subject-to", text, "must look like RESULT <= VALUE or RESULT >= VALUE")
    name = _find("--subject-to", parts[1], results)
    return Limit(name, units.parse("--subject-to", parts[3], results[name].unit), parts[2] == "<=")


def _find(option: str, text: str, results: Mapping[str, Result]) -> str:
    """Return the result with a name, or the only one with a part of it."""
    numbers = {name for name, result in results.items() if not isinstance(result.value, str)}
    if text in numbers:
        return text
    near = sorted(name for name in numbers if text.casefold() in name.casefold())
    if len(near) == 1:
        return near[0]
    if near:
        raise InputError(option, text, f"is in several names: {'; '.join(near[:4])}")
    raise unknown(f"{option} result", text, numbers)


def _number(result: Result | None) -> float:
    value = None if result is None else result.value
    return float(value) if isinstance(value, int | float) else math.nan
