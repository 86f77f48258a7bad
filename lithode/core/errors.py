"""Exceptions of the package; the command line turns each into one line and an exit code."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class LithodeError(Exception):
    """Base class of every error that Lithode raises on purpose."""

    exit_code = 1


_MOST_OF_A_LINE = 300
_MOST_OF_A_VALUE = 80


def shortened(text: str, most: int) -> str:
    """Return a text as one line, without the middle if it has more than ``most`` characters."""
    text, half = " ".join(text.split()), (most - 3) // 2
    return text if len(text) <= most else f"{text[:half]}...{text[-half:]}"


class InputError(LithodeError):
    """A user's mistake.

    Args:
        field: Name of the parameter, option or file at fault.
        value: What was given.
        allowed: What would have been accepted, as a phrase ("must be greater than 0").
        unit: Unit of the value, empty if it has none.
    """

    exit_code = 2

    def __init__(self, field: str, value: object, allowed: str, unit: str = "") -> None:
        self.field, self.value, self.allowed, self.unit = field, value, allowed, unit
        # The arguments as they are, so that the error can be sent from rank to rank.
        super().__init__(field, value, allowed, unit)

    def __str__(self) -> str:
        value = shortened(str(self.value), _MOST_OF_A_VALUE)
        shown = f"{value} {self.unit}".strip()
        field = shortened(str(self.field), _MOST_OF_A_VALUE)
        line = f"{field} = {shown}: {self.allowed}" if shown else f"{field}: {self.allowed}"
        return shortened(line, _MOST_OF_A_LINE)


@contextmanager
def fields_named(names: Mapping[str, str]) -> Iterator[None]:
    """Give input errors raised inside the names that the user knows.

    Args:
        names: Name of a field inside to the parameter it came from.
    """
    try:
        yield
    except InputError as error:
        name = names.get(error.field, error.field)
        raise InputError(name, error.value, error.allowed, error.unit) from error


def log_mistake(logger: logging.Logger, what: str) -> None:
    """Log the exception in hand, which ends nothing, with its traceback as text.

    A record that holds an exception, and is kept, holds solvers on one rank that others destroy.

    Args:
        logger: Where to.
        what: What there is not for it.
    """
    logger.error("%s\n%s", what, traceback.format_exc())


class StepFailed(LithodeError):  # noqa: N818
    """One trial step could not be solved; the march cuts the step and tries again."""


class SolverError(LithodeError):
    """The march could not go on (smallest step reached, or a steady solve diverged)."""

    exit_code = 3


class StorageError(SolverError):
    """Files cannot be written: the disk is full, a quota is used up, or the directory is gone."""


class Interrupted(LithodeError):  # noqa: N818
    """A signal asked the run to stop; raised after the checkpoint is written.

    Args:
        signal_number: The signal (2 for SIGINT, 15 for SIGTERM).
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)  # as it is, so that it can be sent from rank to rank
        self.signal_number = signal_number
        self.exit_code = 128 + signal_number

    def __str__(self) -> str:
        return f"stopped by signal {self.signal_number}"
