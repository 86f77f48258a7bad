"""A run that goes on from a checkpoint ends where the uninterrupted run ends, on any ranks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from mpi4py import MPI

from lithode.solvers.numerics.checkpoint import read_domain, restore, write_checkpoint
from lithode.solvers.numerics.march import march

HALF, END = 12.0, 24.0


class Saves:
    """Writes a checkpoint at one output time."""

    def __init__(self, directory, time):
        self._directory, self._time = directory, time

    def step(self, model, record):
        pass

    def output(self, model):
        if model.time == pytest.approx(self._time):
            write_checkpoint(self._directory, model, case="growth", parameters_hash="")


def run(growth, model, directory):
    return march(model, growth.control, END, (HALF,), [Saves(directory, HALF)])


def everything(model):
    """Scalars, measures and the nodal values sorted by place: the same on any ranks."""
    comm = model.domain.mesh.comm
    fields = {}
    for name, function in model.state().functions.items():
        space = function.function_space
        owned, size = space.dofmap.index_map.size_local, space.dofmap.index_map_bs
        values = function.x.array[: owned * size].reshape(owned, size)
        rows = np.hstack([space.tabulate_dof_coordinates()[:owned], values])
        rows = np.vstack(comm.allgather(rows))
        fields[name] = rows[np.lexsort(rows[:, :3].round(6).T)]
    return dict(model.state().scalars), dict(model.measure()), fields


def assert_same(one, other, tolerance=1e-10):
    for mine, its in zip(one[:2], other[:2], strict=True):
        for name, value in mine.items():
            if "defect" not in name:
                assert value == pytest.approx(its[name], rel=10 * tolerance, nan_ok=True), name
    for name, rows in one[2].items():
        size = abs(rows[:, 3:]).max()
        np.testing.assert_allclose(
            other[2][name][:, 3:], rows[:, 3:], rtol=0, atol=tolerance * size, err_msg=name
        )


@contextmanager
def part_of(comm, ranks) -> Iterator[MPI.Comm | None]:
    """The first ranks on their own; None on the others."""
    part = comm.Split(0 if comm.rank < ranks else MPI.UNDEFINED)
    yield None if part == MPI.COMM_NULL else part
    if part != MPI.COMM_NULL:
        part.Free()


@pytest.mark.mpi
@pytest.mark.mpi3
def test_continued_run_ends_as_the_whole_one(comm, growth, tmp_path):
    """Written on at most two ranks, continued on as many, on all of them, and on one."""
    path, whole = tmp_path / "state.h5", None
    with part_of(comm, 2) as writers:
        if writers is not None:
            model = growth.model(writers)
            result = run(growth, model, tmp_path)
            assert result.steps > 20
            whole = everything(model)
            goes_on(growth, writers, path, whole)
    whole = comm.bcast(whole)
    goes_on(growth, comm, path, whole)
    with part_of(comm, 1) as alone:
        if alone is not None:
            goes_on(growth, alone, path, whole)


def goes_on(growth, comm, path, whole):
    model = growth.model(comm, read_domain(path, comm))
    restore(path, model)
    assert model.time == pytest.approx(HALF)
    assert model.next_step > 0
    march(model, growth.control, END)
    assert_same(whole, everything(model))
    assert model.measure()["lithium_defect [1]"] < 1e-10


def test_the_comparison_sees_a_lost_scalar(growth, tmp_path):
    """Each of the scalars matters to what comes after."""
    model = growth.model(MPI.COMM_SELF)
    run(growth, model, tmp_path)
    whole = everything(model)
    path = tmp_path / "state.h5"
    for name in ("step", "step_before", "next_step", "inflow", "inflow_before", "lithium_start"):
        again = growth.model(MPI.COMM_SELF, read_domain(path, MPI.COMM_SELF))
        restore(path, again)
        scalars = dict(again.state().scalars)
        scalars[name] *= 1.2
        again.restore(scalars)
        march(again, growth.control, END)
        with pytest.raises(AssertionError):
            assert_same(whole, everything(again))
