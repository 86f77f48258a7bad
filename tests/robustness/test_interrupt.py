"""A run that is stopped or killed at any instant goes on and ends where the whole run ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lithode.engine.recorder import WALL
from lithode.engine.runner import run_case
from lithode.output.fields import FieldReader
from lithode.output.history import read_history

SETTINGS = ["--set", "pause=0.02 s", "--set", "step=0.1 s"]


def wait_for_rows(out: Path, rows: int, process: subprocess.Popen[str]) -> None:
    """Return once the history has some rows, which says where the run is on any machine."""
    history = out / "history.csv"
    while not history.exists() or len(history.read_bytes().splitlines()) <= rows:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def ranks_of(process: subprocess.Popen[str]) -> list[int]:
    """Return the ranks below mpirun, which may be wrapped."""
    parents, ranks = {}, []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        number = int(stat.parent.name)
        try:
            parents[number] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] == os.fsencode(sys.executable) and words[1].endswith(b".py"):
            ranks.append(number)

    def below(number: int) -> bool:
        return number == process.pid or (number in parents and below(parents[number]))

    return sorted(number for number in ranks if below(number))


@pytest.fixture
def whole(toy_case, tmp_path) -> Path:
    """The run that nobody disturbs."""
    run_case("toy", pairs=SETTINGS[1::2], out=tmp_path / "whole")
    return tmp_path / "whole"


def assert_goes_on(command, out: Path, whole: Path, ranks: int = 1) -> None:
    code, _, errors = command("run", "--out", out, "--resume", ranks=ranks)
    assert (code, errors) == (0, [])
    assert json.loads((out / "summary.json").read_text())["status"] == "completed"
    one, other = (read_history(path / "history.csv") for path in (whole, out))
    for name in one.keys() - {WALL, "linear_iterations"}:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-10, err_msg=name)
    readers = [FieldReader(path / "fields.vtkhdf") for path in (whole, out)]
    np.testing.assert_allclose(readers[0].times, readers[1].times)
    for step in range(len(readers[0].times)):
        values = [reader.values("temperature", step) for reader in readers]
        np.testing.assert_allclose(*values, rtol=1e-10)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGUSR1, 143),
        (signal.SIGHUP, 129), (signal.SIGQUIT, 131), (signal.SIGXCPU, 152),
    ],
)  # fmt: skip
def test_a_signal_stops_after_a_checkpoint(command, tmp_path, whole, number, expected):
    out = tmp_path / "out"
    process = command.start("run", "toy", "--out", out, *SETTINGS)
    wait_for_rows(out, 5, process)
    process.send_signal(number)
    code, _, errors = command.wait(process)
    assert code == expected
    assert len(errors) == 1
    assert "stopped by signal" in errors[0]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert summary["steps"] >= 4
    history = read_history(out / "history.csv")["time [s]"]
    assert summary["time"] == history[-1] < 4.0
    assert_goes_on(command, out, whole)


def test_a_second_signal_does_not_wait_for_the_checkpoint(command, tmp_path, whole):
    out = tmp_path / "out"
    process = command.start("run", "toy", "--out", out, "--set", "pause=6 s", "--set", "step=0.1 s")
    wait_for_rows(out, 2, process)
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert command.wait(process)[0] == -signal.SIGTERM
    assert not (out / "summary.json").exists()


@pytest.mark.parametrize("to_mpirun", [False, True])
def test_a_signal_stops_all_ranks(command, tmp_path, whole, to_mpirun):
    out = tmp_path / "out"
    process = command.start("run", "toy", "--out", out, *SETTINGS, ranks=2)
    wait_for_rows(out, 5, process)
    ranks = ranks_of(process)
    assert len(ranks) == 2
    os.kill(process.pid if to_mpirun else ranks[-1], signal.SIGTERM)
    code, _, errors = command.wait(process)
    assert code == 143
    assert len(errors) == 1
    assert json.loads((out / "summary.json").read_text())["status"] == "interrupted"
    assert_goes_on(command, out, whole)


@pytest.mark.parametrize("rows", [1, 12, 31])
def test_a_killed_run_goes_on(command, tmp_path, whole, rows):
    out = tmp_path / "out"
    process = command.start("run", "toy", "--out", out, *SETTINGS)
    wait_for_rows(out, rows, process)
    process.kill()
    process.communicate()
    assert not (out / "summary.json").exists()
    assert_goes_on(command, out, whole)
