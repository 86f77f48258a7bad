"""Time levels: trials do not touch what was accepted."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import create_unit_interval

from lithode.solvers.numerics.levels import TimeLevels


@pytest.fixture
def levels(comm):
    space = fem.functionspace(create_unit_interval(comm, 4), ("P", 1, (2,)))
    return TimeLevels.in_space(space, "pair", 3)


def fill(levels, *values):
    for level, value in zip(levels.past, values, strict=True):
        level.x.array[:] = value


def values(levels):
    for level in (levels.trial, *levels.past):
        assert np.ptp(level.x.array) == 0
    return [level.x.array[0] for level in levels.past]


@pytest.mark.mpi
def test_accept_moves_every_level_back(levels):
    fill(levels, 1.0, 2.0, 3.0)
    levels.trial.x.array[:] = 9.0
    assert values(levels) == [1.0, 2.0, 3.0]
    levels.accept()
    assert values(levels) == [9.0, 1.0, 2.0]
    levels.trial.x.array[:] = 7.0  # the trial is no alias of an accepted level
    assert values(levels) == [9.0, 1.0, 2.0]
    assert levels.now is levels.past[0]


def test_start_fills_every_level(levels):
    levels.trial.x.array[:] = 5.0
    levels.start()
    levels.trial.x.array[:] = 0.0
    assert values(levels) == [5.0, 5.0, 5.0]


def test_extrapolation_weights_the_past(levels):
    fill(levels, 1.0, 10.0, 100.0)
    levels.extrapolate([2.0, -3.0, 4.0])
    assert values(levels) == [1.0, 10.0, 100.0]
    assert levels.trial.x.array[0] == 372.0
    levels.extrapolate([1.0])  # fewer weights than levels: the others do not count
    assert levels.trial.x.array[0] == 1.0


def test_levels_without_weight_are_not_read(levels):
    fill(levels, 1.0, np.nan, np.nan)
    out = fem.Function(levels.trial.function_space)
    levels.combine([2.0, 0.0, 0.0], out)
    assert (out.x.array == 2.0).all()


def test_names_are_those_of_a_checkpoint(levels):
    assert [level.name for level in levels.past] == ["pair", "pair_1", "pair_2"]
