"""Parameters of the solvers are known without the finite element stack."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import lithode

ROOT = Path(lithode.__file__).parent
HEAVY = "dolfinx", "ufl", "basix", "petsc4py", "mpi4py", "gmsh"


def modules() -> list[str]:
    parts = [*ROOT.glob("solvers/*/parameters.py"), *ROOT.glob("solvers/*/inputs.py")]
    solvers = sorted(f"{path.parent.name}.{path.stem}" for path in parts)
    theory = sorted(path.stem for path in ROOT.glob("theory/*.py") if path.stem != "__init__")
    return [
        "lithode.core.domain",
        "lithode.core.parameters",
        *(f"lithode.solvers.{name}" for name in solvers),
        *(f"lithode.theory.{name}" for name in theory),
    ]


@pytest.mark.parametrize("module", modules())
def test_parameters_and_closed_forms_load_no_finite_elements(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    # Not in this interpreter, which has long loaded them.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_there_are_parameters_to_look_at() -> None:
    assert len(modules()) > 15


def test_solvers_and_meshes_know_no_case_engine_or_picture() -> None:
    rooms: dict[str, set[str]] = {"solvers": set(), "meshes": set()}
    for room, used in rooms.items():
        for path in ROOT.glob(f"{room}/**/*.py"):
            used.update(re.findall(r"^ *from lithode\.(\w+)", path.read_text(), re.MULTILINE))
    assert rooms["solvers"] <= {"core", "materials", "meshes", "solvers", "theory"}
    assert rooms["meshes"] <= {"core", "meshes", "theory"}
