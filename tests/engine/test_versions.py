"""Every run says what it was computed with, and a DOLFINx that was not tried is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata

import pytest

import lithode
from lithode.core.errors import InputError
from lithode.engine import report, versions
from lithode.engine.rundir import RunDirectory
from lithode.engine.runner import run_case


def pretend(monkeypatch, found):
    installed = metadata.version
    monkeypatch.setattr(
        versions.metadata,
        "version",
        lambda name: found if name == "fenics-dolfinx" else installed(name),
    )


def test_a_run_records_what_it_was_computed_with(toy_case, tmp_path):
    from mpi4py import MPI

    run_case("toy", values={"cells": 4, "end_time": 1.0}, out=tmp_path / "a")
    found = json.loads((tmp_path / "a" / "summary.json").read_text())["versions"]
    assert set(found) == {"Lithode", "DOLFINx", "PETSc", "MPI", "gmsh", "HDF5", "numpy", "Python"}
    assert found["Lithode"] == lithode.__version__
    assert found["DOLFINx"].startswith("0.11")
    assert found["PETSc"].count(".") == 2
    assert " ".join(MPI.Get_library_version().split()).startswith(found["MPI"])
    line = (
        f"DOLFINx {found['DOLFINx']}, PETSc {found['PETSc']}, {found['MPI']}, gmsh {found['gmsh']}"
    )
    assert line in (tmp_path / "a" / "report.md").read_text()


def test_a_run_of_an_older_version_is_reported_without(toy_case, tmp_path):
    directory = RunDirectory(tmp_path / "a")
    run_case("toy", values={"cells": 4, "end_time": 1.0}, out=directory.path)
    summary = directory.read_summary()
    del summary["versions"]
    report.write(directory, summary)
    assert "DOLFINx" not in directory.report.read_text()


@pytest.mark.parametrize("found", ["0.10.0.post5", "0.12.0", "0.12.0.dev0", "1.0.0"])
def test_another_dolfinx_is_refused_before_anything_is_written(
    toy_case, tmp_path, monkeypatch, found
):
    pretend(monkeypatch, found)
    with pytest.raises(
        InputError, match=r"at least 0\.11 and below 0\.12; ./env\.sh run"
    ) as caught:
        run_case("toy", out=tmp_path / "a")
    assert caught.value.value == found
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("found", ["0.11.0", "0.11.0.post0", "0.11.3"])
def test_every_dolfinx_in_the_range_is_taken(monkeypatch, found):
    pretend(monkeypatch, found)
    versions.check_dolfinx()


def test_asking_for_versions_loads_nothing():
    code = (
        "import sys; from lithode.engine.versions import check_dolfinx, versions;"
        "check_dolfinx(); print(versions());"
        "print([m for m in ('dolfinx', 'petsc4py', 'mpi4py', 'h5py', 'gmsh') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
