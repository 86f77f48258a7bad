"""Files from others are data: they run no code, write nowhere else, and cannot hang the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lithode.core.errors import InputError
from lithode.core.input_files import read_rows, read_yaml
from lithode.engine import catalogue, petsc, report
from lithode.engine.runner import run_case
from lithode.spectroscopy.spectrum import read_spectrum

SMALL = {"cells": 4, "end_time": 1.0}
EVIL = """
from pathlib import Path
class PC:
    def apply(self, pc, x, y):
        Path({mark!r}).touch()
        x.copy(y)
"""


@pytest.fixture
def mark(tmp_path) -> Path:
    return tmp_path / "was-here"


def case_file(folder: Path, *options: object) -> Path:
    file = folder / "sent.yaml"
    text = {"case": "toy", "petsc_options": [str(o) for o in options], "parameters": SMALL}
    file.write_text(json.dumps(text))
    return file


def code_and_files(tmp_path: Path, mark: Path) -> list[list[object]]:
    module = tmp_path / "evil.py"
    module.write_text(EVIL.format(mark=str(mark)))
    return [
        ["-heat_pc_type", "python", "-heat_pc_python_type", f"{module}:PC"],
        ["-heat_ksp_view", f"ascii:{mark}"],
        ["-heat_ksp_monitor", f"ascii:{mark}"],
        ["-heat_ksp_view_mat", f"binary:{mark}"],
        ["-options_file", str(mark)],
        ["-heat_options_left", "1"],
        ["-heat_mat_mumps_ooc_tmpdir", str(tmp_path)],
    ]


@pytest.mark.parametrize("number", range(7))
def test_options_of_a_file_neither_run_code_nor_write(toy_case, tmp_path, mark, number):
    options = code_and_files(tmp_path, mark)[number]
    file = case_file(tmp_path, *options)
    with pytest.raises(InputError, match="type it after --") as caught:
        run_case(from_file=file, out=tmp_path / "a")
    assert str(options[-2]).lstrip("-") in str(caught.value)
    assert not mark.exists()
    assert not (tmp_path / "a").exists()


def test_options_of_a_resumed_folder_are_dropped_with_a_line(toy_case, tmp_path, mark, caplog):
    out = tmp_path / "a"
    run_case("toy", values={**SMALL, "end_time": 0.5}, out=out)
    file = out / "case.yaml"
    evil = f"petsc_options: [-heat_ksp_view, 'ascii:{mark}', -heat_ksp_rtol, '1e-12']"
    file.write_text(file.read_text().replace("petsc_options: []", evil))
    run_case(out=out, resume=True, values={"end_time": 1.0})
    assert "-heat_ksp_view: not taken from case.yaml; type it after --" in caplog.text
    assert not mark.exists()
    assert "-heat_ksp_rtol" in file.read_text()
    assert "ksp_view" not in file.read_text()


def test_what_the_user_types_is_the_users_own(toy_case, tmp_path, mark):
    options = ["-heat_ksp_view", f"ascii:{mark}"]
    run_case("toy", values=SMALL, petsc_options=options, out=tmp_path / "a")
    assert mark.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["-phase_ksp_rtol", "1e-9"],
        ["-xi_c_fieldsplit_0_pc_type", "hypre"],
        ["-xi_c_fieldsplit_0_pc_hypre_boomeramg_strong_threshold", "0.7"],
        ["-u_mg_levels_1_ksp_type", "chebyshev"],
        ["-u_pc_gamg_threshold", "0.02"],
        ["-phi_sub_pc_factor_levels", "1"],
        ["-phi_ksp_chebyshev_eigenvalues", "0.1,1.1"],
        ["-phi_pc_factor_mat_solver_type", "mumps", "-phi_mat_mumps_icntl_14", "80"],
    ],
)
def test_types_tolerances_and_counts_may_come_from_a_file(words):
    assert petsc.harmful(words) == []


@pytest.mark.parametrize(
    "words",
    [
        ["-phi_pc_python_type", "a.b"],
        ["-phi_ksp_type", "python"],
        ["-phi_sub_pc_type", "python"],
        ["-phi_ksp_rtol", "ascii:file"],
        ["-phi_pc_type", "/lib.so"],
        ["-phi_ksp_monitor_solution", "draw"],
        ["-phi_mat_mumps_icntl_22", "1"],
        ["-dll_append", "x"],
        ["-info", "x"],
        ["-log_view"],
        ["-ksp_rtol", "1"],
    ],
)
def test_all_else_may_not(words):
    assert petsc.harmful(words) == [words[0].lstrip("-")]


@pytest.mark.parametrize(
    "name",
    [
        "figures", "checkpoint", ".case.yaml.part", "case.yaml", "log.txt", "history.csv",
        "figures/temperature.png", "checkpoint/state.h5",
    ],
)  # fmt: skip
@pytest.mark.parametrize("option", ["overwrite", "resume"])
def test_links_in_a_folder_are_not_written_through(toy_case, tmp_path, name, option):
    out, elsewhere = tmp_path / "a", tmp_path / "elsewhere"
    run_case("toy", values={**SMALL, "end_time": 0.5}, out=out)
    if (out / name).is_dir():
        for file in (out / name).iterdir():
            file.unlink()
        (out / name).rmdir()
    (out / name).unlink(missing_ok=True)
    elsewhere.mkdir()
    target = elsewhere if name in ("figures", "checkpoint") else elsewhere / "file"
    if target != elsewhere:
        target.write_text("case: toy\nparameters: {}\n")
    before = target.read_text() if target.is_file() else ""
    (out / name).symlink_to(target)
    with pytest.raises(InputError, match="symbolic link"):
        run_case(None if option == "resume" else "toy", out=out, **{option: True})
    assert not (set(elsewhere.iterdir()) - {target})
    assert not target.is_file() or target.read_text() == before


@pytest.mark.parametrize("name", ["log.txt", "history.csv", "figures/temperature.png"])
def test_pipes_in_a_folder_cannot_hang_a_command(toy_case, tmp_path, name):
    out = tmp_path / "a"
    run_case("toy", values={**SMALL, "end_time": 0.5}, out=out)
    (out / name).unlink(missing_ok=True)
    os.mkfifo(out / name)
    for attempt in (
        lambda: run_case(out=out, resume=True),
        lambda: run_case("toy", out=out, overwrite=True),
        lambda: report.remake(out),
        lambda: report.movie(out),
    ):
        with pytest.raises(InputError, match=r"no regular file|holds no run"):
            attempt()


def test_pictures_are_not_drawn_through_a_link(toy_case, tmp_path):
    out, precious = tmp_path / "a", tmp_path / "precious"
    run_case("toy", values=SMALL, out=out)
    precious.write_text("mine")
    picture = next((out / "figures").iterdir())
    picture.unlink()
    picture.symlink_to(precious)
    with pytest.raises(InputError, match="symbolic link"):
        report.remake(out)
    assert precious.read_text() == "mine"


def test_a_cell_without_end_is_refused(toy_case, tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1," + "9" * 10**7 + "\n")
    with pytest.raises(InputError, match="is no table"):
        read_rows(tmp_path / "a.csv", ["a", "b"], 1)
    with pytest.raises(InputError, match="longer than 2000 characters"):
        read_spectrum(tmp_path / "a.csv")
    run_case("toy", values=SMALL, out=tmp_path / "run")
    (tmp_path / "run" / "history.csv").write_text("time [s]\n" + "9" * 10**7 + "\n")
    with pytest.raises(InputError, match="is no history"):
        report.remake(tmp_path / "run")


def test_a_pipe_a_device_and_a_large_file_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero"), tmp_path):
        with pytest.raises(InputError, match=r"is no regular file|directory"):
            read_yaml(path, "file")
    (tmp_path / "large.csv").write_bytes(b"1\n" * (9 * 2**20))
    with pytest.raises(InputError, match="larger than 16 MiB"):
        read_rows(tmp_path / "large.csv", ["a"], 1)
    (tmp_path / "long.csv").write_text("a\n" + "1" * 1_000_000)
    with pytest.raises(InputError, match="is no table"):
        read_rows(tmp_path / "long.csv", ["a"], 1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[" * 100_000, "nested more than 20"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("a: " + "9" * 5000, "not YAML"),
        ("a: !!python/object/apply:os.system [true]", "not YAML"),
    ],
)
def test_yaml_that_would_exhaust_is_refused(tmp_path, text, part):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InputError, match=part):
        read_yaml(tmp_path / "a.yaml", "file")


def test_times_and_words_are_not_turned_into_numbers(tmp_path):
    (tmp_path / "a.yaml").write_text("a: 1:30\nb: 2020-01-01\nc: no\nd: 1e-5\ne: 010\nf: null\n")
    found = read_yaml(tmp_path / "a.yaml", "file")
    assert found == {"a": "1:30", "b": "2020-01-01", "c": "no", "d": 1e-5, "e": 10.0, "f": None}


def test_messages_stay_short():
    error = InputError("width", "9" * 10_000, "give a number " + "x" * 1000, "um")
    assert len(str(error)) <= 300
    assert str(error).startswith("width = 999")


def test_a_name_in_a_file_makes_nobody_import_a_file(tmp_path, mark):
    (tmp_path / "evil.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    out = tmp_path / "sent"
    out.mkdir()
    (out / "case.yaml").write_text(json.dumps({"case": str(tmp_path / "evil.py")}))
    (out / "history.csv").write_text("time [s]\n0\n")
    for read in (
        lambda: run_case(from_file=out / "case.yaml", out=tmp_path / "a"),
        lambda: run_case(out=out, resume=True),
        lambda: report.remake(out),
    ):
        with pytest.raises(InputError, match="is unknown"):
            read()
    assert catalogue.known_units(out) == {}
    assert not mark.exists()


@pytest.mark.parametrize("module", ["yaml", "numpy", "pydantic", "toy", "logging", "__future__"])
def test_modules_of_the_current_folder_are_not_imported(tmp_path, module):
    mark = tmp_path / "was-here"
    (tmp_path / f"{module}.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
    words = [sys.executable, "-m", "lithode", "show", "graded-li3n"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, mark.exists()) == (0, False), done.stderr
