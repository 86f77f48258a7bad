"""A mesh that follows the front changes what a run costs, and nothing that it says."""

from __future__ import annotations

import gc
import mmap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOHDF import vtkHDFReader

import lithode
from lithode.core.errors import InputError, SolverError
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.meshes.refined import Remesher
from lithode.output.fields import FieldReader
from lithode.plots import figures
from lithode.solvers.electrodeposition.inputs import Inputs
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics import adapt
from lithode.solvers.numerics.march import march
from tests.verification.diary import Diary

STATM = Path("/proc/self/statm")
SMALL = {
    "particles": "fine",
    "width": 24,
    "height": 60,
    "nuclei": 1,
    "initial_thickness": 18,
    "element_size": 1.6,
    "interface_width": 4,
    "end_time": 240,
    "accuracy": "strict",
}


def marched(comm, end=None, **changed):
    made = find("graded-li3n").build(
        find("graded-li3n").resolve(values=SMALL | changed), comm, None
    )
    diary = Diary()
    march(made.model, made.control, end or made.end_time, observers=[diary])
    return made.model, diary


@pytest.fixture(scope="module")
def following():
    return marched(MPI.COMM_WORLD, mesh="adaptive")


@pytest.mark.mpi3
def test_lithium_and_charge_are_kept_across_meshes(following):
    model, diary = following
    assert model.adaptations >= 2
    assert len(set(diary.unknowns)) >= 2
    assert diary.column("lithium_defect [1]").max() < 1e-11
    assert diary.column("charge_defect [1]").max() < 1e-8


@pytest.mark.mpi3
def test_the_front_stays_in_fine_cells(following):
    model, diary = following
    least = diary.column("elements_per_width [1]").min()
    assert least > 0.9 * SMALL["interface_width"] / SMALL["element_size"]
    # Not nearer than one step moves it past the limit.
    assert model.clearance() > 1.7 * SMALL["interface_width"]


@pytest.mark.mpi3
def test_meshes_and_steps_are_the_same_on_any_number_of_ranks(following):
    model, diary = following
    alone, other = marched(MPI.COMM_SELF, mesh="adaptive")
    assert diary.steps == other.steps
    assert diary.unknowns == other.unknowns
    assert model.adaptations == alone.adaptations
    for name in ("tip_height [um]", "lithium [um^2]", "pressure_max [MPa]"):
        np.testing.assert_allclose(diary.column(name), other.column(name), rtol=1e-7)


def test_former_meshes_are_freed(monkeypatch):
    monkeypatch.setattr(adapt, "_WAITING", 0)
    gc.disable()
    try:
        model, diary = marched(MPI.COMM_SELF, end=120, mesh="adaptive")
        assert model.adaptations >= 1
        assert list(diary.meshes) == [model.domain.mesh]
    finally:
        gc.enable()


@pytest.mark.slow
@pytest.mark.mpi
@pytest.mark.skipif(not STATM.exists(), reason="memory is read from Linux' /proc")
def test_memory_stays_from_mesh_to_mesh(monkeypatch):
    """PETSc keeps what several ranks let go until it is told to free it."""
    monkeypatch.setattr(adapt, "_WAITING", 0)
    solid = {"dimension": 3, "depth": 16, "interface_width": 3, "element_size": 1.4}
    model, _ = marched(MPI.COMM_WORLD, end=0.01, mesh="adaptive", accuracy="balanced", **solid)
    used = []
    for _ in range(5):
        monkeypatch.setattr(model, "_following", replace(model._following, nearest=np.inf))
        model.advance(model.next_step)
        model.accept()
        used.append(int(STATM.read_text().split()[1]) * mmap.PAGESIZE)
    assert model.adaptations == 5
    assert used[-1] - used[0] < 0.15 * used[0]


def test_it_says_what_a_mesh_as_fine_everywhere_says(following):
    """The same cells everywhere: what differs is adaptation alone, transfers and all."""
    _, diary = following
    case = find("graded-li3n")
    p = case.resolve(values=SMALL | {"mesh": "adaptive"})
    base = case.build(p, MPI.COMM_SELF, None).model.domain
    size = p.element_size
    fine = Remesher.again(base).remade(lambda points: np.full(len(points), size))
    fixed = case.build(case.resolve(values=SMALL), MPI.COMM_SELF, fine)
    reference = Diary()
    march(fixed.model, fixed.control, fixed.end_time, observers=[reference])
    assert np.mean(diary.unknowns) < 0.75 * fixed.model.unknowns
    for name, tolerance in (
        ("tip_height [um]", 3e-3),
        ("lithium [um^2]", 1e-3),
        ("mean_height [um]", 1e-3),
        ("pressure_mean_fine [MPa]", 5e-3),
        ("plating_current [A/m^2]", 1e-2),
    ):
        at_end = diary.rows[-1][name], reference.rows[-1][name]
        assert at_end[0] == pytest.approx(at_end[1], rel=tolerance), name


def test_files_and_pictures_follow_the_mesh(tmp_path):
    pairs = [f"{name}={value}" for name, value in SMALL.items()]
    run_case(
        "graded-li3n",
        pairs=[*pairs, "mesh=adaptive"],
        out=tmp_path / "run",
        comm=MPI.COMM_SELF,
        figures=False,
    )
    path = tmp_path / "run" / "fields.vtkhdf"
    reader, vtk = FieldReader(path), vtkHDFReader()
    grids = [reader.grid_at(k) for k in range(len(reader.times))]
    assert len({len(grid.points) for grid in grids}) >= 2
    vtk.SetFileName(str(path))
    fields = lithode.load(tmp_path / "run").fields
    for k, (time, grid) in enumerate(zip(reader.times, grids, strict=True)):
        xi = reader.values("order_parameter", k)
        assert len(xi) == len(grid.points)
        assert xi[grid.points[:, 1] < 1.0].min() > 0.9
        assert fields[float(time)].n_points == len(grid.points)
        vtk.UpdateTimeStep(time)
        seen = vtk.GetOutputDataObject(0)
        np.testing.assert_array_equal(vtk_to_numpy(seen.GetPoints().GetData()), grid.points)
        values = vtk_to_numpy(seen.GetPointData().GetArray("order_parameter"))
        np.testing.assert_array_equal(values, xi)
    ends = reader.times[[0, -1]]
    pictures = figures.draw_fields(path, tmp_path / "pictures", times=ends)
    assert len(pictures) == 2
    summary = lithode.load(tmp_path / "run").summary
    made = next(line for line in summary["health"] if line["name"] == "w/h made")
    assert made["value"] == pytest.approx(2.5, rel=0.2)
    assert any("elements per interface width" in result["name"] for result in summary["results"])


def ended(name, **changed):
    case = find(name)
    made = case.build(case.resolve(values=changed | {"mesh": "adaptive"}), MPI.COMM_SELF, None)
    diary = Diary()
    march(made.model, made.control, made.end_time, observers=[diary])
    assert made.model.adaptations >= 1
    assert diary.column("lithium_defect [1]").max() < 1e-11
    return made.model, diary


def test_elements_are_told_of_meshes_that_are_for_the_start_alone():
    case, changed = find("graded-li3n"), SMALL | {"end_time": 200}
    model, _ = ended("graded-li3n", **changed)
    p = case.resolve(values=changed | {"mesh": "adaptive"})
    told = [
        any(line.name == "w/h made" for line in case.build(p, MPI.COMM_SELF, domain).health)
        for domain in (None, model.domain)
    ]
    assert told == [True, False]


def test_two_potentials():
    changed = SMALL | {"height": 50, "end_time": 300, "exchange_current_density": 500}
    _, diary = ended("graded-li3n", charge="two_potential", transport="single_ion", **changed)
    assert np.isfinite(diary.column("cell_voltage [V]")).all()


def test_a_bilayer():
    _, diary = ended("graded-li3n/bilayer", element_size=2, interface_width=3.5, end_time=75)
    assert np.isfinite(diary.column("pressure_background [MPa]")).all()


def test_three_dimensions():
    changed = SMALL | {"dimension": 3, "depth": 12, "width": 12, "height": 36, "nucleus_height": 0}
    changed |= {"initial_thickness": 12, "element_size": 3, "end_time": 87}
    changed |= {"overpotential": "-0.12", "concentration_bounds": "kept"}
    model, diary = ended("graded-li3n", **changed)
    assert model.domain.mesh.topology.dim == 3
    assert min(diary.unknowns) > 500
    # The mesh is coarse: transport would take Li+ from where there are none.
    assert diary.column("concentration_min [1]").min() == 0.0


def test_lithium_among_grains():
    model, _ = ended(
        "wang2024/wetting", rows=1, columns=1, element_size=0.3, end_time="8 h", interface_width=1
    )
    assert model.measure()["energy_defect [1]"] < 0.05


def test_a_mesh_that_cannot_be_made_ends_the_run_with_its_state(following, monkeypatch):
    model, _ = following
    before = {name: f.x.array.copy() for name, f in model.state().functions.items()}

    def refuse(*_):
        raise InputError("size", 2e7, "would have over 1e+07 cells")

    monkeypatch.setattr(Remesher, "transferred", refuse)
    monkeypatch.setattr(model, "clearance", lambda: 0.0)
    with pytest.raises(SolverError, match="cannot follow the front"):
        model.advance(1.0)
    for name, function in model.state().functions.items():
        np.testing.assert_array_equal(function.x.array, before[name])


def test_a_case_that_does_not_offer_it_says_so():
    with pytest.raises(InputError, match="mesh = adaptive: is not offered"):
        simulation(Inputs(mesh="adaptive"), lambda: pytest.fail("a mesh was made"))
