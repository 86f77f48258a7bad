"""The headline over many runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lithode.cli import main
from lithode.core.errors import InputError
from lithode.core.parameters import choice
from lithode.engine.registry import find
from lithode.engine.runner import run, run_case
from lithode.engine.scores import gather, run_anew, scenarios
from lithode.engine.verdict import Target


def call(capsys, *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return stop.value.code, *capsys.readouterr()


def test_every_target_counts_once_and_what_no_run_judges_is_named(toy_case, tmp_path, capsys):
    for name in ("a", "b"):
        run_case("table", out=tmp_path / name)
    run_case("toy", values={"cells": 4, "end_time": 1.0, "width": 20.0}, out=tmp_path / "c")
    found = gather([tmp_path / name for name in "abc"], [find("table"), toy_case])
    (entry,) = found.judged
    assert (entry.case, entry.directory) == ("table", tmp_path / "b")
    assert (found.score.predicted, found.score.predicted_met) == (1, 1)
    assert found.score.median_ratio == 1.0
    assert found.open == [("toy", "mean at the end"), ("toy", "width"), ("toy", "never met")]
    plain = json.loads(json.dumps(found.plain()))
    assert plain["score"]["predicted"] == 1
    summary = json.loads((tmp_path / "b" / "summary.json").read_text())
    (stored,) = summary["targets"]
    assert plain["targets"] == [{"case": "table", "directory": str(tmp_path / "b"), **stored}]
    assert plain["not_judged"][0] == {"case": "toy", "name": "mean at the end"}
    code, output, errors = call(capsys, "scores", tmp_path)
    assert (code, errors) == (0, "")
    assert "1 cases, 1 targets: predicted 1 of 1, calibrated 0 of 0, median ratio" in output
    assert "  toy: all 3" in output
    path = tmp_path / "b" / "summary.json"
    path.write_text(json.dumps({**summary, "status": "interrupted"}))
    assert [entry.directory for entry in gather([tmp_path / "b", tmp_path / "a"]).judged] == [
        tmp_path / "a"
    ]
    assert not gather([tmp_path / "b"]).judged
    path.write_text(json.dumps(summary))
    assert json.loads(call(capsys, "scores", "--json", tmp_path)[1]) == json.loads(
        json.dumps(gather([tmp_path / "a", tmp_path / "b"], _all()).plain())
    )


def _all():
    from lithode.engine.registry import entries

    return [find(name) for name in entries()]


def test_a_number_that_another_target_counts_is_not_counted_again(toy_case, tmp_path):
    table = find("table")
    (target,) = table.targets
    again = replace(target, name="again", repeats="table: last square")
    case = replace(table, targets=[target, again])
    run(case, case.resolve(), tmp_path / "a")
    found = gather([tmp_path / "a"])
    assert [entry.verdict.target.name for entry in found.judged] == ["last square", "again"]
    assert found.text().count("(predicted)") == 1
    assert "in brackets repeat a number" in found.text()
    assert found.score.predicted == 1


def test_numbers_of_one_name_are_told_apart(toy_case, tmp_path):
    table = find("table")
    (target,) = table.targets
    tuned = replace(target, kind="calibrated", paper=64.0, where={"factor": 4.0})
    case = replace(table, targets=[target, tuned])
    run(case, case.resolve(), tmp_path / "a")
    assert gather([tmp_path / "a"], [case]).open == [("table", "last square")]
    run(case, case.resolve(values={"factor": 4.0}), tmp_path / "b")
    found = gather([tmp_path / "a", tmp_path / "b", tmp_path / "a"], [case])
    assert (found.score.predicted, found.score.calibrated, found.open) == (1, 1, [])


def test_one_run_for_each_scenario_with_the_numerics_of_the_preset(toy_case, tmp_path, caplog):
    def target(name: str, **where: object) -> Target:
        return Target(
            name=name, paper=1.0, kind="predicted", source="-", where=where, read=lambda *_: 1.0
        )

    presets = {"quick": {"cells": 4, "width": 30.0, "end_time": 0.5}, "paper": {"cells": 16}}
    targets = [target("a"), target("b", width=20.0), target("c", width=20.0), target("d", step=0.4)]
    case = replace(toy_case, presets=presets, targets=targets)
    found = [(p.preset, p.cells, p.width, p.step, p.end_time) for p in scenarios(case)]
    # Neither the width nor the end of the preset are numerics: a number belongs to its scenario.
    assert found == [
        ("quick", 4, 10.0, 0.5, 4.0),
        ("quick", 4, 20.0, 0.5, 4.0),
        ("quick", 4, 10.0, 0.4, 4.0),
    ]
    assert [p.cells for p in scenarios(case, "paper")] == [16, 16, 16]
    unknown = next(iter(scenarios(case, "unknown")))
    assert (unknown.preset, unknown.cells) == ("", 8)
    paths = run_anew([case], tmp_path)
    assert paths == [tmp_path / "toy" / str(k) for k in (1, 2, 3)]
    scored = gather(paths, [case])
    assert {entry.verdict.target.name for entry in scored.judged} == {"a", "b", "c", "d"}
    assert scored.open == []
    (paths[1] / "summary.json").unlink()
    assert run_anew([case], tmp_path) == [paths[0], paths[2]]
    assert "used already" in caplog.text
    assert run_anew([case], tmp_path, overwrite=True) == paths


def test_runs_that_have_ended_are_not_made_again(toy_case, tmp_path, monkeypatch):
    table = find("table")
    paths = run_anew([table], tmp_path)
    monkeypatch.setattr("lithode.engine.scores.run", None)
    assert run_anew([table], tmp_path) == paths


def test_a_case_that_needs_the_run_of_another_gets_it(toy_case, tmp_path, caplog):
    class Needing(find("table").parameters):
        start: Path | None = choice(None, "a run", source="-", provenance="sample")

    def build(parameters):
        if parameters.start is None:
            raise InputError("start", "unset", "name a run")
        return find("table").build(parameters)

    needing = replace(
        find("table"), name="needing", parameters=Needing, build=build, needs={"start": "table"}
    )
    assert run_anew([needing], tmp_path / "a") == []
    assert "needing: scenario 1: start = unset: name a run" in caplog.text
    assert run_anew([find("table"), needing], tmp_path / "b") == [
        tmp_path / "b" / "table" / "1",
        tmp_path / "b" / "needing" / "1",
    ]


def test_what_a_solver_cannot_do_ends_no_series(toy_case, tmp_path, caplog):
    toy = replace(toy_case, presets={"quick": {"cells": 4}}, targets=toy_case.targets[:1])
    broken = replace(toy, targets=[replace(toy.targets[0], where={"breaks_at": 0.0})])
    table = find("table")
    assert run_anew([broken, table], tmp_path) == [tmp_path / "table" / "1"]
    assert "toy: scenario 1: " in caplog.text


def test_the_command_wants_runs_or_is_told_to_make_them(toy_case, tmp_path, capsys, monkeypatch):
    for words in ([], ["--run", tmp_path]):
        code, _, errors = call(capsys, "scores", *words)
        assert code == 2
        assert "name directories of runs, or --run" in errors
    entries = {"table": None}
    monkeypatch.setattr("lithode.engine.registry.entries", lambda: entries)
    code, output, _ = call(capsys, "scores", "--run", "--out", tmp_path / "s", "--preset", "paper")
    assert code == 0
    assert "predicted 0 of 1" in output
    assert (tmp_path / "s" / "table" / "1" / "summary.json").is_file()
