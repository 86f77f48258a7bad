"""What TAB offers, as a shell asks for it."""

from __future__ import annotations

import os
import subprocess
import sys


def offers(*words: str, begun: str = "") -> list[str]:
    """Ask as zsh does: the line so far; returns the words offered."""
    line = " ".join(["lithode", *words, begun])
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))},
        "_LITHODE_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_ARGS": line,
    }
    code = (
        "import sys; from lithode.cli import main\n"
        "try: main([])\n"
        "finally: print('loaded', *({'dolfinx', 'mpi4py'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    output, _, loaded = done.stdout.rpartition("loaded")
    assert (done.stderr, loaded.strip()) == ("", "")
    return [line.split("\t")[0] for line in output.splitlines() if line]


def test_commands_and_cases_are_offered():
    assert {"list", "show", "run", "new", "runs", "compare", "scores"} <= set(offers())
    for command in ("show", "run", "fit", "warmup"):
        found = offers(command, begun="graded-li3n/")
        assert found == [
            "graded-li3n/bilayer",
            "graded-li3n/bilayer-fracture",
            "graded-li3n/decomposition",
            "graded-li3n/fracture",
            "graded-li3n/reaction-stress",
        ]


def test_files_of_cases_are_offered_where_a_path_is_begun(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "garnet.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "notes.txt").touch()
    (tmp_path / "mine").mkdir()
    assert offers("run", begun="./") == ["./garnet.py", "./mine/"]
    assert offers("run", "./garnet.py", "--set", begun="gr") == []


def test_presets_and_parameters_are_those_of_the_case():
    presets = ["quick", "paper", "3d", "one-li3n", "predictive"]
    assert offers("run", "graded-li3n/bilayer", "--preset") == presets
    names = offers("run", "graded-li3n", "--set", begun="particle")
    assert names == ["particles=", "particle_shape="]
    choices = offers("run", "graded-li3n", "--set", begun="particles=g")
    assert choices == ["particles=graded"]
    assert offers("run", "--preset") == []
    assert offers("run", "no-such-case", "--preset") == []
