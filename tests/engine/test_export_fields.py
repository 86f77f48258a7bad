"""Fields of a stored run for other programs."""

from __future__ import annotations

import h5py
import meshio
import numpy as np
import pandas as pd
import pytest
import pyvista
from typer.testing import CliRunner

import lithode
from lithode.cli.app import app
from lithode.core.errors import InputError
from lithode.engine.export import export

SMALL = {
    "element_size": 6,
    "element_size_inside": 12,
    "interface_width": 14,
    "output_times": (1.0,),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "a"
    return lithode.run("graded-li3n", out=path, figures=False, end_time=2.0, **SMALL)


def test_pvd_has_all_times_and_units(run, tmp_path):
    reader = pyvista.PVDReader(str(export(run.directory, "pvd", out=tmp_path)))
    assert reader.time_values == pytest.approx(list(run.fields))
    reader.set_active_time_value(reader.time_values[-1])
    block = reader.read()[0]
    ours = run.fields[reader.time_values[-1]]
    assert np.array_equal(block["hydrostatic_stress [MPa]"], ours["hydrostatic_stress"])
    assert {"order_parameter", "potential [V]", "region"} <= set(block.array_names)


def test_xdmf_has_all_times(run, tmp_path):
    path = export(run.directory, "xdmf", out=tmp_path)
    with meshio.xdmf.TimeSeriesReader(path) as reader:
        points, cells = reader.read_points_cells()
        times, values = [], None
        for step in range(reader.num_steps):
            time, values, _ = reader.read_data(step)
            times.append(time)
    grid = run.fields[times[-1]]
    assert times == pytest.approx(list(run.fields))
    assert np.allclose(points, grid.points)
    assert len(cells[0].data) == grid.n_cells
    assert np.allclose(values["potential [V]"], grid["potential"])


def test_csv_and_vtu_have_a_file_for_each_time(run, tmp_path):
    tables = sorted(export(run.directory, "csv", out=tmp_path / "csv").iterdir())
    assert len(tables) == len(run.fields)
    last = pd.read_csv(tables[-1])
    grid = run.fields[max(run.fields)]
    assert last["time [s]"].unique() == [2.0]
    assert np.allclose(last["displacement [um] y"], grid["displacement"][:, 1])
    files = sorted(export(run.directory, "vtu", out=tmp_path / "vtu").iterdir())
    assert len(files) == len(tables)
    assert pyvista.read(files[0]).n_points == grid.n_points


def test_the_field_file_holds_units(run):
    with h5py.File(run.directory / "fields.vtkhdf") as file:
        group = file["VTKHDF/PointData"]
        assert group["hydrostatic_stress"].attrs["units"] == "MPa"
        assert group["order_parameter"].attrs["units"] == "1"


def test_a_folder_without_fields_is_told(tmp_path):
    with pytest.raises(InputError, match="holds no fields"):
        export(tmp_path, "vtu")


def test_the_format_may_be_an_option(run, tmp_path):
    words = ["export", str(run.directory), "--format", "csv", "--out", str(tmp_path / "csv")]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert list((tmp_path / "csv").iterdir())
    with pytest.raises(InputError, match="give one"):
        CliRunner().invoke(app, [*words, "pvd"], catch_exceptions=False)
