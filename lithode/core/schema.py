"""Version of the layout of ``case.yaml``, ``summary.json`` and checkpoints."""

from __future__ import annotations

from lithode.core.errors import InputError

SCHEMA = 2
"""Layout written by this version; files of 0.1 carry none, which counts as 1."""


def check_schema(field: str, given: object) -> int:
    """Return the layout that a file says it has.

    Args:
        field: What the file is, for the message.
        given: Its entry, None if it has none.

    Raises:
        InputError: The file is of a later version of Lithode, or the entry is no version.
    """
    if given is None:
        return 1
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise InputError(f"{field} schema", given, f"must be a whole number from 1 to {SCHEMA}")
    if given > SCHEMA:
        allowed = f"is written by a later version of Lithode; this one reads up to {SCHEMA}"
        raise InputError(f"{field} schema", given, allowed)
    return given
