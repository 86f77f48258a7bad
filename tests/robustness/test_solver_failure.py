"""A step that fails leaves the accepted state as it was, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.errors import SolverError, StepFailed
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.initial import initial_lithium
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Numerics
from lithode.solvers.numerics.march import StepControl, march
from tests.verification.layers import STRONG, ParticleLayer

PARAMETERS = ParticleLayer(**STRONG, width=20.0, height=24.0, nuclei=2)
BLOCKS = ("_phase_block", "_potential_block", "_mechanics")
CONTROL = StepControl(initial_step=0.05, max_step=5.0, min_step=1e-3)


def started(comm, solver="direct", tolerance=5e-3):
    """A model after some steps, so that all of its history counts."""
    domain = structured(comm, (20.0, 24.0), (10, 12))
    numerics = Numerics(solver=solver, tolerance=tolerance)
    model = Electrodeposition(domain, PARAMETERS.model, initial_lithium(PARAMETERS), numerics)
    model.next_step = 0.2
    for dt in (0.1, 0.2, 0.3):
        model.advance(dt)
        model.accept()
    return model


def picture(model):
    """Copies of all that is accepted."""
    state = model.state()
    values = {name: f.x.array.copy() for name, f in state.functions.items()}
    values |= {f"field {f.name}": f.x.array.copy() for f in model.fields()}
    return values | dict(state.scalars) | dict(model.measure())


def assert_untouched(model, before):
    now = picture(model)
    assert now.keys() == before.keys()
    for name, value in before.items():
        np.testing.assert_array_equal(now[name], value, err_msg=name)


def assert_steps_as(model, twin, *sizes):
    """Both take the same steps; only the start of Newton may differ."""
    for dt in sizes:
        errors = [m.advance(dt).error for m in (model, twin)]
        assert errors[0] == pytest.approx(errors[1], rel=1e-6)
        for m in (model, twin):
            m.accept()
    one, other = picture(model), picture(twin)
    for name, value in other.items():
        if "defect" not in name:
            size = np.nanmax(abs(np.asarray(value)), initial=0)
            np.testing.assert_allclose(
                one[name], value, rtol=0, atol=1e-9 * size + 1e-12, err_msg=name
            )


def pollute(model):
    """What a solver leaves that breaks down in the middle."""
    for levels in model._unknowns.all:
        levels.trial.x.array[:] = np.nan
    model._coupling._lagged_potential.x.array[:] = np.nan
    model._coupling._lagged_stress.x.array[:] = np.nan


def break_block(monkeypatch, model, block, failures):
    """Let a block fail in its first so many solves, after it has polluted all trials."""
    broken = getattr(model._coupling, block)
    solve, calls = broken.solve, []

    def failing():
        calls.append(1)
        if len(calls) <= failures:
            pollute(model)
            raise StepFailed("broken on purpose")
        return solve()

    monkeypatch.setattr(broken, "solve", failing)
    return calls


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative"])
def test_newton_that_may_not_iterate(comm, solver):
    model, twin = started(comm, solver), started(comm, solver)
    before = picture(model)
    snes = model._coupling._phase_block.snes
    most = snes.getTolerances()[3]
    snes.setTolerances(max_it=1)
    with pytest.raises(StepFailed, match="phase_snes: reason -5"):
        model.advance(0.5)
    assert_untouched(model, before)
    snes.setTolerances(max_it=most)
    assert_steps_as(model, twin, 0.5, 0.4)


@pytest.mark.mpi
@pytest.mark.parametrize("block", BLOCKS)
def test_block_that_breaks_down(comm, monkeypatch, block):
    model, twin = started(comm), started(comm)
    before = picture(model)
    break_block(monkeypatch, model, block, 1)
    with pytest.raises(StepFailed, match="on purpose"):
        model.advance(0.5)
    assert_untouched(model, before)
    assert_steps_as(model, twin, 0.5, 0.4)


@pytest.mark.mpi
def test_rejected_step_is_forgotten(comm):
    """Solved, but not accepted: the march found its error too large."""
    model, twin = started(comm), started(comm)
    before = picture(model)
    assert model.advance(2.0).error > 1
    assert_untouched(model, before)
    assert_steps_as(model, twin, 0.5, 0.4)


@pytest.mark.parametrize("solver", ["direct", "iterative", "multigrid"])
def test_step_far_too_long(comm, solver):
    model, twin = started(comm, solver), started(comm, solver)
    before = picture(model)
    with pytest.raises(StepFailed):
        model.advance(1e7)
    assert_untouched(model, before)
    assert_steps_as(model, twin, 0.5, 0.4)


def test_march_goes_on_after_failures(comm, monkeypatch):
    model = started(comm, tolerance=1e-3)
    calls = break_block(monkeypatch, model, "_mechanics", 3)
    result = march(model, CONTROL, 6.0)
    assert result.step_failures == 3
    assert len(calls) == result.steps + result.rejected
    assert model.time == pytest.approx(6.0)
    row = model.measure()
    assert row["lithium_defect [1]"] < 1e-10
    assert row["charge_defect [1]"] < 1e-10
    undisturbed = started(comm, tolerance=1e-3)
    march(undisturbed, CONTROL, 6.0)
    lithium = undisturbed.measure()["lithium [um^2]"]
    assert row["lithium [um^2]"] == pytest.approx(lithium, rel=1e-4)


@pytest.mark.mpi
def test_march_that_cannot_go_on_keeps_the_last_good_state(comm, monkeypatch):
    model = started(comm)
    before = picture(model)
    break_block(monkeypatch, model, "_potential_block", 1000)
    with pytest.raises(SolverError, match=r"no step of at least 0.001 s"):
        march(model, CONTROL, 6.0)
    assert_untouched(model, before)
    monkeypatch.undo()
    assert_steps_as(model, started(comm), 0.5, 0.4)
