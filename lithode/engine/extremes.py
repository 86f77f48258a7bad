"""Values that are allowed one by one, but whose arithmetic leaves double precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cffi import VerificationError

from lithode.core.errors import InputError, shortened
from lithode.core.parameters import CaseParameters

_HUGE = 1e30
_MOST_OF_A_REASON = 80
_FAR = 1e9  # from the default


def _is_extreme(value: object, default: object) -> bool:
    if not isinstance(value, float) or value == 0:
        return False
    usual = abs(default) if isinstance(default, float) and default else 1.0
    return not 1 / _HUGE < abs(value) < _HUGE or not 1 / _FAR < abs(value) / usual < _FAR


@contextmanager
def extremes_named(parameters: CaseParameters) -> Iterator[None]:
    """Turn an overflow, or what a library says of numbers beyond its range, into an input error.

    Args:
        parameters: Of the run; the message names those that are far from the defaults.

    Raises:
        InputError: Arithmetic has left the range of double precision, and a value is extreme.
    """
    try:
        yield
    except (ArithmeticError, MemoryError, RuntimeError, ValueError, VerificationError) as error:
        extreme = [
            f"{name}={value}"
            for name, field in type(parameters).model_fields.items()
            if _is_extreme(value := getattr(parameters, name), field.default)
        ]
        if not extreme:
            raise
        is_compiler = isinstance(error, VerificationError)
        what = "a number is infinite" if is_compiler else shortened(str(error), _MOST_OF_A_REASON)
        allowed = f"too extreme to compute with ({what}); take values nearer to the defaults"
        raise InputError("parameters", ", ".join(extreme), allowed) from error
