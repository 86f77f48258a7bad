"""Sweeps: which points there are, what becomes of them, and what is left for people."""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scipy.io import netcdf_file

from lithode.cli import main
from lithode.core.errors import InputError
from lithode.engine.pace import duration
from lithode.engine.registry import locate
from lithode.engine.sweep import plan as plans
from lithode.engine.sweep import scripts, summary
from lithode.engine.sweep.points import Pool, chosen_of, run_points
from lithode.engine.sweep.space import parse


@pytest.fixture
def toy(toy_case):
    return toy_case.parameters


def values_of(space, name: str) -> list:
    return [point[name] for point in space.points()]


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "table.csv").open() as file:
        return list(csv.DictReader(file))


def sweep(*words: object) -> int:
    with pytest.raises(SystemExit) as end:
        main(["sweep", *map(str, words)])
    return int(end.value.code or 0)


def test_values_of_a_grid(toy):
    space = parse(toy, ["width=10um..0.03 mm:3", "cells=2..5:9", "grains=none,outside"])
    assert space.size == 3 * 4 * 2
    assert list(dict.fromkeys(values_of(space, "width"))) == pytest.approx([10, 20, 30])
    assert list(dict.fromkeys(values_of(space, "cells"))) == [2, 3, 4, 5]
    assert values_of(space, "grains")[:3] == ["none", "outside", "none"]
    ratios = values_of(parse(toy, ["width=1..100:3:log"]), "width")
    assert ratios == pytest.approx([1, 10, 100])


@pytest.mark.parametrize("way", ["sobol", "latin", "random"])
def test_samples_fill_their_ranges_and_come_again(toy, way):
    texts = ["width=1..100:log", "cells=1..4", "grains=none,outside"]
    space = parse(toy, texts, f"{way}:20", seed=3)
    widths, cells = (np.array(values_of(space, name)) for name in ("width", "cells"))
    assert len(widths) == 20
    assert 1 <= widths.min() < 3 < 30 < widths.max() <= 100
    assert set(cells) <= {1, 2, 3, 4}
    assert {*values_of(space, "grains")} == {"none", "outside"}
    assert parse(toy, texts, f"{way}:20", seed=3).points() == space.points()
    assert parse(toy, texts, f"{way}:20", seed=4).points() != space.points()


@pytest.mark.parametrize(
    ("texts", "sample", "words"),
    [
        ([], None, "name what to vary"),
        (["widht=1..2"], None, "did you mean width"),
        (["width"], None, "must look like"),
        (["width=1..2", "width=3..4"], None, "given twice"),
        (["width=2..1"], None, "must rise"),
        (["width=0..1:3:log"], None, "above 0"),
        (["width=-1..1:3"], None, "greater than 0"),
        (["width=1..2:x"], None, "must look like"),
        (["width=1 V..2 V:2"], None, "um"),
        (["cells=1.5,2"], None, "whole number"),
        (["grains=none..outside"], None, "is no number"),
        (["width=1..2:3"], "sobol:4", "another"),
        (["width=1..2"], "halton:4", "sobol:64"),
        (["width=1..2:400", "diffusivity=0..1:400"], None, "at most 100000"),
    ],
)
def test_wrong_input_is_named(toy, texts, sample, words):
    with pytest.raises(InputError, match=words):
        parse(toy, texts, sample)


def test_points_that_fail_stop_no_others_and_done_ones_are_skipped(toy_case, tmp_path, capsys):
    out = tmp_path / "s"
    words = ["table", "--vary", "factor=1..3:2", "--vary", "diverges=false,true", "--out", out]
    assert sweep(*words) == 3
    rows = rows_of(out)
    assert [row["status"] for row in rows] == ["completed", "failed", "completed", "failed"]
    assert [row["factor [V]"] for row in rows] == ["1.0", "1.0", "3.0", "3.0"]
    assert [row["message"] for row in rows] == ["", "the toy cannot go on"] * 2
    said = capsys.readouterr()
    assert "point 1 failed: the toy cannot go on" in said.out
    assert "2 points failed" in said.err
    result = next(name for name in rows[0] if "square" in name)
    assert float(rows[2][result]) == 3 * float(rows[0][result])
    with netcdf_file(out / "table.nc", mmap=False) as file:
        assert file.variables["factor"].units == b"V"
        assert file.dimensions["diverges"] == 2
        shape = {v.shape for n, v in file.variables.items() if n not in file.dimensions}
        assert (2, 2) in shape
    page = (out / "report.html").read_text()
    assert "the toy cannot go on" in page
    assert "4 points: 2 completed, 2 failed" in page
    assert (out / "figures" / "map.png").is_file()
    # Again: only what failed is tried.
    before = (out / "points" / "0" / "summary.json").stat().st_mtime_ns
    failed = (out / "points" / "1" / "summary.json").stat().st_mtime_ns
    assert sweep("--out", out) == 3
    assert (out / "points" / "0" / "summary.json").stat().st_mtime_ns == before
    assert (out / "points" / "1" / "summary.json").stat().st_mtime_ns > failed
    assert sweep("--out", out, "--only", "0,2") == 0
    assert sweep("--out", out, "--only", "1..2") == 3
    assert sweep("--out", out, "--collect") == 0
    capsys.readouterr()
    # Another sweep, or a folder of something else, is left alone.
    assert sweep("table", "--vary", "factor=1..3:3", "--out", out) == 2
    assert "is of another sweep" in capsys.readouterr().err
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    assert sweep("table", "--vary", "factor=1..3:3", "--out", tmp_path / "full") == 2
    assert sweep("table", "--set", "factor=1", "--vary", "factor=1..3", "--out", out) == 2
    assert sweep("--out", tmp_path) == 2


def test_a_point_that_was_cut_goes_on_from_its_checkpoint(toy_case, tmp_path):
    plan = plans.new(locate("toy"), tmp_path / "s", ["seed=1,2"], pairs=["cells=4", "end_time=2"])
    plan.prepare()
    run_points(plan, [0])
    directory = plan.directory(0)
    directory.summary.unlink()
    history = directory.history.read_text()
    run_points(plan, [0])
    assert "resumed from" in directory.log.read_text()
    assert plan.is_done(0)
    assert directory.history.read_text() == history
    assert not plan.directory(1).path.exists()
    table = summary.conclude(plan)
    assert list(table.statuses) == ["completed", "not run"]


def test_processes_side_by_side_run_a_case_of_a_file(tmp_path):
    file = tmp_path / "squares.py"
    source = (Path(__file__).parents[1] / "toys" / "cases" / "table.py").read_text()
    file.write_text(source)
    found = locate(str(file))
    plan = plans.new(found, tmp_path / "s", ["diverges=false,true"])
    plan.prepare()
    Pool(plan, jobs=2, ranks=1).run(range(2))
    table = summary.conclude(plan)
    assert list(table.statuses) == ["completed", "failed"]
    assert {*table.messages} == {"", "the toy cannot go on"}
    with pytest.raises(InputError, match=r"squares\.py"):
        plans.stored(None, tmp_path / "s")
    assert plans.stored(str(file), tmp_path / "s").points == plan.points


def test_an_array_of_jobs_runs_every_point_once(toy_case, tmp_path, monkeypatch):
    monkeypatch.setattr(scripts, "_MOST_TASKS", 3)
    plan = plans.new(locate("table"), tmp_path / "a b", ["factor=1..3:8"])
    plan.prepare()
    file = scripts.write_slurm(plan, ranks=4)
    assert "#SBATCH --array=0-2\n" in file.read_text()
    assert "#SBATCH --ntasks=4\n" in file.read_text()
    srun = tmp_path / "srun"
    srun.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    srun.chmod(0o755)
    asked = []
    for task in range(3):
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SLURM_ARRAY_TASK_ID": str(task)}
        done = subprocess.run(
            ["bash", str(file)], env=environment, capture_output=True, text=True, check=True
        )
        words = done.stdout.split("|")
        assert words[:4] == ["lithode", "sweep", "--out", str(plan.path)]
        asked += chosen_of(words[5], 8)
    assert asked == list(range(8))
    text = scripts.write_snakefile(plan, ranks=2).read_text()
    assert "mpirun -n 2 lithode sweep --out" in text
    assert "--only {wildcards.point}" in text


def test_a_dry_run_shows_the_points_and_writes_nothing(toy_case, tmp_path, capsys):
    assert sweep("table", "--vary", "factor=1..2:2", "--out", tmp_path / "s", "--dry-run") == 0
    assert "2.0" in capsys.readouterr().out
    assert not (tmp_path / "s").exists()


def test_which_points_to_run():
    assert chosen_of("3", 5) == [3]
    assert chosen_of("0,2..4", 5) == [0, 2, 3, 4]
    for text in ("5", "x", "1..2..3", "", "-1", "3..2"):
        with pytest.raises(InputError):
            chosen_of(text, 5)


def test_times_have_two_digits():
    seconds = (0.123, 34.6, 119, 600, 7200, 200_000)
    assert [duration(s) for s in seconds] == ["0.12 s", "35 s", "119 s", "10 min", "2.0 h", "2.3 d"]
