"""A case of one's own: written, run, resumed and repeated from a file in any folder."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lithode
from lithode.cli import main
from lithode.core.errors import InputError
from lithode.engine import report
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.output.history import read_history

SHORT = ["--set", "end_time=8 s", "--set", "element_size=1.7"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which ``lithode new garnet`` was called."""
    monkeypatch.chdir(tmp_path)
    assert call("new", "garnet") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["garnet.py"]
    return tmp_path


def call(*words: object) -> int:
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    return int(stop.value.code or 0)


def test_the_file_is_short_and_ends_with_results_and_a_picture(folder, command):
    assert len((folder / "garnet.py").read_text().splitlines()) <= 60
    code, output, errors = command("run", "./garnet.py")
    assert (code, errors) == (0, [])
    summary = json.loads((folder / "results" / "garnet" / "summary.json").read_text())
    assert (summary["case"], summary["status"]) == ("garnet", "completed")
    names = [result["name"] for result in summary["results"]]
    assert {"tip height", "largest pressure in lithium", "mean growth rate"} <= set(names)
    assert len(names) == len(set(names))
    assert sum(bool(result["unit"]) for result in summary["results"]) >= 5
    (target,) = summary["targets"]
    assert (target["kind"], target["reproduced"]) == ("verification", True)
    assert summary["score"]["predicted"] == 0
    assert list((folder / "results" / "garnet" / "figures").glob("fields-*.png"))
    assert "mean height" in output


def test_two_ranks_write_one_file(folder, command):
    assert command("new", "quartz", ranks=2)[0] == 0
    assert 'name="quartz"' in (folder / "quartz.py").read_text()
    code, _, errors = command("new", "quartz", ranks=2)
    assert (code, len(errors)) == (2, 1)


def test_a_file_is_never_overwritten(folder, capsys):
    (folder / "garnet.py").write_text("mine")
    assert call("new", "garnet") == 2
    assert "is there already" in capsys.readouterr().err
    assert (folder / "garnet.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["3d", "a-b", "../up", "class", "a.py", ""])
def test_a_name_is_one_of_python(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call("new", name) == 2
    assert "must be a name" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_show_claims_nothing_of_a_paper(folder, capsys):
    assert call("show", "./garnet.py", "--json") == 0
    content = json.loads(capsys.readouterr().out)
    kinds = {row["name"]: row["provenance"] for row in content["parameters"]}
    assert not {"paper", "calibrated"} & set(kinds.values())
    assert kinds["grain_radius"] == "assumed"
    assert call("show", "./garnet.py") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("of this case") + 1].split()[:2] == ["grain_radius", "6.0"]


def test_its_own_material_and_those_of_a_file(folder, capsys):
    parameters = find("./garnet.py").resolve()
    assert parameters.of_electrolyte("conductivity") == pytest.approx(0.04e6)
    mud = "mud:\n  youngs_modulus: {value: 1 GPa, source: own}\n  conductivity: {value: 1 mS/cm, source: own}\n"  # noqa: E501
    (folder / "materials.yaml").write_text(mud)
    words = ["--materials", "materials.yaml", "--set", "electrolyte=mud"]
    assert call("show", "./garnet.py", *words, "--changed") == 0
    assert "mud" in capsys.readouterr().out
    assert call("run", "./garnet.py", *words, "--out", "a") == 2
    assert "mud has no poissons_ratio" in capsys.readouterr().err
    assert call("run", "./garnet.py", "--set", "electrolyte=mud", "--out", "a") == 2
    assert "electrolyte = mud: is unknown" in capsys.readouterr().err
    assert not (folder / "a").exists()


@pytest.mark.slow
def test_it_is_resumed_by_naming_it_again_on_another_number_of_ranks(folder, command):
    def run(*words: str, ranks: int = 1) -> list[str]:
        return command("run", *words, ranks=ranks)[2]

    assert run("./garnet.py", *SHORT, "--out", "whole") == []
    assert run("./garnet.py", *SHORT[2:], "--set", "end_time=4 s", "--out", "parts", ranks=2) == []
    refused = run("--resume", "--out", "parts", "--set", "end_time=8 s", ranks=2)
    assert refused == [
        "lithode: case = garnet: is of the file garnet.py: name it, lithode run ./garnet.py ..."
    ]
    assert run("./garnet.py", "--resume", "--out", "parts", "--set", "end_time=8 s") == []
    whole, parts = (read_history(folder / name / "history.csv") for name in ("whole", "parts"))
    heights = [table["mean_height [um]"][-1] for table in (whole, parts)]
    assert parts["time [s]"][-1] == 8.0
    np.testing.assert_allclose(*heights, rtol=1e-6)
    again = folder / "whole" / "case.yaml"
    assert "lithode run ./garnet.py --from case.yaml" in again.read_text()
    assert run("./garnet.py", "--from", str(again), "--out", "again") == []
    repeated = read_history(folder / "again" / "history.csv")
    np.testing.assert_array_equal(repeated["mean_height [um]"], whole["mean_height [um]"])


def test_python_takes_the_case_itself_and_its_file(folder):
    spec = importlib.util.spec_from_file_location("mine", folder / "garnet.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    one = lithode.run(module.CASE, out="one", end_time="4 s", element_size=1.7)
    other = lithode.run("./garnet.py", out="other", end_time=4.0, element_size="1.7 um")
    assert one.results == other.results
    assert not one.verdicts  # its target is of another time
    assert next(iter(one.results)) == "tip height"


def test_what_reads_a_run_never_imports_its_file(folder, capsys):
    run_case("./garnet.py", pairs=["end_time=2 s", "element_size=1.7"], out="a")
    (folder / "garnet.py").write_text("raise RuntimeError('imported')")
    assert lithode.load("a").results["tip height"].unit == "um"
    summary, made = report.remake(Path("a"))
    assert summary["case"] == "garnet"
    assert any(path.suffix == ".png" for path in made)
    for words in (["runs", "a"], ["compare", "a", "a"], ["scores", "a"], ["report", "a"]):
        assert call(*words) == 0
    with pytest.raises(RuntimeError, match="imported"):
        find("./garnet.py")
    with pytest.raises(InputError, match=r"name it, lithode run \./garnet\.py"):
        run_case(out="a", resume=True)


def test_modules_beside_the_file_are_not_imported_by_themselves(folder):
    for name in ("yaml", "garnet_helper", "typer"):
        (folder / f"{name}.py").write_text("raise RuntimeError('imported')")
    line = [sys.executable, "-m", "lithode", "show", "./garnet.py"]
    done = subprocess.run(line, capture_output=True, text=True, check=True, cwd=folder)
    assert "grain_radius" in done.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "defines no Case or StudyCase named CASE"),
        ("def f(:", "line 1: "),
        ("import no_such_module", "cannot be imported: No module named"),
    ],
)
def test_a_file_without_a_case_is_refused_in_one_line(text, message, folder, capsys):
    (folder / "garnet.py").write_text(text)
    assert call("show", "./garnet.py") == 2
    errors = capsys.readouterr().err
    assert message in errors
    assert len(errors.splitlines()) == 1


def test_an_installed_package_adds_its_cases(folder, monkeypatch):
    """A distribution that is there as pip would have left it."""
    site = folder / "site"
    info = site / "garnets-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: garnets\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lithode.cases]\ngarnet = garnet_case:CASE\n")
    (folder / "garnet.py").rename(site / "garnet_case.py")
    program = "import sys; sys.path.append('site'); from lithode.cli import main; main()"
    line = [sys.executable, "-c", program]

    def answer(*words: str) -> str:
        done = subprocess.run([*line, *words], capture_output=True, text=True, check=True)
        return done.stdout

    assert "garnet" in answer("list")
    assert "of the package garnets" in answer("list")
    assert "radius of the grain" in answer("show", "garnet")
    answer("run", "garnet", "--set", "end_time=2 s", "--set", "element_size=1.7", "--out", "a")
    answer("run", "--resume", "--out", "a", "--set", "end_time=3 s")
    history = read_history(folder / "a" / "history.csv")
    assert history["time [s]"][-1] == 3.0
