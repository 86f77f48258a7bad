"""A run directory has one owner at a time, for as long as that lives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from lithode.core.errors import InputError
from lithode.engine import lock, report
from lithode.engine.runner import run_case

SMALL = {"cells": 4, "end_time": 1.0}
HOLD = """
import sys, time
from pathlib import Path
from lithode.engine import lock
with lock.owned(Path(sys.argv[1])):
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that owns the folder ``a``."""
    folder = tmp_path / "a"
    folder.mkdir(exist_ok=True)
    words = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_owner_is_told_who_the_first_is(tmp_path, holder):
    told = pytest.raises(InputError, match=rf"in use by process {holder.pid} on \S+ since")
    with told, lock.owned(tmp_path / "a"):
        pass


def test_a_killed_owner_leaves_nothing_in_the_way(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with lock.owned(tmp_path / "a"):
        assert json.loads((tmp_path / "a" / ".lock").read_text())["pid"] == os.getpid()
    assert not (tmp_path / "a" / ".lock").exists()


def test_what_another_host_left_behind_counts_where_locks_end_at_the_host(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "_keeps_locks_to_itself", lambda path: True)
    left = tmp_path / ".lock"
    left.write_text(json.dumps({"host": "node7", "pid": 12, "since": "then", "job": "99"}))
    told = pytest.raises(InputError, match=r"process 12 on node7 since then.*rm .*\.lock")
    with told, lock.owned(tmp_path):
        pass
    monkeypatch.setenv("SLURM_JOB_ID", "99")
    with lock.owned(tmp_path):  # a requeued job follows itself
        pass


def test_nothing_touches_a_folder_that_is_owned(toy_case, tmp_path):
    out = tmp_path / "a"
    run_case("toy", values=SMALL, out=out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    attempts = (
        lambda: run_case("toy", out=out),
        lambda: run_case("toy", out=out, overwrite=True),
        lambda: run_case(out=out, resume=True, values={"end_time": 2.0}),
        lambda: report.remake(out),
        lambda: report.movie(out),
    )
    with lock.owned(out):
        for attempt in attempts:
            with pytest.raises(InputError, match="is in use by process"):
                attempt()
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_a_live_run_keeps_its_folder(toy_case, command, tmp_path):
    out = tmp_path / "a"
    first = command.start("run", "toy", "--out", out, "--set", "pause=1 s")
    while not (out / "history.csv").exists():
        time.sleep(0.05)
        assert first.poll() is None
    code, _, errors = command("run", "toy", "--out", out, "--overwrite")
    assert code == 2
    assert "is in use by process" in errors[0]
    code, _, _ = command.wait(first)
    assert code == 0
    summary = json.loads((out / "summary.json").read_text())
    assert (summary["status"], summary["steps"]) == ("completed", 8)
    assert not (out / ".lock").exists()


def test_a_refused_run_leaves_no_folder(toy_case, tmp_path):
    with pytest.raises(InputError):
        run_case("toy", values=SMALL, petsc_options=["-heat_typo"], out=tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_report_can_be_made_again_after_the_run(toy_case, tmp_path):
    run_case("toy", values=SMALL, out=tmp_path / "a")
    report.remake(tmp_path / "a")
    assert not (tmp_path / "a" / ".lock").exists()
