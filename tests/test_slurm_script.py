"""hpc/lithode.slurm with a stand-in for SLURM: how a run is started, resumed and given up.

The same with a real SLURM, by hand: hpc/test-slurm.sh.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "hpc" / "lithode.slurm"
PETSC = ["--", "-heat_ksp_rtol", "1e-9"]


class Job:
    """A job that can be started again and again, as SLURM does when it requeues one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "results" / "toy-7"
        self.requeued = 0
        tools = folder / "bin"
        tools.mkdir()
        (tools / "srun").write_text('#!/bin/bash\nprintf "%s\\n" "$@" >"$CALL"\neval "$RUN"\n')
        (tools / "scontrol").write_text('#!/bin/bash\necho "$@" >>"$REQUEUED"\n')
        for tool in tools.iterdir():
            tool.chmod(0o755)

    def start(self, *arguments: str, run: str = "", **variables: str) -> tuple[int, list[str]]:
        """Start the script; return its exit code and the command line it runs, if any.

        Args:
            arguments: After the name of the script.
            run: What lithode does, in bash, in the run directory's parent.
            variables: Of the environment.
        """
        call, requeued = self.folder / "call", self.folder / "requeued"
        call.unlink(missing_ok=True)
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        names = {"PATH": path, "SLURM_JOB_ID": "7", "SLURM_SUBMIT_DIR": str(self.folder)}
        names |= {"CALL": str(call), "REQUEUED": str(requeued), "OUT_DIR": str(self.out)}
        done = subprocess.run(
            ["bash", SCRIPT, *arguments],
            env=names | {"RUN": f'mkdir -p "$OUT_DIR" && cd "$OUT_DIR"; {run}'} | variables,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        self.said = done.stderr
        self.requeued = len(requeued.read_text().splitlines()) if requeued.exists() else 0
        return done.returncode, call.read_text().splitlines() if call.exists() else []


WRITES_INPUT = "echo new >.part && mv .part case.yaml;"
SAVES = "mkdir -p checkpoint && touch checkpoint/state.h5;"
STEPS = "seq 9 >>history.csv;"
STUDY_ENDS = """echo '"status": "completed",' >summary.json; sleep 0.01; touch report.md;"""


@pytest.fixture
def job(tmp_path):
    return Job(tmp_path)


def test_the_run_is_the_users_and_out_comes_before_petsc_options(job):
    words = ["toy", "--preset", "paper", "--set", "a=1 um", "--movie"]
    code, call = job.start(*words, *PETSC)
    assert code == 0
    assert call == ["lithode", "run", *words, "--out", str(job.out), *PETSC]
    assert not list(job.out.parent.glob("*.slurm-7*"))


@pytest.mark.parametrize("words", [["--out", "/x/y/"], ["--out=/x/y"]])
def test_out_may_be_an_option(job, words):
    job.out = job.folder / "y"
    words = [word.replace("/x", str(job.folder)) for word in words]
    assert job.start("toy", *words)[1][-2:] == ["--out", str(job.out)]


def test_after_a_checkpoint_it_resumes_with_what_case_yaml_does_not_hold(job):
    words = ["toy", "--preset=paper", "--from", "a.yaml", "--set", "a=1"]
    code, _ = job.start(*words, *PETSC, run=WRITES_INPUT + SAVES + STEPS + "exit 143")
    assert (code, job.requeued) == (143, 1)
    _, call = job.start(*words, *PETSC)
    assert call[1:] == ["run", "toy", "--set", "a=1", "--resume", "--out", str(job.out), *PETSC]


def test_without_a_checkpoint_it_starts_again(job):
    job.start("toy", "--preset", "paper", run=WRITES_INPUT + "kill -9 $PPID $$")
    _, call = job.start("toy", "--preset", "paper")
    assert call[1:] == ["run", "toy", "--preset", "paper", "--overwrite", "--out", str(job.out)]


def test_before_its_input_is_written_it_starts_as_at_first(job):
    _, first = job.start("toy", run="kill -9 $PPID $$")
    assert job.start("toy")[1] == first


def test_a_run_of_somebody_else_is_not_touched(job):
    job.out.mkdir(parents=True)
    (job.out / "case.yaml").touch()
    _, first = job.start("toy", run="kill -9 $PPID $$")
    _, again = job.start("toy", SLURM_RESTART_COUNT="1")
    assert first == again == ["lithode", "run", "toy", "--out", str(job.out)]


def test_an_old_checkpoint_is_not_resumed_for_a_new_run(job):
    (job.out / "checkpoint").mkdir(parents=True)
    for name in ("case.yaml", "checkpoint/state.h5"):
        (job.out / name).touch()
    job.start("toy", "--overwrite", run="kill -9 $PPID $$")
    assert "--resume" not in job.start("toy", "--overwrite")[1]


def test_a_run_to_be_resumed_is_never_overwritten(job):
    job.out.mkdir(parents=True)
    (job.out / "case.yaml").touch()
    job.start("toy", "--resume", run=WRITES_INPUT + "kill -9 $PPID $$")
    _, call = job.start("toy", "--resume")
    assert "--resume" in call
    assert "--overwrite" not in call


def test_it_gives_up_after_three_starts_without_a_step(job):
    for count in (1, 2):
        assert job.start("toy", run="exit 143")[0] == 143
        assert job.requeued == count
    assert job.start("toy", run="exit 143")[0] == 143
    assert job.requeued == 2
    assert "3 starts in a row have added no step" in job.said
    assert job.start("toy") == (1, [])


def test_a_step_makes_good_for_starts_without_one(job):
    for _ in range(3):
        job.start("toy", run="exit 143")
        job.start("toy", run=WRITES_INPUT + SAVES + STEPS + "exit 143")
    assert job.requeued == 6


def test_starts_that_slurm_has_cut_short_count_too(job):
    for _ in range(2):
        assert job.start("toy", run="kill -9 $PPID $$", TRIES="2")[1]
    assert job.start("toy", TRIES="2") == (1, [])


def test_a_finished_study_is_not_computed_again(job):
    job.start("table", OUT=str(job.out), run=WRITES_INPUT + STUDY_ENDS + "kill -9 $PPID $$")
    assert job.start("table", OUT=str(job.out)) == (0, [])
    # Queued again when nothing is left of its notes.
    assert job.start("table", OUT=str(job.out), SLURM_RESTART_COUNT="1") == (0, [])


@pytest.mark.parametrize("code", [1, 2, 3, 137])
def test_failures_are_not_queued_again(job, code):
    assert job.start("toy", run=f"exit {code}")[0] == code
    assert job.requeued == 0


def test_a_failed_job_that_is_queued_again_by_hand_resumes(job):
    job.start("toy", run=WRITES_INPUT + SAVES + STEPS + "exit 137")
    assert "--resume" in job.start("toy")[1]


@pytest.mark.parametrize(
    ("words", "name"),
    [(["wang2024/pores"], "wang2024-pores"), (["./a/garnet.py"], "garnet"), (["--from=x"], "run")],
)
def test_the_folder_is_named_after_the_case(job, words, name):
    assert job.start(*words)[1][-1] == str(job.folder / "results" / f"{name}-7")


@pytest.mark.parametrize("words", [[], ["toy", "--preset"]])
def test_what_is_missing_is_said(job, words):
    assert job.start(*words) == (2, [])
    assert "usage:" in job.said or "needs a value" in job.said
