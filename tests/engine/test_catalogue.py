"""Stored runs side by side."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from lithode.cli import main
from lithode.core.errors import InputError
from lithode.engine.catalogue import compare, entry_of, find_runs, known_units
from lithode.engine.runner import run_case


@pytest.fixture
def folder(toy_case, tmp_path: Path) -> Path:
    """Three runs: two of the toy, one of them another system, and one of the table."""
    small = {"cells": 4, "end_time": 1.0}
    run_case("toy", values=small, out=tmp_path / "a")
    run_case("toy", values={**small, "width": 20.0, "cold_at": 0.99}, out=tmp_path / "deep" / "b")
    run_case("table", out=tmp_path / "c")
    (tmp_path / "notes").mkdir()
    return tmp_path


def call(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return stop.value.code, *capsys.readouterr()


def test_runs_are_found_in_folders_at_any_depth_once(folder):
    found = [folder / "a", folder / "c", folder / "deep" / "b"]
    assert find_runs([folder]) == found
    assert find_runs([folder / "c", folder]) == [found[1], found[0], found[2]]
    (folder / "loop").symlink_to(folder)
    assert find_runs([folder]) == found
    for wrong, message in ((folder / "notes", "holds no run"), (folder / "x", "is no directory")):
        with pytest.raises(InputError, match=message):
            find_runs([folder, wrong])


def test_an_entry_has_case_status_results_score_and_time(folder):
    entry = entry_of(folder / "a")
    assert (entry.case, entry.status) == ("toy", "completed")
    assert [result.name for result in entry.results] == ["mean at the end", "steps", "never met"]
    assert (entry.score.predicted, entry.score.calibrated) == (1, 1)
    assert entry.wall_seconds > 0
    other = entry_of(folder / "deep" / "b")
    assert (other.status, other.score) == ("cold", None)
    cells = entry.cells()
    assert cells[1:3] == ("toy", "completed")
    assert cells[5].startswith("mean at the end 0.")
    assert cells[5].endswith("K, steps 2, never met - um")
    assert cells[4] == "predicted 0 of 1, calibrated 0 of 1"


def test_unfinished_and_damaged_runs_are_named_as_such(folder):
    (folder / "a" / "summary.json").unlink()
    assert entry_of(folder / "a").status == "not finished"
    (folder / "c" / "summary.json").write_text("{")
    assert entry_of(folder / "c").status == "damaged"
    summary = folder / "deep" / "b" / "summary.json"
    content = json.loads(summary.read_text())
    del content["targets"]
    summary.write_text(json.dumps(content))
    assert entry_of(folder / "deep" / "b").status == "damaged"


def test_a_comparison_has_what_differs_and_nothing_else(folder):
    a, b = folder / "a", folder / "deep" / "b"
    found = compare(a, b, known_units(a))
    inputs = {line.name: line for line in found.inputs}
    assert inputs.keys() == {"width", "cold_at"}
    width = inputs["width"]
    assert (width.first, width.second, width.unit, width.ratio) == (10.0, 20.0, "um", 2.0)
    assert (inputs["cold_at"].first, inputs["cold_at"].ratio) == (None, None)
    results = {line.name: line for line in found.results}
    assert "never met" not in results
    mean = results["mean at the end"]
    assert mean.ratio == pytest.approx(mean.second / mean.first)
    assert found.same == 3 - len(results)
    assert compare(a, a).plain() == {"inputs": [], "results": [], "same": 3}
    json.dumps(found.plain(), allow_nan=False)


def test_runs_of_different_cases_can_be_compared(folder):
    found = compare(folder / "a", folder / "c")
    assert (found.inputs[0].name, found.inputs[0].first) == ("case", "toy")
    assert found.same == 0
    shutil.rmtree(folder / "c")
    with pytest.raises(InputError, match="holds no run"):
        compare(folder / "a", folder / "c")


def test_the_commands_print_tables_and_json(folder, capsys):
    code, output, errors = call(capsys, "runs", folder)
    assert (code, errors) == (0, "")
    assert [line.split()[1] for line in output.splitlines()[2:]] == ["toy", "table", "toy"]
    listed = json.loads(call(capsys, "runs", folder, "--json")[1])
    assert [entry["case"] for entry in listed] == ["toy", "table", "toy"]
    assert listed[1]["results"] == [{"name": "last square", "value": 16.0, "unit": "V"}]
    assert listed[2]["score"] is None
    code, output, errors = call(capsys, "compare", folder / "a", folder / "deep" / "b")
    assert (code, errors) == (0, "")
    rows = {line.split()[0]: line.split() for line in output.splitlines() if line}
    assert rows["width"] == ["width", "10", "20", "um", "2.000"]
    assert call(capsys, "compare", folder / "a", folder / "x")[0] == 2
    assert call(capsys, "runs", folder / "notes")[0] == 2
    assert call(capsys, "runs")[0] == 2
