"""Commands that compute nothing load little: modules are counted, since times are the machine's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lithode.cases.index import CASES

HEAVY = (
    "dolfinx", "ufl", "mpi4py", "petsc4py", "gmsh", "h5py", "matplotlib", "pyvista", "scipy.linalg",
    "scipy.optimize", "scipy.constants", "pandas",
)  # fmt: skip

PROGRAM = """
import sys
from lithode.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print("code", end.code)
print("loaded", *(m for m in {modules} if m in sys.modules))
"""


def start(*arguments: str, program: str = PROGRAM, **options) -> tuple[str, str, list[str]]:
    """Run the command in a process of its own: output, errors, and what of HEAVY it loaded."""
    code = program.replace("{modules}", repr((*HEAVY, "pint")))
    # What MPI_Init of this process has put into the environment would start MPI.
    alone = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=alone, capture_output=True, text=True, check=True, **options,
    )  # fmt: skip
    output, _, loaded = done.stdout.rpartition("loaded")
    return output, done.stderr, loaded.split()


@pytest.mark.parametrize("words", [["--help"], ["list"], ["list", "--json"], ["--version"]])
def test_what_needs_no_case_loads_none(words):
    output, errors, loaded = start(*words)
    assert (errors, loaded) == ("", [])
    assert output.endswith("code 0\n")


@pytest.mark.parametrize("case", CASES)
def test_show_loads_no_solver(case):
    output, errors, loaded = start("show", case)
    assert (errors, loaded) == ("", [])
    assert case in output


def test_a_misspelt_name_is_refused_before_anything_is_loaded():
    _, errors, loaded = start("run", "graded-li3m")
    assert loaded == []
    assert errors == "lithode: case = graded-li3m: is unknown; did you mean graded-li3n?\n"
    _, errors, loaded = start("show", "graded-li3n", "--set", "widht=3")
    assert loaded == []
    assert "did you mean width?" in errors


@pytest.mark.parametrize(("value", "modules"), [("3 bananas", []), ("3 V", ["pint"])])
def test_a_wrong_unit_loads_units_at_most(value, modules):
    output, errors, loaded = start("run", "graded-li3n", "--set", f"width={value}")
    assert loaded == modules
    assert errors.startswith(f"lithode: width = {value}: give a number in um")
    assert len(errors.splitlines()) == 1
    assert output == "code 2\n"


@pytest.mark.parametrize("words", [["list"], ["run", "graded-li3n", "--set", "width=3 bananas"]])
def test_one_rank_speaks_for_two(command, words):
    code, output, errors = command(*words, ranks=2)
    if words == ["list"]:
        assert (code, errors) == (0, [])
        assert output.count("graded-li3n/reaction-stress") == 1
    else:
        assert (code, output) == (2, "")
        assert len(errors) == 1


WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {"dolfinx", "mpi4py", "petsc4py", "ufl", "basix", "gmsh"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""


def test_without_dolfinx_the_command_says_what_to_install(tmp_path: Path):
    for words in (["--help"], ["list"], ["show", "graded-li3n"]):
        output, errors, _ = start(*words, program=WITHOUT + PROGRAM)
        assert errors == ""
        assert output.endswith("code 0\n")
    out = ["--out", str(tmp_path / "a")]
    output, errors, _ = start("run", "graded-li3n", *out, program=WITHOUT + PROGRAM)
    assert output == "code 2\n"
    assert "is not installed: this command needs DOLFINx" in errors
    assert len(errors.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_error():
    alone = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
    line = f"{sys.executable} -m lithode show graded-li3n | head -n 1"
    done = subprocess.run(line, shell=True, env=alone, capture_output=True, text=True, check=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")
