"""PETSc options that a user gives after ``--``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from petsc4py import PETSc

from lithode.core.errors import InputError

_FIELD = "PETSc option"


def parse(words: Sequence[str]) -> dict[str, str | None]:
    """Split words like ``-phase_ksp_type gmres`` into names without dash and values.

    Raises:
        InputError: A value stands where a name should.
    """
    options: dict[str, str | None] = {}
    name = ""
    for word in words:
        if word.startswith("-") and not _is_number(word):
            name = word.lstrip("-")
            if not name or name in options:
                raise InputError(_FIELD, word, "is given twice" if name else "has no name")
            options[name] = None
        elif name and options[name] is None:
            options[name] = word
        else:
            raise InputError(_FIELD, word, "must look like -name or -name value")
    return options


def check_prefixes(options: Mapping[str, str | None], prefixes: Sequence[str]) -> None:
    """Refuse options that belong to no block.

    Args:
        options: Options by name without dash.
        prefixes: Prefixes of the blocks; if empty nothing is checked.

    Raises:
        InputError: An option has none of the prefixes.
    """
    for name in options:
        if prefixes and not name.startswith(tuple(prefixes)):
            head = difflib.get_close_matches(name.split("_")[0] + "_", prefixes, n=1, cutoff=0.6)
            hint = f"; did you mean -{head[0]}?" if head else ""
            known = ", ".join(f"-{prefix}" for prefix in prefixes)
            raise InputError(_FIELD, f"-{name}", f"must begin with {known}{hint}")


def check_used(options: Mapping[str, str | None]) -> None:
    """Refuse options that no solver has asked for.

    Raises:
        InputError: PETSc has not read an option so far.
    """
    database = PETSc.Options()
    for name in options:
        if not database.used(name):
            raise InputError(_FIELD, f"-{name}", "is used by no solver of this case")


@contextmanager
def in_database(options: Mapping[str, str | None]) -> Iterator[None]:
    """Hold the options in PETSc's database."""
    database = PETSc.Options()
    for name, value in options.items():
        database.setValue(name, value)  # type: ignore[arg-type]  # None is a flag
    try:
        yield
    finally:
        for name in options:
            database.delValue(name)


@contextmanager
def errors_are_the_users(options: Mapping[str, str | None]) -> Iterator[None]:
    """Turn PETSc errors into input errors if the user gave options.

    Raises:
        InputError: PETSc could not work with an option.
    """
    try:
        yield
    except PETSc.Error as error:
        if not options:
            raise
        words = " ".join(f"-{name} {value or ''}".strip() for name, value in options.items())
        raise InputError(_FIELD, words, str(error).splitlines()[-1]) from error


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
