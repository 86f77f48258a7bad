"""Whatever a user gets wrong is one line that names it, exit code 2, and nothing is left behind."""

from __future__ import annotations

import shutil
from hashlib import blake2b
from pathlib import Path

import h5py
import meshio
import numpy as np
import pytest

from lithode.cli import main


@pytest.fixture
def refuse(toy_case, capfd, tmp_path, monkeypatch):
    """Call the command line in this process and return the one line of the refusal."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> str:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        output, errors = capfd.readouterr()
        assert stop.value.code == 2
        assert output == ""
        assert errors.count("\n") == 1, errors
        assert errors.startswith("lithode: ")
        return errors

    return call


@pytest.fixture
def never_meshes(monkeypatch, toy_case):
    """Fail if a mesh is built."""

    def plate(*_):
        raise AssertionError("a mesh is built")

    monkeypatch.setattr("lithode.cases.toy.plate", plate)


@pytest.fixture
def finished(toy_case, tmp_path) -> Path:
    """A run directory to go on from."""
    out = tmp_path / "finished"
    with pytest.raises(SystemExit) as stop:
        main(["run", "toy", "--out", str(out), "--set", "cells=3", "--set", "end_time=1"])
    assert stop.value.code == 0
    return out


@pytest.mark.usefixtures("never_meshes")
@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["run", "toi"], ["case = toi", "did you mean toy?"]),
        (["show", "tyo"], ["case = tyo", "did you mean toy?"]),
        (["warmup", "zzzzzz"], ["case = zzzzzz", "is unknown"]),
        (["run"], ["case", "name one"]),
        (["run", "toy", "--set", "widht=3"], ["parameter = widht", "did you mean width?"]),
        (["run", "toy", "--set", "width"], ["--set = width", "name=value"]),
        (["run", "toy", "--set", "seed=1", "--set", "seed=2"], ["--set = seed", "twice"]),
        (["run", "toy", "--set", "step=11"], ["step = 11.0 s", "at most 10"]),
        (["run", "toy", "--set", "step=1 h"], ["step = 3600.0 s", "at most 10"]),
        (["run", "toy", "--set", "width=-3 um"], ["width = -3.0 um", "greater than 0"]),
        (["run", "toy", "--set", "width=0"], ["width = 0.0 um", "greater than 0"]),
        (["run", "toy", "--set", "width=4 mA/cm^2"], ["width = 4 mA/cm^2", "number in um"]),
        (["run", "toy", "--set", "width=wide"], ["width = wide", "number in um"]),
        (["run", "toy", "--set", "width=nan"], ["width = nan", "finite"]),
        (["run", "toy", "--set", "width=-inf"], ["width = -inf", "finite"]),
        (["run", "toy", "--set", "width=1\n2"], ["width = 1 2", "um"]),
        (["run", "toy", "--set", "width=1,5"], ["width = 1,5", "decimal point"]),
        (["run", "toy", "--set", "seed=1.5"], ["seed = 1.5", "whole number"]),
        (["run", "toy", "--set", "grains=round"], ["grains = round", "one of none, outside"]),
        (["run", "toy", "--preset", "papre"], ["preset = papre", "did you mean paper?"]),
        (["run", "toy", "--from", "gone.yaml"], ["file = gone.yaml", "cannot be read"]),
        (["run", "toy", "--resume"], ["file = results/toy/case.yaml", "cannot be read"]),
        (["run", "toy", "--resume", "--overwrite"], ["--overwrite", "--resume"]),
        (["run", "toy", "--resume", "--preset", "quick"], ["--preset", "--resume"]),
        (["run", "toy", "--out", "/proc/run"], ["out = /proc/run", "cannot be written"]),
        (["run", "toy", "--out", "/dev/null"], ["out = /dev/null", "is a file"]),
        (["run", "toy", "--oot", "x"], ["No such option", "--oot"]),
        (["ran", "toy"], ["No such command 'ran'"]),
        (["run", "toy", "--", "-haet_ksp_type", "cg"], ["-haet_ksp_type", "did you mean -heat_?"]),
        (["run", "toy", "--", "cg"], ["PETSc option = cg", "-name value"]),
        (["run", "toy", "--", "-heat_a", "1", "-heat_a", "2"], ["-heat_a", "twice"]),
        (["report", "gone"], ["directory = gone", "holds no run"]),
        (["movie", "gone"], ["directory = gone", "holds no fields.vtkhdf"]),
    ],
)
def test_refused_before_meshing(refuse, tmp_path, words, parts):
    line = refuse(*words)
    for part in parts:
        assert part in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("never_meshes")
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("case: [", "is not YAML"),
        ("- 1", "must hold parameters"),
        ("parameters: 3", "must hold parameters"),
        ("params: {}", "has params"),
        ("parameters:\n  width: 3\n  width: 4", "file line 3 = width: is there twice"),
        ("case: toyy\nparameters: {}", "did you mean toy?"),
        ("case: toy\nparameters: {widht: 3}", "did you mean width?"),
        ("case: toy\nparameters: {width: .nan}", "width = nan um"),
        ("case: toy\nparameters: {width: [1]}", "width = [1] um"),
        ("case: toy\nparameters: {width: 3 kg}", "width = 3 kg"),
        ("case: toy\npetsc_options: cg", "petsc_options = cg"),
    ],
)
def test_a_bad_input_file_is_refused(refuse, tmp_path, text, part):
    file = tmp_path / "in.yaml"
    file.write_text(text)
    assert part in refuse("run", "--from", file)


def test_a_file_of_another_case_is_refused(refuse, tmp_path):
    file = tmp_path / "in.yaml"
    file.write_text("case: toy\nparameters: {}")
    assert "is of case toy" in refuse("run", "other", "--from", file)


@pytest.mark.parametrize("name", ["finished", "foreign"])
def test_a_used_directory_is_refused_and_kept(refuse, finished, tmp_path, name, capfd):
    capfd.readouterr()
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "thesis.tex").write_text("")
    before = sorted((tmp_path / name).rglob("*"))
    assert "is used already" in refuse("run", "toy", "--out", name)
    if name == "foreign":
        assert "no run of Lithode" in refuse("run", "toy", "--out", name, "--overwrite")
        assert "cannot be read" in refuse("run", "toy", "--out", name, "--resume")
    assert sorted((tmp_path / name).rglob("*")) == before


def test_a_checkpoint_that_does_not_fit_is_refused(refuse, finished, capfd):
    capfd.readouterr()
    call = ["run", "--out", finished, "--resume"]
    (finished / "checkpoint" / "state-before.h5").unlink()
    checkpoint, kept = finished / "checkpoint" / "state.h5", finished / "kept.h5"
    shutil.copy(checkpoint, kept)

    def with_header(old: str, new: str) -> None:
        shutil.copy(kept, checkpoint)
        with h5py.File(checkpoint, "r+") as file:
            header = file.attrs["lithode_checkpoint"]
            assert old in header
            header = header.replace(old, new)
            file.attrs["lithode_checkpoint"] = header
            file.attrs["lithode_digest"] = blake2b(header.encode(), digest_size=16).hexdigest()

    with_header('"case": "toy"', '"case": "other"')
    assert "is of case other" in refuse(*call)
    with_header('"version": "0.', '"version": "9.')
    assert "is of version 9." in refuse(*call)
    with_header('"parameters_hash": "', '"parameters_hash": "f')
    assert "is of other parameters" in refuse(*call)
    checkpoint.write_bytes(kept.read_bytes()[:2000])
    assert "is damaged" in refuse(*call)
    shutil.copy(kept, checkpoint)
    assert "seed = 2: cannot change on --resume" in refuse(*call, "--set", "seed=2")
    assert "is of case toy" in refuse("run", "other", *call[1:])


def test_an_unused_or_impossible_petsc_option_is_refused(refuse, tmp_path):
    for words, part in (
        (["-heat_ksp_typo", "1"], "-heat_ksp_typo: is used by no solver"),
        (["-heat_ksp_type", "magic"], "-heat_ksp_type magic"),
    ):
        assert part in refuse("run", "toy", "--", *words)
        assert not (tmp_path / "results" / "toy").exists()


@pytest.mark.parametrize(("grains", "part"), [("outside", "out of"), ("overlapping", "overlaps")])
def test_a_grain_in_a_wrong_place_is_refused(refuse, grains, part):
    line = refuse("run", "toy", "--set", f"grains={grains}")
    assert "particles[1]" in line
    assert part in line


def test_a_mesh_file_without_the_named_groups_is_refused(refuse, tmp_path):
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    meshio.write_points_cells(tmp_path / "bare.vtk", points, [("triangle", np.array([[0, 1, 2]]))])
    line = refuse("run", "toy", "--set", f"mesh_file={tmp_path / 'bare.vtk'}")
    assert "mesh = " in line
    assert "plate" in line
    assert "no such file" in refuse("run", "toy", "--set", "mesh_file=gone.msh")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["toi"], "did you mean toy?"),
        (["toy", "--set", "width=-1"], "width = -1.0 um"),
        (["toy", "--set", "grains=outside"], "particles[1]"),
        (["toy", "--", "-heat_ksp_typo"], "-heat_ksp_typo"),
    ],
)
def test_two_ranks_complain_once(command, tmp_path, words, part):
    end = words.index("--") if "--" in words else len(words)
    words[end:end] = ["--out", str(tmp_path / "out")]
    code, output, errors = command("run", *words, ranks=2)
    assert (code, output, len(errors)) == (2, "", 1)
    assert part in errors[0]
    assert not (tmp_path / "out").exists()


def test_a_process_of_its_own_complains_once(command, tmp_path):
    for words in (["--set", "width=nan"], ["--", "-heat_ksp_typo", "1"]):
        code, output, errors = command("run", "toy", "--out", tmp_path / "out", *words)
        assert (code, output, len(errors)) == (2, "", 1)
