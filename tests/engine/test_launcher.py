"""Copies of a run under srun are refused; serial runs in a job with many tasks are not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lithode.core.errors import InputError
from lithode.engine.launcher import check_launcher

ALONE, OF_TWO = SimpleNamespace(size=1), SimpleNamespace(size=2)
STEP = {"SLURM_NTASKS": "4", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"}


@pytest.fixture
def environment(monkeypatch):
    def put(variables):
        for name in STEP:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


@pytest.mark.parametrize("variables", [STEP, {"SLURM_NTASKS": "2", "SLURM_STEP_ID": "7"}])
def test_singletons_of_a_step_are_refused_with_what_to_use(environment, variables):
    environment(variables)
    with pytest.raises(InputError, match=r"^srun = 2 tasks: .* use srun --mpi=pm") as caught:
        check_launcher(ALONE)
    assert caught.value.exit_code == 2
    check_launcher(OF_TWO)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"SLURM_NTASKS": "16"},
        STEP | {"SLURM_STEP_NUM_TASKS": "1"},
        STEP | {"SLURM_STEP_ID": "4294967291"},
        STEP | {"SLURM_STEP_ID": "4294967290"},
        STEP | {"SLURM_STEP_ID": "batch"},
        STEP | {"SLURM_STEP_NUM_TASKS": "two"},
    ],
    ids=["no SLURM", "batch", "one task", "batch step", "interactive step", "a word", "no number"],
)
def test_serial_runs_inside_a_job_are_not(environment, variables):
    environment(variables)
    check_launcher(ALONE)


def test_the_command_writes_nothing_then(environment, command, tmp_path):
    environment(STEP)
    code, _, errors = command("run", "toy", "--out", tmp_path / "a")
    assert code == 2
    assert len(errors) == 1
    assert errors[0].startswith("lithode: srun = 2 tasks: ")
    assert not (tmp_path / "a").exists()
