"""Units at the boundary: texts become numbers here and nowhere else.

Inside the solvers every number is in one coherent system, chosen so that numbers stay
near 1: micrometre, second, volt, picocoulomb, attomole, kelvin. Then an energy is in pJ,
a stress in MPa, a current density in A/m^2, a concentration in mol/m^3 and a
conductivity in uS/m.

Pint does the sums. It is loaded when the first unit must be read, with the units of this field
(``units.txt``) in place of its 900, because most commands need none.
"""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError

# Possessive: an exponent must not be given back and read as the unit e.
_NUMBER = r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?+)"
# Names with one power each, in one level of brackets at most: pint would do the sums of anything
# else, without end for 1^9^9^9, and leave out the comma of 0,3. A unit may begin as 1/s does.
_POWER = r"(?: ?(?:\^|\*\*) ?[-+]?[0-9]{1,2}(?:\.[0-9]{1,2})?|\N{SUPERSCRIPT MINUS}\w{1,2})?+"
_WORD = r"(?:[^\W\d_]|[%\N{PER MILLE SIGN}\N{DEGREE SIGN}])\w*+"
_NAME = rf"{_WORD}{_POWER}"
_JOIN = r"(?: ?[*/] ?| )"
_PART = rf"(?:{_NAME}|\( ?{_NAME}(?:{_JOIN}{_NAME})*+ ?\){_POWER})"
_UNIT = rf"((?:1? ?/ ?)?{_PART}(?:{_JOIN}{_PART})*+)?"
_NUMBER_AND_UNIT = re.compile(f"{_NUMBER} ?{_UNIT}")

_DEFINITIONS = Path(__file__).with_name("units.txt")

# Size of the coherent unit of each base dimension, in SI.
_MODEL_SCALES = {
    "[length]": 1e-6,
    "[time]": 1.0,
    "[mass]": 1.0,
    "[current]": 1e-12,
    "[substance]": 1e-18,
    "[temperature]": 1.0,
}


# Factors that pint gives, for known answers that are computed whenever a case is shown.
_FACTORS = {
    "A/m^2": 1.0,
    "GPa": 1000.0,
    "J/m^2": 1.0,
    "S/m": 999999.9999999999,
    "m^2/s": 1000000000000.0001,
    "m^3/mol": 1.0000000000000002,
    "mA/cm^2": 10.0,
    "mol/m^3": 0.9999999999999998,
}


@cache
def registry() -> Any:
    """Return pint's registry of the units that are known here."""
    import pint

    return pint.UnitRegistry(_DEFINITIONS)


@cache
def model_factor(unit: str) -> float:
    """Return the number of coherent model units in one ``unit``.

    Args:
        unit: A unit as pint reads it, e.g. ``"mA/cm^2"``; empty for a pure number.
    """
    if not unit:
        return 1.0
    if unit in _FACTORS:
        return _FACTORS[unit]
    quantity = registry().Quantity(1.0, unit).to_base_units()
    factor = float(quantity.magnitude)
    for dimension, power in quantity.dimensionality.items():
        factor *= _MODEL_SCALES[dimension] ** -float(power)
    return factor


def to_model(value: float, unit: str) -> float:
    """Convert ``value`` in ``unit`` to the coherent model units."""
    return value * model_factor(unit)


def from_model(value: float, unit: str) -> float:
    """Convert ``value`` in the coherent model units to ``unit``."""
    return value / model_factor(unit)


def parse(field: str, text: str, unit: str) -> float:
    """Read a user's text as a number in ``unit``.

    Args:
        field: Name of the parameter, for the message.
        text: A bare number (taken in ``unit``) or a number with a unit of the same kind.
        unit: The unit the parameter is kept in.

    Raises:
        InputError: The text is no number, not finite, or of another kind of unit.
    """
    number, given = _parted(field, text, unit)
    value = float(number)
    if given and given != unit:
        value = _converted(field, text, value, given, unit)
    if not math.isfinite(value):
        raise InputError(field, text, f"{_allowed(unit)}, finite")
    return value


def parse_with_unit(field: str, text: str, unit: str) -> float:
    """Read a user's text as a number in ``unit``; the text must have a unit itself.

    Raises:
        InputError: As `parse`, or the number is bare.
    """
    if not _parted(field, text, unit)[1]:
        raise InputError(field, text, f"has no unit; give one like {unit}")
    return parse(field, text, unit)


@cache
def _names() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names of units and the prefixes in ``units.txt``."""
    units, prefixes = {"per", "square", "cubic", "squared", "cubed"}, []
    for line in _DEFINITIONS.read_text(encoding="utf-8").splitlines():
        name, *rest = (part.strip() for part in line.partition("#")[0].split("="))
        if rest and name.endswith("-"):
            prefixes += [word.removesuffix("-") for word in (name, *rest[1:])]
        elif rest:
            units |= {name, *rest[1:]}
    return frozenset(units), ("", "delta_", "\N{GREEK CAPITAL LETTER DELTA}", *prefixes)


def _unknown(given: str) -> str | None:
    """Return the first name in a unit that is none, without loading pint for it."""
    units, prefixes = _names()
    for word in re.findall(_WORD, given):
        name = re.sub("[\u00b9\u00b2\u00b3\u2070-\u2079]+$", "", word)
        plain = {name, name.removesuffix("s"), name.replace("\N{DEGREE SIGN}", "degree")}
        ends = (end.removeprefix(p) for end in plain for p in prefixes if end.startswith(p))
        if units.isdisjoint(ends):
            return str(word)
    return None


def _converted(field: str, text: str, value: float, given: str, unit: str) -> float:
    if word := _unknown(given):
        raise InputError(field, text, f"{_allowed(unit)} ({word} is no unit known here)")
    known = registry()
    from pint.errors import PintError

    try:
        return float(known.Quantity(value, known.parse_units(given)).to(unit).magnitude)
    except (PintError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise InputError(field, text, f"{_allowed(unit)} ({_reason(error)})") from error
    except Exception as error:  # pint's tokenizer leaks errors of its own for odd texts
        raise InputError(field, text, _allowed(unit)) from error


def _parted(field: str, text: str, unit: str) -> tuple[str, str]:
    """Part the number from the unit, which is empty if there is none."""
    match = _NUMBER_AND_UNIT.fullmatch(re.sub(" +", " ", text.strip()))
    if match is None:
        hint = ", with a decimal point" if "," in text else ""
        if re.match(r"\s*[-+]?(nan|inf)", text, re.IGNORECASE):
            hint = ", finite"
        raise InputError(field, text, f"{_allowed(unit)}{hint}")
    given = match[2] or ""
    return match[1], f"1{given}" if given.startswith("/") else given


def _allowed(unit: str) -> str:
    return f"give a number in {unit}" if unit else "give a pure number"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
