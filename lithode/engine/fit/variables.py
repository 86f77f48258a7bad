"""Which parameters of a case are fitted, each within its range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from annotated_types import Ge, Gt, Le, Lt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, Row, describe, unknown

_SPAN = 10.0  # of a parameter without a given range: from a tenth to ten times its value


@dataclass(frozen=True)
class Variable:
    """A parameter that is fitted.

    Attributes:
        name: Its name.
        unit: Its unit.
        low: Lower end of its range.
        high: Upper end; ranges above 0 are searched by ratio, others evenly.
    """

    name: str
    unit: str
    low: float
    high: float

    def value(self, place: float) -> float:
        """Return the value at a place between 0 and 1."""
        if self.low > 0:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + place * (self.high - self.low)

    def place(self, value: float) -> float:
        """Return the place of a value."""
        if self.low > 0:
            return float(np.log(max(value, self.low) / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    def error(self, value: float, part: float) -> float:
        """Return how far a small part of the range reaches at a value."""
        if self.low > 0:
            return float(value * np.log(self.high / self.low) * part)
        return (self.high - self.low) * part

    def spread(self, values: Sequence[float]) -> str:
        """Return how far values are apart."""
        if self.low > 0:
            return f"factor {max(values) / min(values):.3g}"
        return f"{max(values) - min(values):.3g} {self.unit}".strip()


def variables_of(
    parameters: CaseParameters, vary: Sequence[str], fixed: Mapping[str, str]
) -> list[Variable]:
    """Return what is fitted, each with its range.

    Raises:
        InputError: A name is unknown, no number, fixed or given twice; a range is wrong.
    """
    rows = {row.name: row for row in describe(parameters)}
    numbers = {n: row for n, row in rows.items() if isinstance(row.value, float)}
    asked = dict.fromkeys(n for n, row in numbers.items() if row.provenance == "calibrated")
    # What is unset can be fitted within a range.
    numbers |= {
        n: row for n, row in rows.items() if row.value is None and _is_number(parameters, n)
    }
    given: dict[str, str | None] = {n: None for n in asked if n not in fixed}
    if vary:
        given = {}
        for text in vary:
            name, _, limits = (part.strip() for part in text.partition("="))
            if name not in rows:
                raise unknown("parameter", name, numbers)
            if name not in numbers:
                raise InputError(name, rows[name].value, "is no number that could be fitted")
            if name in given or name in fixed:
                raise InputError("--vary", name, "is given twice" if name in given else "is set")
            given[name] = limits or None
    if not given:
        raise InputError("--vary", "", "name what to fit: the case has no calibrated parameters")
    return [_variable(parameters, numbers[name], limits) for name, limits in given.items()]


def _is_number(parameters: CaseParameters, name: str) -> bool:
    annotation = type(parameters).model_fields[name].annotation
    return float in get_args(annotation)


def _variable(parameters: CaseParameters, row: Row, limits: str | None) -> Variable:
    if limits is not None:
        ends = limits.split("..")
        if len(ends) != 2:
            raise InputError("--vary", f"{row.name}={limits}", "must look like name=low..high")
        low, high = (units.parse(row.name, end, row.unit) for end in ends)
    elif row.value is not None and row.value > 0:
        low, high = row.value / _SPAN, row.value * _SPAN
        for item in type(parameters).model_fields[row.name].metadata:
            match item:
                case Lt(lt=bound) | Le(le=bound):
                    high = min(high, 0.999 * float(bound))  # type: ignore[arg-type]
                case Gt(gt=bound) | Ge(ge=bound) if float(bound) > 0:  # type: ignore[arg-type]
                    low = max(low, 1.001 * float(bound))  # type: ignore[arg-type]
    else:
        raise InputError("--vary", row.name, f"give a range, {row.name}=low..high", row.unit)
    if not low < high:
        raise InputError("--vary", f"{row.name}={low:g}..{high:g}", "must rise", row.unit)
    return Variable(row.name, row.unit, low, high)
