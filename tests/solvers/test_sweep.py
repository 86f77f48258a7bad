"""Sweeps: a steady model along a load, through the run engine."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.output.fields import FieldReader
from lithode.output.history import read_history
from lithode.solvers.numerics.checkpoint import restore, write_checkpoint


def roots(loads):
    """Real roots of u^3 + u = load."""
    found = [np.roots([1, 0, 1, -load]) for load in loads]
    return [float(r[np.argmin(abs(r.imag))].real) for r in found]


@pytest.mark.mpi
def test_each_load_is_one_row_and_one_output(toy_case, tmp_path, comm):
    result = run_case("rod", out=tmp_path / "a", comm=comm)
    history = read_history(tmp_path / "a" / "history.csv")
    assert next(iter(history)) == "current [mA/cm^2]"
    np.testing.assert_allclose(history["current [mA/cm^2]"], [0.1, 1.0, 4.0])
    np.testing.assert_allclose(history["step_size [mA/cm^2]"], [0.0, 0.9, 3.0])
    np.testing.assert_allclose(history["load [A/m^2]"], [1.0, 10.0, 40.0])
    np.testing.assert_allclose(history["root [1]"], roots([1.0, 10.0, 40.0]), rtol=1e-9)
    reader = FieldReader(tmp_path / "a" / "fields.vtkhdf")
    np.testing.assert_allclose(reader.times, [0.1, 1.0, 4.0])
    assert reader.axis.at(reader.times[-1]) == "i = 4 mA/cm^2"
    assert (result.summary["current"], result.summary["steps"]) == (4.0, 2)
    names = {picture.name for picture in (tmp_path / "a" / "figures").glob("fields*.png")}
    assert names == {"fields-0.1mAcm2.png", "fields-1mAcm2.png", "fields-4mAcm2.png"}


@pytest.mark.mpi
def test_a_load_out_of_reach_is_approached_in_steps(toy_case, tmp_path, comm):
    run_case("rod", values={"longest": 12.0}, out=tmp_path / "a", comm=comm)
    history = read_history(tmp_path / "a" / "history.csv")
    loads = history["load [A/m^2]"]
    assert history["rejected"].sum() > 0
    assert np.max(np.diff(loads)) <= 12.0
    assert {1.0, 10.0, 40.0} <= set(np.round(loads, 9))
    np.testing.assert_allclose(history["root [1]"], roots(loads), rtol=1e-9)


def make(comm):
    case = find("rod")
    return case.build(case.resolve(), comm, None).model


@pytest.mark.mpi
def test_a_trial_leaves_the_accepted_state_alone(toy_case, comm):
    model = make(comm)
    before = dict(model.measure())
    model.advance(2.0)
    assert dict(model.measure()) == before
    model.accept()
    assert model.time == pytest.approx(2.1)
    assert model.measure()["load [A/m^2]"] == pytest.approx(21.0)
    assert model.measure()["root [1]"] == pytest.approx(roots([21.0])[0])


@pytest.mark.mpi
def test_a_checkpoint_holds_the_load_and_its_solution(toy_case, tmp_path, comm):
    model = make(comm)
    model.advance(0.9)
    model.accept()
    model.next_step = 3.0
    tmp_path = comm.bcast(tmp_path)
    path = write_checkpoint(tmp_path / "checkpoint", model, case="rod", parameters_hash="")
    other = make(comm)
    restore(path, other)
    assert (other.time, other.next_step) == (model.time, 3.0)
    assert other.measure() == model.measure()
