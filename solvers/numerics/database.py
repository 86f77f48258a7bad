"""PETSc's database of options, and what its solvers keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakMethod

from petsc4py import PETSc

Options = Mapping[str, str | int | float]


@contextmanager
def in_database(prefix: str, preset: Options) -> Iterator[None]:
    """Put ``preset`` under ``prefix`` into PETSc's database, except what the user has set there."""
    database = PETSc.Options()
    names = [name for name in preset if not database.hasName(prefix + name)]
    for name in names:
        database.setValue(prefix + name, preset[name])
    try:
        yield
    finally:
        for name in names:
            database.delValue(prefix + name)


def drop_failed_factors(ksp: Any) -> None:
    """Undo a failed set-up: after a zero pivot PETSc would skip the next factorisation."""
    if ksp.getConvergedReason() == PETSc.KSP.ConvergedReason.DIVERGED_PCSETUP_FAILED:
        operators = ksp.getOperators()
        ksp.getPC().reset()
        ksp.setOperators(*operators)


def weakly(method: Callable[..., None]) -> Callable[..., None]:
    """Wrap a bound method so that PETSc does not keep its object alive.

    In a cycle it would be destroyed, collectively, whenever a rank collects its garbage.
    """
    reference = WeakMethod(method)

    def call(*arguments: Any) -> None:
        alive = reference()
        if alive is not None:
            alive(*arguments)

    return call
