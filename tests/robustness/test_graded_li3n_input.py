"""Mistakes in the input of graded-li3n are named before anything is meshed or written."""

from __future__ import annotations

import meshio
import numpy as np
import pytest

from lithode.cases.graded_li3n.growth import simulation as growth
from lithode.core.errors import InputError, SolverError
from lithode.engine.runner import run_case

COARSE = ["element_size=2.5um", "end_time=2s"]
LAYER = ["particles=fine", "width=20um", "height=40um", "element_size=2.5um"]
SHORT = [*LAYER, "initial_thickness=26um", "end_time=3000s"]


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        (["element_size=100um"], "element_size"),
        (["height=50um"], "particles[0]"),
        (["initial_thickness=85um"], "initial_thickness"),
        (["output_times=-5,600"], "output_times"),
        (["output_interval=1e-6s"], "output_interval"),
        (["barrier_height=4e5J/m^3"], "gradient_coefficient"),
        (["particles=random", "area_fraction=0.65"], "area_fraction"),
        (["particles=random", "smallest_radius=20um"], "largest_radius"),
        (["mesh_file=nowhere.msh"], "mesh_file"),
        (["poissons_ratio=0.5"], "poissons_ratio"),
        (["overpotential=0.1V"], "overpotential"),
        (["current=5mA/cm^2"], "current"),
        (["charge=two_potential", "current=5mA/cm^2"], "current"),
        (["mode=galvanostatic", "current=5mA/cm^2"], "mode"),
        (["charge=two_potential", "mode=galvanostatic"], "current"),
        (["charge=two_potential", "mode=galvanostatic", "current=-5mA/cm^2"], "current"),
        (["temperature=-3degC", "heigth=3um"], "parameter"),
    ],
)
def test_parameters(tmp_path, monkeypatch, pairs, field):
    monkeypatch.setattr(growth.electrolyte, "domain_from_gmsh", pytest.fail)
    with pytest.raises(InputError) as caught:
        run_case("graded-li3n", pairs=pairs, out=tmp_path / "out")
    assert caught.value.field == field
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["-phase_snes_rtoll", "-phase_sub_pc_factor_level", "-heat_a"])
def test_petsc_options_are_checked_before_meshing(tmp_path, monkeypatch, option):
    monkeypatch.setattr(growth.electrolyte, "domain_from_gmsh", pytest.fail)
    with pytest.raises(InputError, match=option):
        run_case("graded-li3n", petsc_options=[option, "1e-3"], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_known_petsc_options_are_taken(tmp_path):
    options = ["-phase_snes_max_it", "9"]
    result = run_case("graded-li3n", pairs=COARSE, petsc_options=options, out=tmp_path / "out")
    assert result.status == "completed"


def test_options_that_cannot_work_end_the_run_typed(tmp_path):
    pairs = [*COARSE, "solver=iterative"]
    with pytest.raises(SolverError, match="potential_ksp"):
        run_case(
            "graded-li3n",
            pairs=pairs,
            petsc_options=["-potential_ksp_max_it", "1"],
            out=tmp_path / "out",
        )


def test_a_solid_mesh_is_refused(tmp_path):
    points = np.array([[0, 0, 0], [80, 0, 0], [0, 80, 0], [0, 0, 90.0]])
    sides = [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]
    mesh = meshio.Mesh(
        points,
        {"tetra": [[0, 1, 2, 3]], "triangle": sides},
        cell_data={"gmsh:physical": [[1], [2, 3, 4, 4]], "gmsh:geometrical": [[1], [2, 3, 4, 4]]},
        field_data={
            "fine": np.array([1, 3]),
            "electrode": np.array([2, 2]),
            "counter_electrode": np.array([3, 2]),
            "sides": np.array([4, 2]),
        },
    )
    mesh.write(tmp_path / "solid.msh", file_format="gmsh22")
    pairs = ["particles=fine", "dimension=2", f"mesh_file={tmp_path / 'solid.msh'}"]
    with pytest.raises(InputError, match="2D"):
        run_case("graded-li3n", pairs=pairs, out=tmp_path / "out")


def test_a_run_that_ended_by_short_circuit_stays_there(tmp_path):
    first = run_case("graded-li3n", pairs=SHORT, out=tmp_path / "out")
    assert first.status == "stopped"
    again = run_case(resume=True, out=tmp_path / "out")
    assert again.status == "stopped"
    assert again.summary["time"] == first.summary["time"] < 3000


def test_end_time_before_the_checkpoint(tmp_path):
    run_case("graded-li3n", pairs=[*LAYER, "end_time=2s"], out=tmp_path / "out")
    with pytest.raises(InputError, match=r"checkpoint at t = 1\.\d+ s"):
        run_case(resume=True, pairs=["end_time=0.1s"], out=tmp_path / "out")
