"""Values along lines and along the lithium surface."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from dolfinx import fem

from lithode.core.errors import InputError
from lithode.meshes.interlayer import Interlayer, build
from lithode.meshes.shapes import Polygon
from lithode.meshes.structured import structured
from lithode.output import lines
from lithode.output.field_writer import FieldWriter
from lithode.output.fields import FieldReader
from lithode.plots import profiles
from lithode.plots.panels import FieldPanel
from lithode.solvers.numerics.gauges import LineGauge

SHAPE = Interlayer(12.0, 18.0, 1.5, 3.0, Polygon(((4.0, 0.0), (8.0, 0.0), (6.0, 3.0))))


@pytest.mark.mpi
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_line_gauge_is_exact_for_linear_functions(comm, dim):
    domain = structured(comm, (4.0, 5.0, 6.0)[-dim:], (3, 4, 5)[-dim:])
    space = fem.functionspace(domain.mesh, ("P", 1))
    values = space.tabulate_dof_coordinates() @ np.array([1.0, 10.0, 100.0])
    start, end = np.full(dim, 0.0), np.array((4.0, 5.0, 6.0)[-dim:])
    gauge = LineGauge(space, start, end, 37)
    slope = end @ np.array([1.0, 10.0, 100.0])[:dim]
    np.testing.assert_allclose(gauge(values), np.linspace(0, slope, 37), atol=1e-10)
    length = float(np.linalg.norm(end))
    assert gauge.last_above(-values, -0.3 * slope) == pytest.approx(0.3 * length)
    assert gauge.last_above(values, 2 * slope) == 0.0
    assert gauge.last_above(values, 0.5 * slope) == pytest.approx(length)


def test_line_out_of_the_mesh(comm):
    space = fem.functionspace(structured(comm, (4.0, 5.0), (3, 4)).mesh, ("P", 1))
    with pytest.raises(InputError, match="leaves the mesh"):
        LineGauge(space, (2.0, 1.0), (2.0, 7.0), 10)


@pytest.mark.mpi
def test_profile_follows_the_lithium(comm, tmp_path):
    domain = build(SHAPE, comm)
    height = fem.Function(fem.functionspace(domain.mesh, ("P", 1)), name="height")
    height.interpolate(lambda x: x[1])
    path = tmp_path / "fields.vtkhdf"
    writer = FieldWriter(path, domain)
    writer.write(0.0, [height])
    writer.close()
    comm.Barrier()
    if comm.rank > 0:
        return
    chain = lines.lower_boundary(FieldReader(path).grid)
    assert len(chain) == len(set(chain.tolist()))
    table = lines.write_profile(path, tmp_path / "surface.csv", ["height"], 0.0)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    x, y, h, arc = (
        np.array([float(row[name]) for row in rows])
        for name in ("x [um]", "y [um]", "height", "arc_length [um]")
    )
    np.testing.assert_allclose(h, y, atol=1e-12)
    np.testing.assert_allclose(y, np.maximum(0, 3 - 1.5 * np.abs(x - 6)), atol=1e-9)
    assert arc[-1] == pytest.approx(8 + 2 * np.hypot(2, 3))
    picture = profiles.draw_profile(path, tmp_path / "s.png", [FieldPanel("height", "height")])
    assert picture.is_file()


@pytest.mark.mpi
@pytest.mark.parametrize("dim", [1, 2])
def test_profile_across_a_layer(comm, tmp_path, dim):
    domain = structured(comm, (4.0, 6.0)[-dim:], (3, 5)[-dim:])
    height = fem.Function(fem.functionspace(domain.mesh, ("P", 1)), name="height")
    height.interpolate(lambda x: x[dim - 1] ** 2)
    path = tmp_path / "fields.vtkhdf"
    writer = FieldWriter(path, domain)
    writer.write(0.0, [height])
    writer.close()
    if comm.rank == 0:
        assert FieldReader(path).grid.cells.shape[1] == dim + 1
        out = tmp_path / "across.csv"
        lines.write_profile(path, out, ["height"], 0.0, lines.ACROSS)
        with out.open() as file:
            rows = [(float(r["arc_length [um]"]), float(r["height"])) for r in csv.DictReader(file)]
        x = np.linspace(0, 6, 6)
        np.testing.assert_allclose(rows, np.column_stack([x, x**2]), atol=1e-12)
        panels = [FieldPanel("height", "square")]
        picture = tmp_path / "across.png"
        profiles.draw_profile(path, picture, panels, line=lines.ACROSS)
        assert picture.stat().st_size > 0
    comm.Barrier()
