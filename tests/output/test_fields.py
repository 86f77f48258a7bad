"""The field file, as VTK reads it."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys

import h5py
import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import create_rectangle, create_unit_cube, locate_entities, meshtags
from mpi4py import MPI
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOHDF import vtkHDFReader

from lithode.core.domain import Domain
from lithode.core.errors import InputError, StorageError
from lithode.output.field_writer import FieldWriter
from lithode.output.fields import FieldReader, load
from lithode.output.input_order import InputOrder
from lithode.output.vtkhdf import open_file, read_grid, read_values
from lithode.solvers.numerics.checkpoint import read_domain, write_checkpoint
from lithode.solvers.numerics.model import State


def make_domain(comm, dim=2, n=6):
    mesh = (
        create_rectangle(comm, [(0, 0), (2, 1)], [n, n])
        if dim == 2
        else create_unit_cube(comm, n, n, n)
    )
    cells = locate_entities(mesh, dim, lambda x: x[0] <= 0.5 + 1e-9)
    tags = meshtags(mesh, dim, cells, np.full(len(cells), 3, dtype=np.int32))
    mesh.topology.create_connectivity(dim - 1, dim)
    none = np.empty(0, dtype=np.int32)
    return Domain(mesh, tags, meshtags(mesh, dim - 1, none, none), {"left": 3}, {})


def fields_at(domain, time):
    mesh = domain.mesh
    dim = mesh.geometry.dim
    scalar = fem.Function(fem.functionspace(mesh, ("P", 1)), name="potential")
    vector = fem.Function(fem.functionspace(mesh, ("P", 1, (dim,))), name="displacement")
    cell = fem.Function(fem.functionspace(mesh, ("DG", 0)), name="pressure")
    scalar.interpolate(lambda x: x[0] + 10 * x[1] + time)
    vector.interpolate(lambda x: x[:dim] * time)
    cell.interpolate(lambda x: x[0] - time)
    return [scalar, vector, cell]


def write(domain, path, times, append=False):
    writer = FieldWriter(path, domain, append=append)
    for time in times:
        writer.write(time, fields_at(domain, time))
    writer.close()


def vtk_check(path, times):
    """Check names, times and values with VTK's own reader."""
    reader = vtkHDFReader()
    assert reader.CanReadFile(str(path))
    reader.SetFileName(str(path))
    reader.UpdateInformation()
    info = reader.GetOutputInformation(0)
    key = reader.GetExecutive().TIME_STEPS()
    if len(times) > 1:  # VTK publishes no times if there is one only
        assert [info.Get(key, k) for k in range(info.Length(key))] == pytest.approx(times)
    assert reader.GetNumberOfSteps() == len(times)
    for time in times:
        reader.UpdateTimeStep(time)
        grid = reader.GetOutputDataObject(0)
        x = vtk_to_numpy(grid.GetPoints().GetData())
        points, cells = grid.GetPointData(), grid.GetCellData()
        assert {points.GetArrayName(k) for k in range(points.GetNumberOfArrays())} == {
            "potential",
            "displacement",
        }
        assert {cells.GetArrayName(k) for k in range(cells.GetNumberOfArrays())} == {
            "pressure",
            "region",
        }
        np.testing.assert_allclose(
            vtk_to_numpy(points.GetArray("potential")), x[:, 0] + 10 * x[:, 1] + time, atol=1e-14
        )
        np.testing.assert_allclose(
            vtk_to_numpy(points.GetArray("displacement")), x * time, atol=1e-14
        )
        size = grid.GetCell(0).GetNumberOfPoints()
        corners = vtk_to_numpy(grid.GetCells().GetConnectivityArray()).reshape(-1, size)
        middle = x[corners].mean(axis=1)[:, 0]
        np.testing.assert_allclose(
            vtk_to_numpy(cells.GetArray("pressure")), middle - time, atol=1e-14
        )
        inside = (x[corners][:, :, 0] <= 0.5 + 1e-9).all(axis=1)
        np.testing.assert_array_equal(vtk_to_numpy(cells.GetArray("region")), 3 * inside)
        assert inside.any()


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize("dim", [2, 3])
def test_vtk_reads_names_times_and_values(comm, tmp_path, dim):
    path, times = tmp_path / "fields.vtkhdf", [0.0, 0.5, 2.0]
    write(make_domain(comm, dim, 4), path, times)
    if comm.rank == 0:
        vtk_check(path, times)


@pytest.mark.mpi
def test_file_is_readable_after_every_output_and_grows(comm, tmp_path):
    path, times = tmp_path / "fields.vtkhdf", np.arange(40.0)
    domain = make_domain(comm)
    writer = FieldWriter(path, domain)
    for time in times:
        writer.write(time, fields_at(domain, time))
        if comm.rank == 0 and time in (0, 15, 16, 31, 32):
            vtk_check(path, list(times[: int(time) + 1]))
    writer.close()
    if comm.rank == 0:
        vtk_check(path, list(times))
        values = 8 * 40 * len(FieldReader(path).grid.points)
        assert path.stat().st_size < 1.5 * (4 + 72 / 49) * values


@pytest.mark.mpi
def test_append_replaces_what_is_later(comm, tmp_path):
    path = tmp_path / "fields.vtkhdf"
    domain = make_domain(comm)
    write(domain, path, [0.0, 1.0, 2.0, 3.0])
    write(domain, path, [1.5, 2.5], append=True)
    if comm.rank == 0:
        vtk_check(path, [0.0, 1.0, 1.5, 2.5])
    write(domain, path, [2.5, 3.0], append=True)
    if comm.rank == 0:
        vtk_check(path, [0.0, 1.0, 1.5, 2.5, 3.0])


class StandIn:
    name = "stand-in"

    def __init__(self, domain):
        self.domain = domain

    def state(self):
        return State({}, {})


@pytest.mark.mpi
def test_append_after_restart_with_another_numbering(comm, tmp_path):
    path, times = tmp_path / "fields.vtkhdf", [0.0, 1.0]
    domain = make_domain(comm)
    write(domain, path, times)
    saved = write_checkpoint(tmp_path, StandIn(domain), case="a", parameters_hash="b")
    write(read_domain(saved, comm), path, [2.0], append=True)
    again = write_checkpoint(
        tmp_path, StandIn(read_domain(saved, comm)), case="a", parameters_hash=""
    )
    write(read_domain(again, comm), path, [3.0], append=True)
    if comm.rank == 0:
        vtk_check(path, [0.0, 1.0, 2.0, 3.0])
        assert [p.name for p in tmp_path.glob("fields*")] == ["fields.vtkhdf"]


@pytest.mark.parametrize("spoil", ["cut", "foreign", "other fields", "other mesh"])
def test_file_that_does_not_fit_is_kept(comm, tmp_path, caplog, spoil):
    path, domain = tmp_path / "fields.vtkhdf", make_domain(comm)
    write(domain, path, [0.0, 1.0])
    if spoil == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif spoil == "foreign":
        path.write_text("hello")
    elif spoil == "other fields":
        writer = FieldWriter(path, domain)
        writer.write(0.0, fields_at(domain, 0.0)[:1])
    else:
        write(make_domain(comm, n=5), path, [0.0])
    before = path.read_bytes()
    with caplog.at_level(logging.WARNING):
        write(domain, path, [1.0, 2.0], append=True)
    vtk_check(path, [1.0, 2.0])
    assert "fields-kept-1.vtkhdf" in caplog.text
    assert (tmp_path / "fields-kept-1.vtkhdf").read_bytes() == before


@pytest.mark.mpi
@pytest.mark.mpi3
def test_file_is_the_same_on_any_number_of_ranks(comm, tmp_path):
    """To the last byte, also when it had to grow and was cut."""

    def write_rounded(domain, path):
        writer = FieldWriter(path, domain)
        for time in range(20):
            functions = fields_at(domain, float(time))
            for function in functions:  # ranks may see the corners of a cell in another order
                function.x.array[:] = function.x.array.round(9) + 0.0
            writer.write(float(time), functions)
        writer.close()

    domain = make_domain(comm)
    write_rounded(domain, tmp_path / "many.vtkhdf")
    saved = write_checkpoint(tmp_path, StandIn(domain), case="a", parameters_hash="b")
    alone = read_domain(saved, MPI.COMM_SELF)
    if comm.rank == 0:
        write_rounded(alone, tmp_path / "one.vtkhdf")
        assert (tmp_path / "many.vtkhdf").read_bytes() == (tmp_path / "one.vtkhdf").read_bytes()


@pytest.mark.mpi
@pytest.mark.mpi3
def test_every_rank_holds_a_slice_of_the_input_order(comm):
    mine = np.arange(100)[comm.rank :: comm.size][::-1]
    order = InputOrder(comm, mine, 100)
    assert abs(order.count - 100 / comm.size) < 1
    expected = np.arange(order.first, order.first + order.count)
    np.testing.assert_array_equal(order.slice(mine), expected)
    pairs = order.slice(np.stack([mine, -mine], axis=1).astype(float))
    np.testing.assert_array_equal(pairs, np.stack([expected, -expected], axis=1))


@pytest.mark.mpi
def test_a_rank_that_cannot_write_ends_the_write_on_all(comm, tmp_path, monkeypatch):
    """The times before stay as they are."""
    path, domain = tmp_path / "fields.vtkhdf", make_domain(comm)
    writer = FieldWriter(path, domain)
    writer.write(0.0, fields_at(domain, 0.0))

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if comm.rank == comm.size - 1:
            patch.setattr("lithode.output.slabs.os.pwrite", fail)
        with pytest.raises(StorageError, match="No space left"):
            writer.write(1.0, fields_at(domain, 1.0))
    if comm.rank == 0:
        vtk_check(path, [0.0])
    comm.Barrier()
    writer.write(1.0, fields_at(domain, 1.0))
    writer.close()
    if comm.rank == 0:
        vtk_check(path, [0.0, 1.0])


def test_every_time_can_have_its_own_grid(comm, tmp_path):
    """VTK and the reader take grid and fields from where the steps say, as adaptive runs need."""
    for n in (4, 7):
        write(make_domain(comm, n=n), tmp_path / f"{n}.vtkhdf", [float(n)])
    path = tmp_path / "both.vtkhdf"
    with (
        h5py.File(tmp_path / "4.vtkhdf") as one,
        h5py.File(tmp_path / "7.vtkhdf") as other,
        h5py.File(path, "w") as both,
    ):
        root = both.create_group("VTKHDF")
        root.attrs.update(one["VTKHDF"].attrs)

        def join(name, item):
            if isinstance(item, h5py.Dataset) and not name.startswith("Steps/"):
                root[name] = np.concatenate([item[:], other["VTKHDF"][name][:]])

        one["VTKHDF"].visititems(join)
        one.copy("VTKHDF/Steps", root)
        steps = root["Steps"]
        steps.attrs["NSteps"] = 2
        points, cells, corners = (
            one[f"VTKHDF/NumberOf{name}"][0] for name in ("Points", "Cells", "ConnectivityIds")
        )
        for name, second in {
            "Values": 7.0, "PartOffsets": 1, "PointOffsets": points, "NumberOfParts": 1,
            "PointDataOffsets/potential": points, "PointDataOffsets/displacement": points,
            "CellDataOffsets/pressure": cells, "CellDataOffsets/region": cells,
        }.items():  # fmt: skip
            first = steps[name][:1]
            del steps[name]
            steps[name] = np.append(first, first.dtype.type(second))
        for name, second in {"CellOffsets": cells, "ConnectivityIdOffsets": corners}.items():
            del steps[name]
            steps[name] = [[0], [second]]
    vtk_check(path, [4.0, 7.0])
    with open_file(path) as file:
        x = read_grid(file, 1).points
        assert len(x) == 64
        values = read_values(file, "PointData", "potential", 1)
        np.testing.assert_allclose(values, x[:, 0] + 10 * x[:, 1] + 7)


def test_append_without_a_file_starts_one(comm, tmp_path):
    write(make_domain(comm), tmp_path / "fields.vtkhdf", [1.0], append=True)
    vtk_check(tmp_path / "fields.vtkhdf", [1.0])


def test_other_kinds_of_functions_are_refused(comm, tmp_path):
    domain = make_domain(comm)
    function = fem.Function(fem.functionspace(domain.mesh, ("P", 2)), name="u")
    with pytest.raises(TypeError, match="field u is neither P1 nor DG0"):
        FieldWriter(tmp_path / "f.vtkhdf", domain).write(0.0, [function])


def test_reader(comm, tmp_path):
    path = tmp_path / "fields.vtkhdf"
    write(make_domain(comm), path, [0.0, 1.0])
    reader = FieldReader(path)
    assert set(reader.names) == {"potential", "displacement", "pressure"}
    assert reader.step(0.8) == 1
    x = reader.grid.points
    np.testing.assert_allclose(reader.values("potential", 1), x[:, 0] + 10 * x[:, 1] + 1)
    assert reader.values("displacement", 1).shape == (len(x), 3)
    assert reader.on_cells("pressure")
    with pytest.raises(InputError, match=r"field = colour: .* has displacement"):
        reader.values("colour", 0)
    with pytest.raises(InputError, match="is missing, damaged"):
        FieldReader(tmp_path / "none")


@pytest.mark.mpi
def test_loaded_field_is_the_stored_one(comm, tmp_path):
    """Also on another mesh object, of as many nodes in the same input order."""
    path, domain = tmp_path / "fields.vtkhdf", make_domain(comm)
    write(domain, path, [0.0, 0.5])
    out = fem.Function(fem.functionspace(make_domain(comm).mesh, ("P", 1)))
    for time in (0.0, 0.5):
        load(path, "potential", time, out)
        expected = fem.Function(out.function_space)
        expected.interpolate(lambda x, t=time: x[0] + 10 * x[1] + t)
        np.testing.assert_allclose(out.x.array, expected.x.array, atol=1e-14)
    with pytest.raises(InputError, match=r"time = 0.4 s: .* goes to 0.5 s and has 0.5 s"):
        load(path, "potential", 0.4, out)
    with pytest.raises(InputError, match="at the nodes"):
        load(path, "pressure", 0.5, out)
    with pytest.raises(InputError, match="field = colour"):
        load(path, "colour", 0.5, out)
    other = fem.Function(fem.functionspace(make_domain(comm, n=5).mesh, ("P", 1)))
    with pytest.raises(InputError, match="of this mesh"):
        load(path, "potential", 0.5, other)


KILLED = """
import sys, time
from pathlib import Path
from mpi4py import MPI
sys.path.insert(0, {tests!r})
from test_fields import FieldWriter, fields_at, make_domain
domain = make_domain(MPI.COMM_WORLD, n=40)
writer = FieldWriter(Path({path!r}), domain)
for k in range(100000):
    writer.write(float(k), fields_at(domain, float(k)))
    print(k, flush=True)
"""


@pytest.mark.parametrize("outputs", [3, 20])
def test_kill_leaves_earlier_times(comm, tmp_path, outputs):
    path = tmp_path / "fields.vtkhdf"
    code = KILLED.format(path=str(path), tests=os.path.dirname(__file__))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        for _ in range(outputs):
            run.stdout.readline()
        run.kill()
        written = outputs + len(run.stdout.readlines())
    times = FieldReader(path).times
    assert written <= len(times) <= written + 1
    vtk_check(path, list(times))
    write(make_domain(comm, n=40), path, [times[-1] + 1], append=True)
    vtk_check(path, [*times, times[-1] + 1])
