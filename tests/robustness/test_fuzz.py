"""Hundreds of odd command lines and files: each ends with an exit code and at most one line."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lithode.cases.index import CASES
from lithode.cli import main
from lithode.core.errors import InputError, LithodeError
from lithode.engine.registry import find
from lithode.engine.result import load
from lithode.engine.runner import run_case

CODES = {0, 2, 3}
REAL = sorted(CASES)


def fuzz(examples):
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


WORDS = st.sampled_from(
    [
        "list", "show", "run", "report", "movie", "drt", "fit", "warmup", "toy", "tyo", "table",
        "--set", "--preset", "--from", "--out", "--resume", "--overwrite", "--json", "--", "-x",
        "--help", "cells=3", "end_time=0.5", "end_time=1 s^9^9^9^9", "width=3 bananas", "width=",
        "=3", "width=1e999", "width=-1 um", "seed=1.5", "seed=" + "9" * 5000, "quick", "paper",
        "gone.yaml", "gone", "/dev/zero", "/dev/null", ".", "..", "", "\x00", "é\n", "-heat_typo",
        "--lambda", "cv", "nan", "--vary", "width=1..", "--starts", "-1", "--seed",
    ]
)  # fmt: skip

VALUES = st.one_of(
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.text(max_size=20),
    st.lists(st.floats(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        ["1 um", "1e308 um", "1/0", "1 s**9**9", "nan", "[" * 50, "1:30", "3 kg", "-0"]
    ),
)


@pytest.fixture
def call(toy_case, tmp_path, monkeypatch, capfd):
    """Runs the command in a folder of its own; returns the exit code and standard error."""
    cwd = tmp_path / "cwd"
    cwd.mkdir()
    monkeypatch.chdir(cwd)

    def run(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        return stop.value.code, capfd.readouterr().err

    return run


def check(code: int, errors: str) -> None:
    assert code in CODES, errors
    assert "Traceback" not in errors
    lines = [line for line in errors.splitlines() if line.startswith("lithode: ")]
    assert len(lines) == (code != 0), errors
    assert all(len(line) <= 320 for line in lines)


def check_line(error: LithodeError) -> None:
    assert len(str(error)) <= 400
    assert "\n" not in str(error)


def snapshot(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


@fuzz(120)
@given(words=st.lists(WORDS, min_size=1, max_size=6))
def test_command_lines(call, tmp_path, words):
    words = [word for word in words if "\x00" not in word]
    # What would compute for long, or write where it is told to, is not the point here.
    if {"run", "fit", "warmup"} & set(words) and "--out" not in words:
        words = ["show", *words]
    before = snapshot(tmp_path / "cwd")
    code, errors = call(*words)
    check(code, errors)
    if "--out" not in words:
        assert snapshot(tmp_path / "cwd") == before


@fuzz(60)
@given(content=st.dictionaries(st.sampled_from(
    ["case", "parameters", "petsc_options", "schema", "version", "case_file", "materials", "x"]
), st.one_of(VALUES, st.just("toy"), st.dictionaries(st.sampled_from(
    ["width", "cells", "seed", "step", "preset", "mesh_file", "none"]), VALUES, max_size=4)),
    max_size=5,
))  # fmt: skip
def test_input_files(call, tmp_path, content):
    file = tmp_path / "in.yaml"
    file.write_text(json.dumps(content, ensure_ascii=False), errors="ignore")
    code, errors = call("show", "toy")
    assert code == 0
    code, errors = call("run", "--from", file, "--set", "end_time=-1", "--out", tmp_path / "a")
    check(code, errors)
    assert code == 2
    assert not (tmp_path / "a").exists()


@fuzz(200)
@given(data=st.data())
def test_values_of_every_case(data):
    case = find(data.draw(st.sampled_from(REAL)))
    names = sorted(case.parameters.model_fields)
    values = data.draw(st.dictionaries(st.sampled_from(names), VALUES, min_size=1, max_size=3))
    try:
        case.resolve(None, values)
    except InputError as error:
        check_line(error)


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(n, marks=pytest.mark.slow) for n in range(12, 40))]
)
def test_a_run_directory_with_flipped_bytes(toy_case, tmp_path, monkeypatch, seed):
    monkeypatch.setattr("lithode.engine.report.draw", lambda *_: [])
    out = tmp_path / "a"
    run_case("toy", values={"cells": 4, "end_time": 1.0}, out=out)
    rng = random.Random(seed)
    files = sorted(p for p in out.rglob("*") if p.suffix in (".yaml", ".json", ".csv", ".h5"))
    spoilt = files[seed % len(files)]
    content = bytearray(spoilt.read_bytes())
    match seed % 4:
        case 0:
            content = content[: rng.randrange(len(content))]
        case 1:
            content = bytearray(os.urandom(64))
        case _:
            for _ in range(8):
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    spoilt.write_bytes(bytes(content))
    for action in (
        lambda: load(out).results,
        lambda: run_case(out=out, resume=True, values={"end_time": 1.5}),
    ):
        try:
            action()
        except LithodeError as error:
            check_line(error)


@pytest.mark.parametrize(
    "seed", [*range(12), *(pytest.param(n, marks=pytest.mark.slow) for n in range(12, 40))]
)
def test_spectra_that_are_none(call, tmp_path, seed):
    rng = np.random.default_rng(seed)
    cells = ["1", "-3.5", "1e400", "nan", "", "x", "Im", "1,5", "frequency (Hz)", "Re", "\u221e"]
    rows = [",".join(rng.choice(cells, rng.integers(1, 5))) for _ in range(rng.integers(0, 12))]
    if seed % 2:
        rows.insert(0, "frequency (Hz),Re (ohm),Im (ohm)")
    (tmp_path / "s.csv").write_text("\n".join(rows), encoding="utf-8")
    code, errors = call("drt", tmp_path / "s.csv", "--out", tmp_path / "drt")
    check(code, errors)
