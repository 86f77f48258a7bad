"""Steps as texts of PyBaMM's experiments: "Discharge at 0.3 mA/cm2 for 1 hour until 0.2 V".

A discharge is a positive current, as in PyBaMM. Currents are per area, or in A where the protocol
gives an area; C-rates, powers and resistances are refused.
"""

from __future__ import annotations

import re
from typing import Any

from lithode.core import units
from lithode.core.errors import InputError

_STEP = re.compile(
    r"(?P<what>charge|discharge|hold|rest)(?: at (?P<at>.+?))?(?: for (?P<time>.+?))?"
    r"(?:(?: or)? until (?P<until>.+))?",
    re.IGNORECASE,
)
_LONGEST = "24 hour"
"""How long PyBaMM lets a step last that has no time."""

_EXAMPLES = (
    "give one like Rest for 10 minutes, Charge at 0.3 mA/cm2 for 1 hour, "
    "Discharge at 1 mA/cm2 for 2 hours until 0.2 V, Hold at 50 mV until 0.05 mA/cm2"
)


def entry_of(text: str, place: str, area: float | None) -> dict[str, Any]:
    """Return a step as a mapping, as YAML has it.

    Args:
        text: The step.
        place: Where it is, for messages.
        area: Of the electrode in cm^2, None if the protocol gives none.

    Raises:
        InputError: It is no step, or has a C-rate, a power or a current without an area.
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
            entry["until"] = _density(until, place, area)
        return entry
    density = _density(at, place, area)
    entry["current"] = density if kind == "discharge" else f"-{density}"
    return entry if until is None else {**entry, "until": until}


def _time(text: str) -> str:
    return re.sub(r"(hour|minute|second)s\b", r"\1", text)


def _is_voltage(text: str) -> bool:
    return re.fullmatch(r"[\d.eE+-]+ ?m?V", text) is not None


def _density(text: str, place: str, area: float | None) -> str:
    """Return a current density as a text with its unit."""
    plain = re.sub(r"[ .]?cm(\^?-2|2)\b", "/cm^2", text).replace("//", "/")
    if plain.endswith("/cm^2"):
        return plain
    if re.search(r"C\b|W$|Ohm$", plain):
        allowed = "C-rates, powers and resistances are not known: give a current per area"
        raise InputError(place, text, allowed)
    current = units.parse_with_unit(place, plain, "mA")
    if area is None:
        raise InputError(place, text, "is no current per area; give mA/cm2, or area: beside steps:")
    return f"{current / area!r} mA/cm^2"
