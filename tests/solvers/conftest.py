"""Fixtures of the tests of solvers."""

from __future__ import annotations

import pytest
from petsc4py import PETSc


@pytest.fixture
def options():
    """PETSc's database, which must be left as it was."""
    database = PETSc.Options()
    before = database.getAll()
    yield database
    given = set(database.getAll()) - set(before)
    for name in given:
        database.delValue(name)
