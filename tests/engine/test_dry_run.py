"""What a run would cost is told without running it, and without a word on the disk."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from lithode.engine import log_file, progress
from lithode.engine.dry_run import estimate
from lithode.engine.runner import requested, run_case


@pytest.mark.mpi
def test_it_counts_unknowns_steps_and_time(toy_case, tmp_path, comm, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = {"cells": 4, "step": "0.5 s", "end_time": 40.0, "pause": 0.02}
    found = estimate(requested("toy", values=values), comm)
    rows = dict(found.rows)
    assert rows["unknowns of a step"] == "25"
    assert rows["cells"] == "32"
    # 30 of 80 equal steps are tried.
    assert re.match(r"3[0-9] steps to t = 1[5-9]", rows["tried"])
    assert rows["steps in all"].startswith("about 80,")
    assert "warning: Bi = 5" in str(found)
    assert not list(tmp_path.iterdir())


def test_the_log_says_how_long_it_will_take(toy_case, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "LOG_SECONDS", 0.05)
    run_case("toy", values={"cells": 4, "end_time": 4.0, "pause": 0.06}, out=tmp_path / "a")
    log = (tmp_path / "a" / "log.txt").read_text()
    line = next(line for line in log.splitlines() if "t = 2 s" in line)
    assert re.search(r"\(50 %\), 4 steps, 0\.\d+ s each, 0\.\d+ s left", line)


def test_quiet_lets_warnings_through(capsys):
    package, handler = logging.getLogger("lithode"), logging.StreamHandler()
    package.addHandler(handler)
    try:
        with log_file.quiet():
            assert not log_file.shows_bars()
            assert handler.level == logging.WARNING
        assert handler.level == logging.NOTSET
    finally:
        package.removeHandler(handler)


def test_a_quiet_command_says_nothing(command, tmp_path: Path):
    values = ("--set", "cells=4", "--set", "end_time=1")
    code, output, errors = command(
        "run", "toy", "--quiet", "--no-figures", *values, "--out", tmp_path / "a"
    )
    assert (code, errors) == (0, [])
    # A number out of its range is a warning.
    assert len(output.splitlines()) == 1
    assert re.match(r"\d\d:\d\d:\d\d warning: Bi = 5", output)
    assert "25 unknowns" in (tmp_path / "a" / "log.txt").read_text()
