"""Steps as texts of PyBaMM's experiments: "Discharge at 0.3 mA/cm2 for 1 hour until 0.2 V".

A discharge is a positive current, as in PyBaMM. Currents are per area, in A where the protocol has
an area, or C-rates where it has a capacity; powers and resistances are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lithode.core import units
from lithode.core.errors import InputError

_STEP = re.compile(
    r"(?P<what>charge|discharge|hold|rest)(?: at (?P<at>.+?))?(?: for (?P<time>.+?))?"
    r"(?:(?: or)? until (?P<until>.+))?",
    re.IGNORECASE,
)
_RATE = re.compile(r"(?P<times>[\d.]+(?:[eE][+-]?\d+)?)? ?C(?:/(?P<over>[\d.]+))?")
_LONGEST = "24 hour"
"""How long PyBaMM lets a step last that has no time."""

_EXAMPLES = (
    "give one like Rest for 10 minutes, Charge at 0.3 mA/cm2 for 1 hour, "
    "Discharge at 1 mA/cm2 for 2 hours until 0.2 V, Hold at 50 mV until 0.05 mA/cm2"
)


@dataclass(frozen=True)
class Cell:
    """What turns currents and C-rates into current densities.

    Attributes:
        area: Of the electrode in cm^2, None if the protocol gives none.
        capacity: Of the cell in mAh/cm^2, None if the protocol gives none.
    """

    area: float | None = None
    capacity: float | None = None


def entry_of(text: str, place: str, cell: Cell) -> dict[str, Any]:
    """Return a step as a mapping, as YAML has it.

    Args:
        text: The step.
        place: Where it is, for messages.
        cell: Area and capacity that the protocol gives.

    Raises:
        InputError: It is no step, or has a power, a current without an area or a C-rate without a
            capacity.
    """
    match = _STEP.fullmatch(re.sub(r"\s+", " ", text.strip()))
    if not match:
        raise InputError(place, text, _EXAMPLES)
    what, at, time, until = (match[key] for key in ("what", "at", "time", "until"))
    kind = what.lower()
    if (at is None) != (kind == "rest") or (time is None and until is None):
        raise InputError(place, text, _EXAMPLES)
    duration = _LONGEST if time is None else _time(time)
    if kind == "rest":
        if until is not None:
            raise InputError(place, text, "a rest has no until")
        return {"rest": duration}
    entry: dict[str, Any] = {"time": duration}
    if kind == "hold" or _is_voltage(at):
        entry["voltage"] = at
        if until is not None:
            entry["until"] = _density(until, place, cell)
        return entry
    density = _density(at, place, cell)
    entry["current"] = density if kind == "discharge" else f"-{density}"
    return entry if until is None else {**entry, "until": until}


def _time(text: str) -> str:
    return re.sub(r"(hour|minute|second)s\b", r"\1", text)


def _is_voltage(text: str) -> bool:
    return re.fullmatch(r"[\d.eE+-]+ ?m?V", text) is not None


def _density(text: str, place: str, cell: Cell) -> str:
    """Return a current density as a text with its unit."""
    plain = re.sub(r"[ .]?cm(\^?-2|2)\b", "/cm^2", text).replace("//", "/")
    if plain.endswith("/cm^2"):
        return plain
    if rate := _RATE.fullmatch(plain):
        return f"{_per_hour(rate, text, place) * _capacity(cell, text, place)!r} mA/cm^2"
    if re.search(r"W$|Ohm$", plain):
        allowed = "powers and resistances are not known: give a current per area or a C-rate"
        raise InputError(place, text, allowed)
    current = units.parse_with_unit(place, plain, "mA")
    if cell.area is None:
        raise InputError(place, text, "is no current per area; give mA/cm2, or area: beside steps:")
    return f"{current / cell.area!r} mA/cm^2"


def _per_hour(rate: re.Match[str], text: str, place: str) -> float:
    """Return how many capacities per hour a C-rate is."""
    try:
        return float(rate["times"] or 1) / float(rate["over"] or 1)
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(place, text, "must be a C-rate like 1C, 0.5C or C/10") from error


def _capacity(cell: Cell, text: str, place: str) -> float:
    if cell.capacity is None:
        allowed = "is a C-rate, which needs the cell's capacity; give capacity: beside steps:"
        raise InputError(place, text, allowed)
    return cell.capacity
