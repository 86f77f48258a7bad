"""What Python gets of a run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lithode
from lithode.core.errors import InputError
from lithode.output.history import read_history


@pytest.fixture
def result(toy_case, tmp_path: Path) -> lithode.RunResult:
    return lithode.run("toy", out=tmp_path / "a", cells=4, end_time="2 s")


def test_its_repr_is_one_short_line_and_its_text_is_the_report(result):
    assert repr(result) == f"<RunResult of toy: completed, {result.directory}>"
    assert str(result).startswith("result ")
    assert "predicted 0 of 1" in str(result)


def test_results_have_name_value_and_unit(result):
    assert list(result.results) == ["mean at the end", "steps", "never met"]
    mean = result.results["mean at the end"]
    assert (mean.unit, mean.value) == ("K", result.history["mean [K]"].iloc[-1])
    assert result.results["never met"].value is None


def test_parameters_are_those_of_the_run_in_the_units_of_show(result):
    assert result.parameters["end_time"] == 2.0
    assert result.parameters["width"] == 10.0
    assert result.parameters["preset"] == "quick"


def test_history_is_a_frame_of_pandas(result):
    table = read_history(result.directory / "history.csv")
    assert list(result.history.columns) == list(table)
    np.testing.assert_array_equal(result.history["time [s]"], [0, 0.5, 1, 1.5, 2])
    np.testing.assert_array_equal(result.history["mean [K]"], table["mean [K]"])


def test_fields_are_grids_of_pyvista_by_time(result):
    fields = result.fields
    assert list(fields) == [0.0, 1.0, 2.0]
    assert len(fields) == 3
    grid = fields[1.0]
    assert (grid.n_cells, grid.n_points) == (32, 25)
    assert grid["temperature"].mean() > fields[2]["temperature"].mean()
    np.testing.assert_array_equal(fields[1.2]["temperature"], grid["temperature"])
    assert grid.bounds[1] == 10.0


def test_plot_draws_columns_with_or_without_their_unit(result):
    for names in (("mean",), ("mean [K]", "heat_defect"), ()):
        figure = result.plot(*names)
        lines = [line for axes in figure.axes for line in axes.lines]
        assert len(lines) >= max(1, len(names))
        np.testing.assert_array_equal(lines[0].get_xdata(), result.history["time [s]"])
    with pytest.raises(InputError, match="nonsense"):
        result.plot("nonsense")


def test_a_notebook_shows_tables_and_escapes_texts(result, tmp_path):
    page = result._repr_html_()
    assert "<b>toy: completed</b>" in page
    assert "<td>mean at the end</td>" in page
    assert "NOT reproduced" in page
    summary = json.loads((result.directory / "summary.json").read_text())
    summary["results"][0]["name"] = "<script>alert(1)</script>"
    (result.directory / "summary.json").write_text(json.dumps(summary))
    assert "<script>" not in lithode.load(result.directory)._repr_html_()


def test_load_gives_the_same_without_the_case(result, monkeypatch):
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is imported")

    monkeypatch.setattr("lithode.engine.registry.locate", refuse)
    loaded = lithode.load(str(result.directory))
    assert loaded.results == result.results
    assert loaded.parameters == result.parameters
    assert loaded.score == result.score
    assert loaded.table() == result.table()
    assert [v.plain() for v in loaded.verdicts] == [v.plain() for v in result.verdicts]
    assert list(loaded.fields) == list(result.fields)


def test_load_refuses_what_is_no_finished_run(result, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no run"):
        lithode.load(tmp_path / "empty")
    (result.directory / "summary.json").unlink()
    with pytest.raises(InputError, match="has not ended"):
        lithode.load(result.directory)


def test_a_run_without_a_mesh_has_no_fields(toy_case, tmp_path):
    result = lithode.run("table", out=tmp_path / "t", rows=3)
    assert result.results["last square"].value == 4.0
    assert list(result.history["square [V]"]) == [0.0, 1.0, 4.0]
    with pytest.raises(InputError, match="holds no fields"):
        _ = result.fields


@pytest.mark.mpi
def test_every_rank_gets_the_result(toy_case, tmp_path, comm):
    result = lithode.run(toy_case, out=tmp_path / "a", cells=4, end_time=1.0, comm=comm)
    assert result.summary["ranks"] == comm.size
    assert result.results["mean at the end"].value == result.history["mean [K]"].iloc[-1]
    assert len(result.fields) == 2
    names = comm.allgather(repr(result))
    assert set(names) == {names[0]}


def test_importing_the_package_and_its_result_is_light():
    code = (
        "import sys, lithode; lithode.run, lithode.load\n"
        "assert not {'dolfinx', 'pydantic', 'numpy'} & set(sys.modules)\n"
        "lithode.RunResult\n"
        "assert not {'dolfinx', 'mpi4py', 'pandas', 'pyvista', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
