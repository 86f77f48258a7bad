"""Pictures: which are made, of what size, and that they show what is in the files."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import subprocess
import sys

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import create_rectangle, create_unit_cube, locate_entities, meshtags
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.tri import Triangulation
from PIL import Image

from lithode.core.axis import TIME, Axis
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.output.field_writer import FieldWriter
from lithode.output.fields import FieldReader
from lithode.output.history import HistoryWriter
from lithode.plots import figures, maps, movie
from lithode.plots.curves import Curve, without_turns
from lithode.plots.panels import FieldPanel, Front, HistoryPanel, place, split_column, with_unit
from lithode.plots.refining import refined
from lithode.plots.scene import Scene

TIMES = (0.0, 50.0, 600.0)


@pytest.fixture
def make_run(comm, tmp_path):
    def make(dim=2, times=TIMES, prefix="", size=(80, 40)):
        if dim == 2:
            mesh = create_rectangle(comm, [(0, 0), size], [24, 12])
        else:
            mesh = create_unit_cube(comm, 5, 5, 5)
        inside = locate_entities(
            mesh, dim, lambda x: np.abs(x[:dim].T / mesh.geometry.x.max() - 0.4).max(axis=1) < 0.3
        )
        tags = meshtags(mesh, dim, inside, np.full(len(inside), 2, dtype=np.int32))
        mesh.topology.create_connectivity(dim - 1, dim)
        none = np.empty(0, dtype=np.int32)
        domain = Domain(mesh, tags, meshtags(mesh, dim - 1, none, none), {"particles": 2}, {})
        scalar = fem.functionspace(mesh, ("P", 1))
        xi = fem.Function(scalar, name=f"{prefix}order_parameter")
        stress = fem.Function(scalar, name=f"{prefix}hydrostatic_stress")
        cell = fem.Function(fem.functionspace(mesh, ("DG", 0)), name=f"{prefix}concentration")
        vector = fem.Function(fem.functionspace(mesh, ("P", 1, (dim,))), name="displacement")
        writer = FieldWriter(tmp_path / "fields.vtkhdf", domain)
        height = mesh.geometry.x[:, dim - 1].max()
        for time in times:
            front = height * (0.2 + 0.7 * time / 600)
            xi.interpolate(lambda x, at=front: 0.5 + 0.5 * np.tanh((at - x[dim - 1]) / height * 9))
            stress.interpolate(lambda x: x[dim - 1] / height * -12 + 0 * x[0])
            cell.interpolate(lambda x: 1 - x[dim - 1] / height)
            vector.interpolate(lambda x: x[:dim])
            writer.write(time, [xi, stress, cell, vector])
        writer.close()
        return tmp_path

    return make


def sizes(pictures):
    found = []
    for picture in pictures:
        pixels = imread(picture)[..., :3]
        assert pixels.std() > 0.02, f"{picture} is blank"
        found.append(pixels.shape)
    return found


def write_history(path, columns):
    writer = HistoryWriter(path)
    for time in np.linspace(0, 10, 8):
        writer.write(time, {name: value(time) for name, value in columns.items()})
    writer.close()


def test_standard_set(make_run):
    run = make_run()
    write_history(run / "history.csv", {"tip_height [um]": lambda t: t, "wall [s]": lambda t: t})
    pictures = figures.standard(run)
    names = ["fields-000s.png", "fields-050s.png", "fields-600s.png", "fronts.png", "history.png"]
    assert [picture.name for picture in pictures] == names
    assert all(picture.parent == run / "figures" for picture in pictures)
    assert len(set(sizes(pictures)[:3])) == 1


def test_chosen_times_and_panels(make_run):
    run = make_run()
    panels = [FieldPanel("displacement", "displacement", "um")]
    (picture,) = figures.draw_fields(run / "fields.vtkhdf", run / "x", panels, [580, 599.0], None)
    assert picture == run / "x" / "fields-600s.png"
    ((height, width, _),) = sizes([picture])
    assert 0.6 < height / width < 1.2  # a map twice as wide as high, with its bar and title


def test_unknown_fields_are_all_shown(make_run):
    run = make_run(prefix="my_")
    scene = Scene.of(FieldReader(run / "fields.vtkhdf"), None, Front())
    assert {panel.label for panel in scene.panels} == {
        "my order parameter",
        "my hydrostatic stress",
        "my concentration",
        "displacement",
    }
    assert scene.front is None
    sizes(figures.draw_fields(run / "fields.vtkhdf", run, times=[0.0]))
    assert figures.draw_fronts(run / "fields.vtkhdf", run) == []


def test_field_that_is_not_there(make_run):
    run = make_run()
    with pytest.raises(InputError, match="field = colour"):
        figures.draw_fields(run / "fields.vtkhdf", run, [FieldPanel("colour", "c")])


def test_colours_are_of_what_is_shown(make_run):
    reader = FieldReader(make_run() / "fields.vtkhdf")
    panel = FieldPanel("hydrostatic_stress", "pressure", "MPa", factor=-1.0)
    behind = FieldPanel(
        "hydrostatic_stress", "pressure", "MPa", factor=-1.0, behind_front=True, limits=(None, 9.0)
    )
    scene = Scene.of(reader, [panel, behind], Front())
    whole, part = scene.scales([0])
    assert (whole.low, whole.high, whole.extend) == (0.0, 12.0, "neither")
    assert (part.low, part.high, part.extend) == (0.0, 9.0, "neither")
    assert scene.scales([0, 2])[1].extend == "max"
    free = FieldPanel("hydrostatic_stress", "pressure", factor=-1.0, behind_front=True)
    (scale,) = Scene.of(reader, [free], Front()).scales([0])
    assert 2.0 <= scale.high <= 3.0


def test_constant_field_has_a_scale(make_run):
    panel = FieldPanel("order_parameter", "xi", factor=0.0)
    (scale,) = Scene.of(FieldReader(make_run() / "fields.vtkhdf"), [panel], None).scales([0])
    assert scale.low < 0.0 < scale.high


def test_history_leaves_out_what_is_missing(tmp_path):
    path = tmp_path / "history.csv"
    write_history(
        path,
        {
            "tip_height [um]": lambda t: t,
            "step_size [s]": lambda t: 10**-t if t else 0.0,
            "pressure_max [MPa]": lambda t: float("nan"),
        },
    )
    assert sizes(figures.draw_history(path, tmp_path))
    panels = [HistoryPanel("pressure", ("pressure_max [MPa]", "none [1]"))]
    assert figures.draw_history(path, tmp_path, panels) == []


def test_history_with_other_columns_shows_all(tmp_path):
    write_history(tmp_path / "history.csv", {"mean_heat [K]": lambda t: t, "b [1]": lambda t: -t})
    assert sizes(figures.draw_history(tmp_path / "history.csv", tmp_path))


def test_nothing_to_draw(tmp_path):
    assert figures.standard(tmp_path) == []


def test_three_dimensions(make_run):
    run = make_run(dim=3)
    pictures = figures.standard(run)
    assert [picture.name for picture in pictures][-1] == "fields-600s.png"
    sizes(pictures)


def test_movie(make_run):
    run = make_run()
    made = movie.make_movie(run)
    assert made.parent == run
    assert made.suffix in (".mp4", ".gif")
    assert made.stat().st_size > 5000
    assert not list(run.glob("movie.new*"))


def test_movie_without_ffmpeg_is_a_gif(make_run, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with caplog.at_level(logging.INFO):
        made = movie.make_movie(make_run(), [FieldPanel("concentration", "c")])
    assert made.name == "movie.gif"
    assert "no ffmpeg" in caplog.text
    with Image.open(made) as picture:
        assert picture.n_frames == len(TIMES)


def test_movie_of_one_time_is_refused(make_run):
    with pytest.raises(InputError, match="too few for a movie"):
        movie.make_movie(make_run(times=(0.0,)))


def test_names_sort_as_times_do():
    names = figures._time_names([0.0, 2.5, 12.0, 1200.0])
    assert names == ["0000", "0002.5", "0012", "1200"]
    assert figures._time_names([36000.0, 2.88e6]) == ["0036000", "2880000"]


def test_long_times_are_shown_in_hours():
    assert place(TIME, 36000.0, 2.88e6) == "t = 10 h"
    assert place(TIME, 600.0, 1800.0) == "t = 600 s"
    assert place(TIME, 240476.0, 2.88e6) == "t = 66.8 h"
    assert place(Axis("current", "i", "mA/cm^2"), 2e5, 4e5) == "i = 200000 mA/cm$^{2}$"


def test_frequencies_have_prefixes():
    axis = Axis("frequency", "f", "Hz")
    shown = [place(axis, value, 3e6) for value in (1.0, 30490.2, 3e6)]
    assert shown == ["f = 1 Hz", "f = 30.49 kHz", "f = 3 MHz"]


def test_rates_that_fall_by_decades_within_a_cell_are_drawn_smoothly():
    """lg J = -1 / drive^2 on one triangle: interpolated by itself it would be off by thousands."""
    drive = np.array([1.0, 0.02, 0.01])
    mesh = Triangulation([0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0], [[0, 1, 2], [1, 3, 2]])
    mesh.set_mask([False, True])
    finer, values = refined(mesh, np.append(-(drive**-2.0), -1.0))
    assert len(finer.triangles) == 16
    corners = np.stack([finer.x, finer.y])[:, finer.triangles]
    sides = corners[:, :, 1:] - corners[:, :, :1]
    assert np.abs(np.linalg.det(np.moveaxis(sides, 1, 0))).sum() / 2 == pytest.approx(0.5)
    x, y = finer.x, finer.y
    exact = -((drive @ [1 - x - y, x, y]) ** -2.0)
    shown = exact > -100
    assert np.sum(shown) == 10
    np.testing.assert_allclose(values[shown], exact[shown], atol=3.0, rtol=0.3)


def test_a_curve_of_many_turns_is_drawn_as_the_range_within_them():
    x = np.arange(4000.0)
    turns = Curve("", x, np.where(x % 2 == 0, x, -x))
    shown = without_turns(turns)
    assert len(shown.x) == 100
    np.testing.assert_allclose(shown.band, [-shown.x, shown.x], atol=20.5)
    assert shown.y.max() == 3998.0
    few = Curve("", x[:500], x[:500])
    assert without_turns(few) is few


def test_columns_in_another_unit():
    panel = HistoryPanel("plated", ("plated [A/m^2]",), unit="mA/cm^2")
    assert panel.shown("plated [A/m^2]", np.array([10.0])) == pytest.approx([1.0])
    assert panel.label_of("plated [A/m^2]") == "plated (mA/cm$^{2}$)"


def test_legends_leave_lines_free():
    """Lines all over the diagram, linear and logarithmic."""
    figure = Figure(figsize=(5.4, 2.4), layout="constrained")
    for axes, scale in zip(figure.subplots(1, 2), ("linear", "log"), strict=True):
        for k in range(1, 4):
            axes.plot([0, 1], [k, 4 - k], label=f"line {k}")
        axes.set_yscale(scale)
        axes.legend(loc="best")
    figure.draw_without_rendering()
    assert all(map(figures._is_covered, figure.axes))
    figures._make_room(figure)
    figure.draw_without_rendering()
    assert not any(map(figures._is_covered, figure.axes))


def test_narrow_maps_have_their_scales_beside(make_run):
    scene = Scene.of(FieldReader(make_run(size=(8, 80)) / "fields.vtkhdf"), None, None)
    with maps.figure_of(scene, 0, scene.scales([0])) as figure:
        figure.draw_without_rendering()
        boxes = [axes.get_tightbbox() for axes in figure.axes]
        assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_texts():
    assert split_column("tip_height [um]") == ("tip height", "um")
    assert split_column("rejected") == ("rejected", "")
    assert with_unit("lithium", "um^2") == "lithium (\N{MICRO SIGN}m$^{2}$)"
    assert with_unit("current", "mA/cm^-2") == "current (mA/cm$^{-2}$)"
    assert with_unit("xi", "1") == "xi"
    assert with_unit("R", "ohm*cm^2") == "R (\N{OHM SIGN} cm$^{2}$)"


def test_no_window_system_is_touched():
    code = "import sys, lithode.plots.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_only_the_regions_asked_for_are_shown(make_run):
    run = make_run()
    whole = FieldPanel("hydrostatic_stress", "pressure", "MPa", factor=-1.0)
    part = dataclasses.replace(whole, regions=(2,))
    scene = Scene.of(FieldReader(run / "fields.vtkhdf"), (whole, part), None)
    mask = scene.triangulation_of(part, 0).mask
    assert scene.triangulation_of(whole, 0).mask is None
    np.testing.assert_array_equal(mask, scene.reader.grid.regions != 2)
    everything, inside = scene.scales([0])
    # From 0 to 12 MPa over the height, from 2.4 MPa on in the region.
    assert everything.low < 1
    assert 2 <= inside.low <= 3
    shown = [imread(p) for p in figures.draw_fields(run / "fields.vtkhdf", run / "x", (part,))]
    assert len(shown) == len(TIMES)
