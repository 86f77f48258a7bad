"""Fields for a page: what is at a pixel, on a line and on a surface is what is stored there."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import pyvista
from PIL import Image

from lithode.core.axis import TIME
from lithode.plots.interactive import of_fields


def plate(cells: int, **fields: object) -> pyvista.UnstructuredGrid:
    """A plate of 2 by 1 um of triangles, with fields of its nodes as functions of x and y."""
    plane = pyvista.Plane(
        center=(1, 0.5, 0), i_size=2, j_size=1, i_resolution=2 * cells, j_resolution=cells
    )
    triangles = plane.triangulate().regular_faces
    grid = pyvista.UnstructuredGrid({pyvista.CellType.TRIANGLE: triangles}, plane.points)
    x, y, _ = np.asarray(grid.points, dtype=float).T
    for name, function in fields.items():
        grid[name] = function(x, y)
    grid.cell_data["region"] = (grid.cell_centers().points[:, 0] > 1).astype(int)
    return grid


def block(time: float) -> pyvista.UnstructuredGrid:
    """A block of tetrahedra with an inclusion, and a flat front that rises with time."""
    image = pyvista.ImageData(dimensions=(5, 5, 9)).cast_to_unstructured_grid()
    grid = image.triangulate()
    z = np.asarray(grid.points, dtype=float)[:, 2]
    grid["order_parameter"] = 0.5 - 0.1 * (z - 2.5 - time)
    grid["temperature"] = 300 + z
    grid.cell_data["region"] = (grid.cell_centers().points[:, 2] > 7).astype(int)
    return grid


def pixels(address: str) -> np.ndarray:
    kind, data = address.split(",")
    assert kind == "data:image/webp;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), dtype=int)


def numbers(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}")


def test_a_picture_shows_what_is_where_on_any_mesh():
    # The second time has another mesh.
    stored = {
        0.0: plate(3, temperature=lambda x, y: y),
        5.0: plate(7, temperature=lambda x, y: 2 * y),
    }
    found = of_fields(stored, TIME)
    assert (found["kind"], found["times"]) == ("pictures", ["t = 0 s", "t = 5 s"])
    assert found["extent"] == [2.0, 1.0]
    (field,) = found["fields"]
    assert field["name"] == "temperature"
    assert (field["low"], field["high"]) == pytest.approx((0, 2), abs=0.02)
    first, last = map(pixels, field["frames"])
    assert first.shape == last.shape == (210, 420, 3)
    # Viridis from dark violet to yellow; the upper edge of the picture is that of the mesh.
    np.testing.assert_allclose(last[3, 100], (253, 231, 37), atol=12)
    np.testing.assert_allclose(last[-4, 100], (68, 1, 84), atol=12)
    np.testing.assert_allclose(first[3, 100], last[104, 100], atol=12)
    # The line between the regions.
    assert abs(last[50, 209] - last[50, 100]).max() > 20


def test_a_front_hides_what_lies_ahead_of_it():
    behind = {"order_parameter": lambda x, y: (x < 0.5) * 1.0}
    grid = plate(20, **behind, hydrostatic_stress=lambda x, y: -5.0 - x)
    found = of_fields({0.0: grid}, TIME)
    pressure = found["fields"][1]
    assert (pressure["name"], pressure["unit"]) == ("hydrostatic pressure in Li", "MPa")
    assert (pressure["low"], pressure["high"]) == pytest.approx((5, 5.5), abs=0.06)
    np.testing.assert_allclose(pixels(pressure["frames"][0])[100, 300], 232, atol=4)


def test_pictures_of_many_times_keep_to_their_room(monkeypatch):
    monkeypatch.setattr("lithode.plots.interactive._MOST_BYTES", 30_000)
    grid = plate(5, temperature=lambda x, y: np.sin(20 * x) * np.cos(9 * y))
    found = of_fields(dict.fromkeys(map(float, range(40)), grid), TIME)
    frames = found["fields"][0]["frames"]
    assert 1 < len(frames) == len(found["times"]) < 25
    assert sum(map(len, frames)) <= 30_000
    assert found["times"][-1] == "t = 39 s"


def test_a_line_is_in_order_of_its_places():
    points = np.zeros((4, 3))
    points[:, 0] = (3.0, 1.0, 2.0, 0.0)
    cells = np.array([[3, 1], [1, 2], [2, 0]])
    grid = pyvista.UnstructuredGrid({pyvista.CellType.LINE: cells}, points)
    grid["concentration"] = points[:, 0] ** 2
    grid.cell_data["current"] = [1.0, 2.0, 3.0]
    found = of_fields({0.0: grid, 2e5: grid}, TIME)
    assert (found["kind"], found["times"]) == ("lines", ["t = 0 h", "t = 55.5556 h"])
    concentration, current = found["fields"]
    np.testing.assert_array_equal(numbers(concentration["lines"][1]["x"]), [0, 1, 2, 3])
    np.testing.assert_array_equal(numbers(concentration["lines"][1]["y"]), [0, 1, 4, 9])
    np.testing.assert_array_equal(numbers(current["lines"][0]["x"]), [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(numbers(current["lines"][0]["y"]), [1, 2, 3])


def test_a_scene_has_the_front_of_each_time_and_what_stands_still(monkeypatch):
    stored = {time: block(time) for time in (0.0, 3.0)}
    found = of_fields(stored, TIME)
    assert found["kind"] == "scene"
    assert found["bounds"] == [0, 4, 0, 4, 0, 8]
    assert [numbers(s["z"]).mean() for s in found["surfaces"]] == pytest.approx([2.5, 5.5])
    assert [entry["name"] for entry in found["fields"]] == ["height of the front", "temperature"]
    temperature = found["fields"][1]
    np.testing.assert_allclose(numbers(temperature["values"][1]), 305.5)
    (still,) = found["still"]
    assert (numbers(still["z"]).min(), numbers(still["z"]).max()) == (7, 8)
    corners = [numbers(found["surfaces"][0][name]) for name in "ijk"]
    assert max(map(np.max, corners)) < len(numbers(found["surfaces"][0]["x"]))
    monkeypatch.setattr("lithode.plots.interactive._MOST_TRIANGLES", 60)
    thinner = of_fields(stored, TIME)
    assert len(numbers(thinner["surfaces"][0]["i"])) < len(corners[0])
    np.testing.assert_allclose(numbers(thinner["fields"][1]["values"][1]), 305.5)


def test_no_times_are_nothing_to_show():
    assert of_fields({}, TIME) is None
