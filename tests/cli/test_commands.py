from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys

import pytest

import lithode
from lithode.cli import main


@pytest.fixture
def call(toy_case, capsys):
    """Call the command line in this process: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        return stop.value.code, *capsys.readouterr()

    return run


def test_list_names_every_case_with_its_presets(call):
    code, output, errors = call("list")
    assert (code, errors) == (0, "")
    assert any(line.split()[:3] == ["toy", "quick,", "paper"] for line in output.splitlines())
    entries = json.loads(call("list", "--json")[1])
    assert {"name": "toy", "title": "a toy", "presets": ["quick", "paper"]} in entries


def test_show_tells_value_unit_meaning_and_source(call):
    code, output, errors = call("show", "toy", "--preset", "paper", "--set", "width=0.02 mm")
    assert (code, errors) == (0, "")
    rows = {line.split()[0]: line for line in output.splitlines() if line}
    assert "20.0   um" in rows["width"]
    assert "width of the plate" in rows["width"]
    assert "assumed: ours" in rows["width"]
    assert " 16 " in rows["cells"]
    content = json.loads(call("show", "toy", "--json")[1])
    (width,) = (row for row in content["parameters"] if row["name"] == "width")
    assert width == {
        "name": "width",
        "value": 10.0,
        "unit": "um",
        "meaning": "width of the plate",
        "source": "ours",
        "provenance": "assumed",
        "allowed": "a finite number in um greater than 0",
    }
    assert content["presets"] == {"quick": {}, "paper": {"cells": 16}}
    assert content["targets"][0]["paper"] == 0.6


def test_version_and_help(call):
    assert call("--version") == (0, f"lithode {lithode.__version__}\n", "")
    for words in ((), ("--help",), ("run", "--help")):
        code, output, errors = call(*words)
        assert (code, errors) == (0, "")
        assert "Usage: lithode" in output


def test_run_prints_the_table_and_where_the_results_are(call, tmp_path):
    code, output, errors = call(
        "run", "toy", "--out", tmp_path / "a", "--set", "cells=4", "--set", "end_time=1 s",
        "--", "-heat_ksp_type", "gmres", "-heat_ksp_rtol", "1e-10",
    )  # fmt: skip
    assert (code, errors) == (0, "")
    assert "mean at the end" in output
    assert "warning: Bi = 5 (healthy: at most 1): Biot number; the plate burns" in output
    assert re.search(r"mean at the end +0\.\d+ +K\n", output)
    *_, finding, _, last = output.splitlines()
    assert finding.startswith("the plate keeps 0.")
    page = tmp_path / "a" / "report.html"
    assert last == f"completed; results in {tmp_path / 'a'}; open {page} in a browser"
    # Options of one call must not reach the next one.
    assert call("run", "toy", "--out", tmp_path / "b", "--set", "end_time=1")[0] == 0
    assert "petsc_options: []" in (tmp_path / "b" / "case.yaml").read_text()


def test_report_and_movie_are_made_from_the_directory_alone(call, tmp_path):
    out = tmp_path / "a"
    short = "--set", "cells=4", "--set", "end_time=1"
    assert call("run", "toy", "--out", out, *short, "--no-figures")[0] == 0
    assert not list(out.glob("figures/*"))
    (out / "report.md").unlink()
    code, output, errors = call("report", out)
    assert (code, errors) == (0, "")
    assert "NOT reproduced" in output
    pictures = sorted((out / "figures").glob("*.png"))
    assert pictures
    assert all(str(picture) in output for picture in pictures)
    report = (out / "report.md").read_text()
    assert "| mean at the end | 0.6 |" in report
    assert "the plate keeps 0." in output
    assert "* the plate keeps 0." in report
    assert f"figures/{pictures[0].name}" in report
    code, output, errors = call("movie", out)
    assert (code, errors) == (0, "")
    assert (out / output.strip().splitlines()[-1].split("/")[-1]).stat().st_size > 0


def test_warmup_writes_nothing(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("warmup", "toy")[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_output_comes_once_on_two_ranks(command, tmp_path):
    code, output, errors = command("run", "toy", "--out", tmp_path / "a", ranks=2)
    assert (code, errors) == (0, [])
    assert output.count("the plate keeps") == 1
    assert json.loads((tmp_path / "a" / "summary.json").read_text())["ranks"] == 2
    code, output, errors = command("report", tmp_path / "a", ranks=2)
    assert (code, errors) == (0, [])
    assert output.count("the plate keeps") == 1


def test_a_bug_on_one_rank_ends_all_with_its_traceback(command, tmp_path):
    code, _, errors = command("run", "toy", "--out", tmp_path, "--set", "bug_at=1", ranks=2)
    assert code == 1
    assert errors.count("ZeroDivisionError: a bug on one rank") == 1


def test_importing_the_package_loads_no_dolfinx():
    code = "import sys, lithode; sys.exit('dolfinx' in sys.modules or 'pydantic' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_show_can_be_narrowed_down(call):
    def names(*words: str) -> list[str]:
        output = call("show", "toy", *words)[1]
        return [line.split()[0] for line in output.splitlines()[5:] if "  " in line]

    assert call("show", "toy", "--changed")[1].endswith("\n\nevery parameter has its default\n")
    assert names("--changed", "--preset", "paper", "--set", "width=20") == ["width", "cells"]
    assert names("--grep", "PLATE") == ["width"]
    assert names("--grep", "m^2/s") == ["diffusivity"]
    assert names("--grep", "numerical") == ["preset", "step", "end_time", "cells", "seed", "pause"]
    assert names("--grep", "plate", "--changed", "--set", "width=20") == ["width"]
    code, _, errors = call("show", "toy", "--grep", "bananas")
    assert code == 2
    assert "is in no name, meaning or source" in errors
    changed = call("show", "toy", "--changed", "--set", "width=20")[1]
    row = next(line for line in changed.splitlines() if line.startswith("width"))
    assert row.split()[:4] == ["width", "20.0", "10.0", "um"]
    content = json.loads(call("show", "toy", "--json", "--grep", "plate")[1])
    assert [row["name"] for row in content["parameters"]] == ["width"]
    assert content["targets"][0]["where"] == {}


def test_groups_say_where_numbers_are_from(call):
    lines = call("show", "toy")[1].splitlines()
    assumed = lines.index("assumed")
    numerical = lines.index("of the computation, no result depends on them (numerical)")
    assert assumed < next(k for k, line in enumerate(lines) if line.startswith("width")) < numerical


@pytest.mark.parametrize("width", [60, 80, 160])
def test_on_a_terminal_tables_fit_its_width(call, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("lithode.cli.terminal.on_terminal", lambda: True)
    monkeypatch.setattr("lithode.cli.cases.on_terminal", lambda: True)
    for words in (["list"], ["show", "graded-li3n"], ["show", "toy", "--changed"]):
        code, output, errors = call(*words)
        assert (code, errors) == (0, "")
        table = output.partition("\n\n")[2] if words[0] == "show" else output
        assert max(map(len, table.splitlines())) <= width
    shown = call("show", "graded-li3n")[1]
    assert "diffusivity" in shown
    assert "from the paper" in shown
    # Long texts take several lines and lose no word; only words may be broken, and far down.
    rows = json.loads(call("show", "graded-li3n", "--json")[1])["parameters"]
    letters = "".join(shown.split())
    assert all(letters.count(row["name"]) for row in rows)
    if width >= 80:
        assert {word for row in rows for word in row["meaning"].split()} <= set(shown.split())


def test_every_command_has_an_example_that_can_be_typed():
    import typer.main

    from lithode.cli.app import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        words = shlex.split((command.epilog or "").removeprefix("Example: "))
        assert words[:2] == ["lithode", name]
        context = command.make_context(name, words[2:])
        assert not context.args
