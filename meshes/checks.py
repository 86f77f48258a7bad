"""Checks of what a geometry is given: one `InputError` in words of its fields."""

from __future__ import annotations

import math

from lithode.core.errors import InputError


def positive(field: str, value: float, unit: str = "um") -> float:
    """Return ``value`` as a float if it is finite and greater than 0, else raise InputError."""
    number = finite(field, value, unit)
    if number <= 0:
        raise InputError(field, value, "must be greater than 0", unit)
    return number


def finite(field: str, value: float, unit: str = "um") -> float:
    """Return ``value`` as a float if it is a finite number, else raise InputError."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(field, value, "must be a number", unit) from None
    if not math.isfinite(number):
        raise InputError(field, value, "must be finite", unit)
    return number


def region_name(field: str, value: str) -> str:
    """Return ``value`` if it can name a region, else raise InputError."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(field, repr(value), "must be a name")
    return value
