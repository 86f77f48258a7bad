"""Contact and tortuosity of meshes of pictures, against closed forms and the stored comparison."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.images import EXACT, PICTURES, by_lithode, percent, rows, upright
from benchmarks.images_mesh import conduction, contact
from lithode.meshes.images import build
from lithode.meshes.images.labels import Labelled

REGIONS = ("matrix", "particle")


def ball(pixels, radius, dim):
    away = np.indices((pixels,) * dim) + 0.5 - pixels / 2
    values = (away**2).sum(axis=0) < radius**2
    return build.mesh(Labelled(values.astype(np.int8), REGIONS, 0.5))[0]


def test_a_square_array_of_discs_conducts_as_rayleigh_says():
    """Perrins, McKenzie and McPhedran 1979, eq. 14, for insulating cylinders."""
    found = conduction(ball(40, 14, 2), 1, 1)
    f = math.pi * 14**2 / 40**2
    relative = 1 - 2 * f / (1 + f - 0.305827 * f**4 / (1 - 1.402958 * f**8) - 0.013362 * f**8)
    assert found.share == pytest.approx(1 - f, rel=5e-3)
    assert found.relative == pytest.approx(relative, rel=1e-2)
    assert found.tortuosity == pytest.approx((1 - f) / relative, rel=1e-2)


def test_a_thin_array_of_balls_conducts_as_maxwell_says():
    found = conduction(ball(16, 5, 3), 1, 2)
    f = 1 - found.share
    assert found.relative == pytest.approx(1 - 3 * f / (2 + f), rel=1e-2)


def test_a_disc_touches_its_matrix_along_a_circle():
    arrays = ball(40, 14, 2)
    assert contact(arrays, 1, 2) == pytest.approx(2 * math.pi * 7, rel=0.015)
    assert contact(arrays, 2, 1) == contact(arrays, 1, 2)


@pytest.mark.parametrize("dim", [2, 3])
def test_a_slab_is_straight_and_what_hangs_in_the_air_does_not_count(dim):
    values = np.zeros((10,) * dim, dtype=np.int8)
    values[:4] = 1
    values[6:9, ..., 3:7] = 1
    sizes = (2.0, 4.0) if dim == 2 else ()
    arrays, _ = build.mesh(Labelled(values, REGIONS, 2.0), 0, *sizes)
    found = conduction(arrays, 2, dim - 1)
    assert (found.share, found.relative) == pytest.approx((0.4, 0.4))
    assert contact(arrays, 1, 2) == pytest.approx((20 + 2 * 6 + 2 * 8) * 20 ** (dim - 2))
    with pytest.raises(ValueError, match="does not join"):
        conduction(arrays, 2, 0)


def test_the_stored_table_is_what_meshes_say():
    stored = rows()
    for quantity, value in by_lithode("layers.png"):
        assert value == pytest.approx(float(stored["layers.png", quantity]["lithode"]), rel=2e-3)
    for key, exact in EXACT.items():
        assert float(stored[key]["exact"]) == pytest.approx(exact, rel=1e-4)


def test_shares_contact_and_tortuosity_are_within_two_percent():
    """Of the shapes as they were drawn where their values are known, else of the package."""
    stored = rows()
    assert {name for name, _ in stored} == set(PICTURES)
    off = {key: percent(row, "exact" if row["exact"] else "other") for key, row in stored.items()}
    assert [key for key, far in off.items() if not abs(far) < 2] == []


def test_contact_in_3d_is_that_of_the_table():
    values = upright(PICTURES["ball.tif"]()).astype(np.int8)
    arrays, _ = build.mesh(Labelled(values, REGIONS, 0.25))
    stored = rows()["ball.tif", "contact fine-coarse [um2]"]
    assert contact(arrays, 1, 2) == pytest.approx(float(stored["lithode"]), rel=2e-3)


def test_contact_beside_a_third_region_is_about_right():
    """A ball of two halves: each loses or gains some where all three meet."""
    away = np.indices((20, 20, 20)) + 0.5 - 10
    values = ((away**2).sum(axis=0) < 8**2) * (1 + (away[0] > 0))
    regions = (*REGIONS, "other")
    arrays, _ = build.mesh(Labelled(values.astype(np.int8), regions, 1.0))
    half = 2 * math.pi * 8**2
    for pair, area in (((1, 2), half), ((1, 3), half), ((2, 3), half / 2)):
        assert contact(arrays, *pair) == pytest.approx(area, rel=0.06)
