"""The best run within limits is found, and what it rests on is said beside it."""

from __future__ import annotations

import csv

import pytest

from lithode.core.errors import InputError, SolverError
from lithode.core.results import Result
from lithode.engine.optimise.command import optimise
from lithode.engine.optimise.goals import Goal
from lithode.engine.optimise.search import Search

pytest.importorskip("optuna")

RESULTS = {
    name: Result(name, value, unit)
    for name, value, unit in (("depth", 1.0, "um"), ("depth at 1 h", 2.0, "um"), ("why", "x", ""))
}


def test_goals_and_limits_are_results_by_name():
    goal = Goal.of("1 h", None, ["depth >= 0.5 mm"], RESULTS)
    assert (goal.name, goal.is_largest) == ("depth at 1 h", True)
    (limit,) = goal.limits
    assert (limit.name, limit.bound, limit.is_upper) == ("depth", 500.0, False)
    assert limit.excess(400.0) == pytest.approx(0.2)
    assert limit.excess(600.0) == pytest.approx(-0.2)
    assert "NOT met" in limit.text(400.0, "um")


@pytest.mark.parametrize(
    ("goals", "limits", "words"),
    [
        ((None, None), [], "one goal"),
        (("depth", "depth"), [], "one goal"),
        (("why", None), [], "unknown"),
        (("dep", None), [], "several"),
        (("depth", None), ["depth = 3"], "must look like"),
        (("depth", None), ["depth <= 3 V"], "um"),
    ],
)
def test_wrong_goals_are_named(goals, limits, words):
    with pytest.raises(InputError, match=words):
        Goal.of(*goals, limits, RESULTS)


def test_the_best_run_within_limits_is_found(toy_case, tmp_path):
    # The last square is factor (rows - 1)^2; rows = 5 and factor = 3 give 48.
    found = optimise(
        "table",
        ["factor=1 V..4000 mV", "rows=2..8"],
        maximise="last square",
        limits=["last square <= 50"],
        runs=60,
        out=tmp_path / "o",
    )
    assert 45 < found.best.value <= 50
    point = found.best.point
    assert found.best.value == pytest.approx(point["factor"] * (point["rows"] - 1) ** 2)
    assert found.result.results["last square"].value == found.best.value
    # The case's own values come first: factor = 1, rows = 5.
    assert found.first is not None
    assert found.first.value == 16
    text = (tmp_path / "o" / "optimum.txt").read_text()
    assert "largest last square of 60 runs" in text
    assert "at most 50)" in text
    assert "rows = " in text.partition("How far this is valid:")[2]
    with (tmp_path / "o" / "trials.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    assert {row["meets all limits"] for row in rows} == {"0", "1"}
    assert (tmp_path / "o" / "best" / "report.html").is_file()
    with pytest.raises(InputError, match="another search"):
        optimise("table", ["factor=1..4"], minimise="last square", out=tmp_path / "o")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    with pytest.raises(InputError, match="used already"):
        optimise("table", ["factor=1..4"], minimise="last square", out=tmp_path / "full")


def test_a_search_that_was_stopped_goes_on(toy_case, tmp_path, monkeypatch):
    words = {"maximise": "last square", "limits": ["last square <= 50"], "out": tmp_path / "o"}
    vary = ["factor=1..4", "rows=2..8"]
    made = Search.results
    calls = []

    def stops(self, parameters):
        calls.append(parameters)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return made(self, parameters)

    monkeypatch.setattr(Search, "results", stops)
    with pytest.raises(KeyboardInterrupt):
        optimise("table", vary, runs=8, **words)
    with (tmp_path / "o" / "trials.csv").open() as file:
        before = list(csv.DictReader(file))
    assert len(before) == 4  # one call is to learn the names of the results
    monkeypatch.setattr(Search, "results", made)
    found = optimise("table", vary, runs=8, **words)
    assert len(found.search.trials) == 8
    points = [tuple(trial.point.values()) for trial in found.search.trials]
    assert len(set(points)) == 8
    with (tmp_path / "o" / "trials.csv").open() as file:
        assert list(csv.DictReader(file))[:4] == before
    # What is complete is read, not run; a larger number goes on.
    monkeypatch.setattr(Search, "_try", None)
    assert optimise("table", vary, runs=8, **words).best == found.best
    monkeypatch.undo()


def test_an_optimum_at_the_end_of_a_range_says_so(toy_case, tmp_path):
    found = optimise(
        "table", ["diverges=false"], minimise="last square", runs=2, out=tmp_path / "a"
    )
    assert found.best.value == 16
    words = {"minimise": "last square", "runs": 20}
    found = optimise("table", ["rows=3..4"], out=tmp_path / "b", **words)
    assert "at the lower end of its range (3)" in found.text()
    with pytest.raises(SolverError, match="no run met all limits"):
        optimise(
            "table",
            ["rows=3..4"],
            limits=["last square >= 1e6"],
            out=tmp_path / "c",
            **words,
        )
