"""Units at the boundary: texts become numbers here and nowhere else.

Inside the solvers every number is in one coherent system, chosen so that numbers stay
near 1: micrometre, second, volt, picocoulomb, attomole, kelvin. Then an energy is in pJ,
a stress in MPa, a current density in A/m^2, a concentration in mol/m^3 and a
conductivity in uS/m.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

import pint

from lithode.core.errors import InputError

# Possessive: an exponent must not be given back and read as the unit e. The unit may begin as 1/s
# does; pint would do the sums of anything else, and leave out the comma of 0,3.
_NUMBER_AND_UNIT = re.compile(
    r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?+)"
    r" *((?:(?:1? */ *)?(?:[^\W\d_]|[%\N{DEGREE SIGN}])[^,+\t\r\n]*)?)"
)

registry: Any = pint.UnitRegistry()

# Size of the coherent unit of each base dimension, in SI.
_MODEL_SCALES = {
    "[length]": 1e-6,
    "[time]": 1.0,
    "[mass]": 1.0,
    "[current]": 1e-12,
    "[substance]": 1e-18,
    "[temperature]": 1.0,
}


@cache
def model_factor(unit: str) -> float:
    """Return the number of coherent model units in one ``unit``.

    Args:
        unit: A unit as pint reads it, e.g. ``"mA/cm^2"``; empty for a pure number.
    """
    quantity = registry.Quantity(1.0, unit).to_base_units()
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
    try:
        if given:
            value = float(registry.Quantity(value, registry.parse_units(given)).to(unit).magnitude)
    except (pint.errors.PintError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise InputError(field, text, f"{_allowed(unit)} ({_reason(error)})") from error
    except Exception as error:  # pint's tokenizer leaks errors of its own for odd texts
        raise InputError(field, text, _allowed(unit)) from error
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


def _parted(field: str, text: str, unit: str) -> tuple[str, str]:
    """Part the number from the unit, which is empty if there is none."""
    match = _NUMBER_AND_UNIT.fullmatch(text.strip())
    if match is None:
        hint = ", with a decimal point" if "," in text else ""
        if re.match(r"\s*[-+]?(nan|inf)", text, re.IGNORECASE):
            hint = ", finite"
        raise InputError(field, text, f"{_allowed(unit)}{hint}")
    given = match[2]
    return match[1], f"1{given}" if given.startswith("/") else given


def _allowed(unit: str) -> str:
    return f"give a number in {unit}" if unit else "give a pure number"


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
