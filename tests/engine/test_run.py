from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lithode
import lithode.cases
from lithode.core.errors import InputError, SolverError
from lithode.core.health import HealthLine
from lithode.core.parallel import on_root
from lithode.core.results import Result
from lithode.engine import report
from lithode.engine.recorder import WALL
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.runner import run, run_case
from lithode.engine.verdict import Target
from lithode.output.fields import FieldReader
from lithode.output.history import read_history
from lithode.solvers.numerics.checkpoint import read_header, write_checkpoint

SMALL = {"cells": 4, "end_time": 2.0}
SUMMARY_KEYS = {
    "case", "version", "parameters_hash", "status", "event", "ranks", "unknowns", "steps",
    "rejected_steps", "nonlinear_iterations", "linear_iterations", "wall_seconds",
    "conservation", "targets",
}  # fmt: skip


def assert_same_history(one: Path, other: Path, tolerance: float = 0.0) -> None:
    a, b = read_history(one / "history.csv"), read_history(other / "history.csv")
    assert list(a) == list(b)
    for name in a.keys() - {WALL}:
        np.testing.assert_allclose(a[name], b[name], rtol=tolerance, err_msg=name)


def summary_of(out: Path) -> dict:
    return json.loads((out / "summary.json").read_text())


@pytest.mark.mpi
def test_a_run_leaves_every_promised_file(toy_case, tmp_path, comm):
    result = run_case("toy", values=SMALL, out=tmp_path / "a", comm=comm)
    out = tmp_path / "a"
    assert result.directory == out
    assert {file.name for file in out.iterdir()} == {
        "case.yaml", "fields.vtkhdf", "history.csv", "summary.json", "checkpoint", "figures",
        "log.txt", "report.md", "report.html",
    }  # fmt: skip
    assert list((out / "figures").glob("*.png"))
    summary = summary_of(out)
    assert summary == result.summary
    assert summary.keys() >= SUMMARY_KEYS
    assert (summary["case"], summary["version"]) == ("toy", lithode.__version__)
    assert (summary["status"], summary["ranks"]) == ("completed", comm.size)
    assert (summary["unknowns"], summary["steps"]) == (25, 4)
    assert summary["linear_iterations"] >= summary["nonlinear_iterations"] == 4
    assert summary["conservation"] == {"heat": 1e-15}
    assert summary["wall_seconds"] > 0
    words = {"name", "paper", "bound", "computed", "unit", "kind", "tolerance", "reproduced"}
    assert [set(target) >= words for target in summary["targets"]] == [True, True, True]
    assert "the plate burns" in (out / "log.txt").read_text()
    history = read_history(out / "history.csv")
    np.testing.assert_allclose(history["time [s]"], [0, 0.5, 1, 1.5, 2])
    np.testing.assert_allclose(FieldReader(out / "fields.vtkhdf").times, [0, 1, 2])
    assert "mean at the end" in result.table()
    assert [verdict.reproduced for verdict in result.verdicts] == [False, True, False]


@pytest.mark.mpi
def test_its_input_file_repeats_a_run(toy_case, tmp_path, comm):
    options = ["-heat_ksp_type", "gmres"]
    first = {**SMALL, "width": "0.02 mm", "seed": 3}
    run_case("toy", values=first, petsc_options=options, out=tmp_path / "a", comm=comm)
    file = tmp_path / "a" / "case.yaml"
    run_case(from_file=file, out=tmp_path / "b", comm=comm)
    assert_same_history(tmp_path / "a", tmp_path / "b", 0.0 if comm.size == 1 else 1e-12)
    assert (tmp_path / "b" / "case.yaml").read_text() == file.read_text()
    assert read_input(file).petsc_options == tuple(options)
    run_case(from_file=file, pairs=["seed=4"], out=tmp_path / "c", comm=comm)
    with pytest.raises(AssertionError):
        assert_same_history(tmp_path / "a", tmp_path / "c")


@pytest.mark.mpi
def test_the_python_call_gives_what_the_command_line_gives(toy_case, tmp_path, comm):
    result = lithode.run("toy", preset="paper", width="20 um", out=tmp_path / "a", end_time=0.5)
    assert read_input(tmp_path / "a" / "case.yaml").parameters["width"] == 20.0
    assert read_input(tmp_path / "a" / "case.yaml").parameters["cells"] == 16
    assert result.status == "completed"


@pytest.mark.mpi
def test_a_resumed_run_ends_where_the_uninterrupted_one_ends(toy_case, tmp_path, comm):
    run_case("toy", out=tmp_path / "whole", comm=comm)
    for end in (1.0, 2.5, 4.0):
        resume = end > 1.0
        run_case("toy", values={"end_time": end}, out=tmp_path / "parts", resume=resume, comm=comm)
    # The fields of the parts are written at the ends of the parts too.
    assert summary_of(tmp_path / "parts")["steps"] == summary_of(tmp_path / "whole")["steps"]
    assert_same_history(tmp_path / "whole", tmp_path / "parts", 1e-12)
    walls = read_history(tmp_path / "parts" / "history.csv")[WALL]
    assert np.all(np.diff(walls) >= 0)
    whole, parts = (FieldReader(tmp_path / name / "fields.vtkhdf") for name in ("whole", "parts"))
    last = [reader.values("temperature", reader.step(4.0)) for reader in (whole, parts)]
    np.testing.assert_allclose(*last, rtol=1e-12)


def test_a_run_goes_on_on_another_number_of_ranks(toy_case, command, tmp_path):
    run_case("toy", out=tmp_path / "whole")
    parts = tmp_path / "parts"
    for end, ranks in ((1.0, 1), (2.0, 2), (4.0, 1)):
        words = ["--resume"] if end > 1.0 else ["toy"]
        words += ["--out", str(parts), "--set", f"end_time={end}"]
        assert command("run", *words, ranks=ranks)[0] == 0
        assert summary_of(parts)["ranks"] == ranks
    a, b = (read_history(out / "history.csv") for out in (tmp_path / "whole", parts))
    np.testing.assert_allclose(a["mean [K]"], b["mean [K]"], rtol=1e-10)


def test_a_run_killed_before_its_first_checkpoint_starts_again(toy_case, tmp_path, caplog):
    run_case("toy", values=SMALL, out=tmp_path / "a")
    for file in (tmp_path / "a" / "checkpoint").iterdir():
        file.unlink()
    with caplog.at_level(logging.WARNING, "lithode"):
        result = run_case(out=tmp_path / "a", resume=True)
    assert "starting from the beginning" in caplog.text
    assert result.summary["steps"] == 4


def test_a_run_killed_before_its_input_was_written_starts_again(toy_case, tmp_path):
    (tmp_path / ".case.yaml.part").write_text("schem")
    (tmp_path / ".lock").write_text('{"host": ')
    assert run_case("toy", values=SMALL, out=tmp_path).status == "completed"


def test_what_clears_a_directory_removes_the_input_last(tmp_path, monkeypatch):
    directory = RunDirectory(tmp_path)
    for name in ("case.yaml", "fields-kept-1.vtkhdf", "history.csv", "movie.mp4"):
        (tmp_path / name).touch()
    removed, unlink = [], Path.unlink

    def noted(self: Path, missing_ok: bool = False) -> None:
        removed.append(self.name)
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", noted)
    directory.clear()
    assert removed[-1] == "case.yaml"
    assert not list(tmp_path.iterdir())


def test_checkpoints_are_written_between_outputs_when_time_has_passed(
    toy_case, tmp_path, comm, monkeypatch
):
    monkeypatch.setattr("lithode.engine.recorder._CHECKPOINT_SECONDS", -1.0)
    monkeypatch.setattr("lithode.engine.recorder._CHECKPOINT_SHARE", 1e9)
    with pytest.raises(ZeroDivisionError):
        run_case("toy", values={"step": 0.1, "bug_at": 1.45}, out=tmp_path / "a", comm=comm)
    header = read_header(tmp_path / "a" / "checkpoint" / "state.h5", comm)
    assert 1.3 < header.scalars["time"] <= 1.45
    assert FieldReader(tmp_path / "a" / "fields.vtkhdf").times[-1] == 1.0


@pytest.mark.mpi
@pytest.mark.parametrize(("share", "expected"), [(1e-9, 2), (1e9, 5)])
def test_checkpoints_take_a_share_of_the_time(
    toy_case, tmp_path, comm, monkeypatch, share, expected
):
    """One at the start and one at the end; at outputs only where that is cheap."""
    written = []

    def write(*arguments, **options):
        written.append(arguments[1].time)
        return write_checkpoint(*arguments, **options)

    monkeypatch.setattr("lithode.engine.recorder.write_checkpoint", write)
    monkeypatch.setattr("lithode.engine.recorder._CHECKPOINT_SHARE", share)
    run_case("toy", out=tmp_path / "a", comm=comm)
    assert len(FieldReader(tmp_path / "a" / "fields.vtkhdf").times) == 5
    assert (written[0], written[-1], len(written)) == (0.0, 4.0, expected)


@pytest.mark.mpi
def test_figures_can_be_left_to_the_report(toy_case, tmp_path, comm):
    run_case("toy", values=SMALL, out=tmp_path / "a", comm=comm, figures=False)
    figures = tmp_path / "a" / "figures"
    assert not list(figures.glob("*"))
    assert "## Figures" not in (tmp_path / "a" / "report.md").read_text()
    comm.Barrier()
    on_root(comm, lambda: report.remake(tmp_path / "a"))
    assert list(figures.glob("*.png"))
    assert "## Figures" in (tmp_path / "a" / "report.md").read_text()


@pytest.mark.mpi
def test_an_event_is_a_result(toy_case, tmp_path, comm):
    result = run_case("toy", values={"cold_at": 0.8}, out=tmp_path / "a", comm=comm)
    assert (result.status, result.summary["event"]) == ("stopped", "cold")
    assert 0 < result.summary["time"] < 4.0
    assert "the plate is cold" in (tmp_path / "a" / "log.txt").read_text()


@pytest.mark.mpi
def test_a_solver_that_cannot_go_on_leaves_a_checkpoint_to_go_on_from(toy_case, tmp_path, comm):
    out = tmp_path / "a"
    with pytest.raises(SolverError, match="checkpoint") as caught:
        run_case("toy", values={**SMALL, "breaks_at": 1.2}, out=out, comm=comm)
    assert caught.value.exit_code == 3
    assert str(out / "checkpoint" / "state.h5") in str(caught.value)
    summary = summary_of(out)
    assert summary["status"] == "failed"
    assert summary["rejected_steps"] > 0
    assert "no step" in summary["message"]
    last = summary["time"]
    assert 1.0 < last <= 1.2
    with pytest.raises(SolverError, match=f"t = {last:g} s"):
        run_case(out=out, resume=True, comm=comm)


def test_overwrite_replaces_a_run_and_nothing_else(toy_case, tmp_path):
    out = tmp_path / "a"
    run_case("toy", values={**SMALL, "seed": 5}, out=out)
    (out / "notes.md").write_text("mine")
    (out / "fields-kept-1.vtkhdf").write_text("old")
    with pytest.raises(InputError, match="used already"):
        run_case("toy", values=SMALL, out=out)
    assert read_input(out / "case.yaml").parameters["seed"] == 5
    with pytest.raises(InputError, match="used by no solver"):
        run_case("toy", values=SMALL, out=out, overwrite=True, petsc_options=["-heat_typo"])
    assert read_input(out / "case.yaml").parameters["seed"] == 5
    run_case("toy", values=SMALL, out=out, overwrite=True)
    assert read_input(out / "case.yaml").parameters["seed"] == 1
    assert (out / "notes.md").read_text() == "mine"
    assert not (out / "fields-kept-1.vtkhdf").exists()
    assert len(read_history(out / "history.csv")["time [s]"]) == 5


def test_a_picture_that_fails_does_not_end_the_run(toy_case, tmp_path, caplog):
    def no_picture(path, parameters):
        raise RuntimeError("no ink")

    case = replace(toy_case, pictures=no_picture)
    result = run(case, case.resolve(values=SMALL), tmp_path / "a")
    assert result.status == "completed"
    assert "no ink" in caplog.text


def test_log_handlers_and_levels_are_left_as_they_were(toy_case, tmp_path):
    package = logging.getLogger("lithode")
    before = list(package.handlers), package.level
    run_case("toy", values=SMALL, out=tmp_path / "a")
    assert (list(package.handlers), package.level) == before


def test_resolving_layers_presets_below_values(toy_case):
    assert toy_case.resolve().preset == "quick"
    assert toy_case.resolve("paper").cells == 16
    assert toy_case.resolve("paper", {"cells": 3}).cells == 3
    assert toy_case.resolve(None, {"preset": "paper"}).cells == 16
    assert toy_case.resolve(pairs=["preset=paper"]).cells == 16
    with pytest.raises(InputError, match="one preset only"):
        toy_case.resolve("paper", {"preset": "quick"})


@pytest.mark.parametrize(
    ("paper", "computed", "reproduced", "ratio"),
    [
        (2.0, 2.2, True, 1.1),
        (2.0, 2.5, False, 1.25),
        (-2.0, -2.2, True, 1.1),
        (0.0, 0.1, True, None),
        (0.0, 0.3, False, None),
        (2.0, None, False, None),
        (2.0, float("nan"), False, None),
        ("bypass", "bypass", True, None),
        ("bypass", "blocked", False, None),
        (None, 3.0, None, None),
    ],
)
def test_a_target_is_judged_within_its_tolerance(paper, computed, reproduced, ratio):
    target = Target(
        name="x",
        paper=paper,
        unit="MPa",
        kind="predicted",
        tolerance=0.2,
        read=lambda *_: computed,
        source="Fig. 1",
    )
    verdict = target.judge({}, None)
    assert verdict.reproduced is reproduced
    assert verdict.ratio == (None if ratio is None else pytest.approx(ratio))
    json.dumps(verdict.plain(), allow_nan=False)


@pytest.mark.parametrize(
    ("bound", "computed", "reproduced"),
    [
        ("above", 1.5, True),
        ("above", 50.0, True),
        ("above", 0.95, False),
        ("above", 1.0, False),
        ("above", -3.0, False),
        ("above", None, False),
        ("below", 0.5, True),
        ("below", 1.05, False),
    ],
)
def test_a_bound_is_judged_on_one_side(bound, computed, reproduced):
    target = Target(
        name="x",
        paper=1.0,
        unit="MPa",
        kind="predicted",
        tolerance=0.2,
        read=lambda *_: computed,
        source="-",
        bound=bound,
    )
    verdict = target.judge({}, None)
    assert verdict.reproduced is reproduced
    plain = verdict.plain()
    assert (plain["paper"], plain["bound"]) == (1.0, bound)
    shown = {"above": "> 1 ", "below": "< 1 "}[bound]
    assert shown in report.table([verdict])
    two_sided = replace(target, bound=None).judge({}, None)
    assert two_sided.plain()["bound"] is None
    assert shown not in report.table([two_sided])


def test_a_target_that_cannot_be_read_is_not_met():
    target = Target(
        name="x",
        paper=1.0,
        kind="predicted",
        tolerance=0.1,
        read=lambda history, _: history["gone"][-1],
        source="-",
    )
    assert target.judge({}, None).reproduced is False


@pytest.mark.parametrize("number", [np.float64(2.1), np.float32(2.1), np.int64(2), 2])
def test_numbers_of_numpy_can_be_written(number):
    target = Target(
        name="x", paper=2.0, kind="predicted", tolerance=0.2, read=lambda *_: number, source="-"
    )
    plain = json.loads(json.dumps(target.judge({}, None).plain()))
    assert (plain["computed"], plain["reproduced"]) == (pytest.approx(float(number)), True)
    assert json.loads(json.dumps(Result("x", number).plain()))["value"] == pytest.approx(
        float(number)
    )


def test_health_lines_know_their_range():
    line = HealthLine("Da", 0.7, "mushy above", high=0.6)
    assert not line.healthy
    assert str(line) == "Da = 0.7 (healthy: at most 0.6): mushy above"
    assert HealthLine("r", 1.0, "", low=1.0, high=1.0).healthy
    assert HealthLine("v", 1.0, "speed", "um/s").healthy


def test_input_files_written_by_hand_are_accepted(toy_case, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("case: toy\nparameters:\n  width: 20 um\n  step: 1e-1\n  mesh_file: null\n")
    given = read_input(file)
    assert toy_case.resolve(None, given.parameters).step == 0.1
    assert RunDirectory(tmp_path).read_summary() == {}


def test_a_mistake_in_what_is_read_off_a_run_does_not_end_it(toy_case, tmp_path, caplog):
    def mistaken(history, parameters):
        raise TypeError("no such thing")

    targets = [replace(target, read=mistaken) for target in toy_case.targets]
    case = replace(toy_case, results=mistaken, findings=mistaken, targets=targets)
    result = run(case, case.resolve(values=SMALL), tmp_path / "a")
    assert result.status == "completed"
    assert (dict(result.results), result.summary["findings"]) == ({}, [])
    assert {verdict.computed for verdict in result.verdicts} == {None}
    assert "no results" in caplog.text
