"""Cases without a mesh: the same files, reports and exit codes as for simulations."""

from __future__ import annotations

import csv
import json
import pickle

import numpy as np
import pytest

from lithode.cli import main
from lithode.core.errors import InputError, Interrupted, SolverError
from lithode.engine import report
from lithode.engine.case import StudyCase
from lithode.engine.registry import find
from lithode.engine.rundir import read_input
from lithode.engine.runner import run_case, warm_up
from lithode.output.history import read_history


@pytest.fixture
def table_case(toy_case) -> StudyCase:
    case = find("table")
    assert isinstance(case, StudyCase)
    return case


@pytest.mark.mpi
def test_a_study_leaves_the_files_of_a_run(table_case, tmp_path, comm):
    out = tmp_path / "a"
    result = run_case("table", values={"factor": "2000 mV"}, out=out, comm=comm)
    assert {file.name for file in out.iterdir()} == {
        "case.yaml", "history.csv", "tables", "summary.json", "figures", "log.txt", "report.md",
        "report.html",
    }  # fmt: skip
    history = read_history(out / "history.csv")
    np.testing.assert_array_equal(history["square [V]"], [0, 2, 8, 18, 32])
    with (out / "tables" / "names.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[3] == {"name": "n3, odd", "value [1]": "3.0"}
    summary = json.loads((out / "summary.json").read_text())
    assert summary == result.summary
    assert (summary["status"], summary["ranks"], summary["steps"]) == ("completed", comm.size, 5)
    assert summary["conservation"] == {"count": 1e-16}
    assert (summary["targets"], summary["departures"]) == ([], ["factor"])
    assert summary["results"] == [{"name": "last square", "value": 32.0, "unit": "V"}]
    assert result.results["last square"].value == 32.0
    assert "Not compared with the paper, whose run has another factor" in str(result)
    assert "rows = 5" in (out / "log.txt").read_text()
    assert "5 rows" in (out / "report.md").read_text()


@pytest.mark.mpi
def test_a_study_is_repeated_by_its_input_and_reported_again(table_case, tmp_path, comm):
    run_case("table", values={"rows": 7}, out=tmp_path / "a", comm=comm)
    run_case(from_file=tmp_path / "a" / "case.yaml", out=tmp_path / "b", comm=comm)
    texts = [(tmp_path / name / "history.csv").read_text() for name in "ab"]
    assert texts[0] == texts[1]
    assert read_input(tmp_path / "b" / "case.yaml").parameters["rows"] == 7
    if comm.rank == 0:
        (tmp_path / "a" / "report.md").unlink()
        summary, made = report.remake(tmp_path / "a")
        assert [entry["computed"] for entry in summary["targets"]] == [36.0]
        assert [path.name for path in made] == ["history.png", "report.html"]
        assert (tmp_path / "a" / "report.md").exists()
    comm.Barrier()


def test_overwrite_replaces_tables_too(table_case, tmp_path):
    run_case("table", out=tmp_path / "a")
    (tmp_path / "a" / "tables" / "old.csv").touch()
    with pytest.raises(InputError, match="used already"):
        run_case("table", out=tmp_path / "a")
    run_case("table", out=tmp_path / "a", overwrite=True)
    assert [file.name for file in (tmp_path / "a" / "tables").iterdir()] == ["names.csv"]


def test_the_command_line_knows_it(table_case, tmp_path, capfd):
    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        return stop.value.code, capfd.readouterr().out

    code, output = call("list")
    assert code == 0
    assert any(
        line.split() == ["table", "quick,", "paper", "a", "toy"] for line in output.splitlines()
    )
    code, output = call("show", "table", "--json")
    assert [row["name"] for row in json.loads(output)["parameters"]][1:3] == ["rows", "factor"]
    code, output = call("run", "table", "--out", tmp_path / "a", "--no-figures")
    assert code == 0
    assert not list(tmp_path.glob("a/figures/*"))
    assert "last square  16     16" in output
    code, output = call("report", tmp_path / "a")
    assert code == 0
    assert "history.png" in output
    assert call("run", "table", "--out", tmp_path / "b", "--set", "diverges=true")[0] == 3


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"resume": True}, "--resume"),
        ({"movie": True}, "--movie"),
        ({"petsc_options": ["-heat_ksp_type", "cg"]}, "PETSc options"),
    ],
)
def test_what_makes_no_sense_is_refused(table_case, tmp_path, comm, options, name):
    out = tmp_path / "a"
    if "resume" in options:
        run_case("table", out=out, comm=comm)
    with pytest.raises(InputError, match=f"{name}: not for table") as caught:
        run_case("table" if "resume" not in options else None, out=out, comm=comm, **options)
    assert "\n" not in str(caught.value)
    assert out.exists() == ("resume" in options)


@pytest.mark.mpi
def test_bad_input_leaves_nothing_and_is_known_to_all_ranks(table_case, tmp_path, comm):
    with pytest.raises(InputError, match=r"names = gone\.txt: is missing"):
        run_case("table", values={"names": "gone.txt"}, out=tmp_path / "a", comm=comm)
    comm.Barrier()
    assert not (tmp_path / "a").exists()


@pytest.mark.mpi
def test_a_study_that_fails_says_so(table_case, tmp_path, comm):
    with pytest.raises(SolverError, match="cannot go on"):
        run_case("table", values={"diverges": True}, out=tmp_path / "a", comm=comm)
    comm.Barrier()
    summary = json.loads((tmp_path / "a" / "summary.json").read_text())
    assert (summary["status"], summary["message"]) == ("failed", "the toy cannot go on")
    assert not (tmp_path / "a" / "history.csv").exists()


def test_a_signal_stops_a_study(table_case, tmp_path):
    with pytest.raises(Interrupted, match="stopped by signal 15") as caught:
        run_case("table", values={"signal_number": 15}, out=tmp_path / "a")
    assert caught.value.exit_code == 143
    summary = json.loads((tmp_path / "a" / "summary.json").read_text())
    assert (summary["status"], summary["steps"]) == ("interrupted", 0)


def test_interrupts_travel_between_ranks():
    there = pickle.loads(pickle.dumps(Interrupted(15)))
    assert (str(there), there.exit_code, there.signal_number) == ("stopped by signal 15", 143, 15)


def test_there_is_nothing_to_warm_up(table_case):
    warm_up(table_case, table_case.resolve())
