from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes.gaps import flat_on, separation
from lithode.meshes.shapes import (
    Circle,
    Particle,
    Polygon,
    Polyhedron,
    Sphere,
    bounds,
    faceted_ball,
    regular_polygon,
)

SQUARE = Polygon(((0, 0), (2, 0), (2, 2), (0, 2)))
# A U with its opening, 1 wide, on top.
CUP = Polygon(((0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)))
CUBE = Polyhedron(tuple(itertools.product((0, 2), repeat=3)))


@pytest.mark.parametrize(
    ("shape", "measure"),
    [
        (Circle((1, 2), 3), 9 * math.pi),
        (Sphere((1, 2, 3), 3), 36 * math.pi),
        (SQUARE, 4),
        (Polygon(SQUARE.vertices[::-1]), 4),
        (CUP, 7),
        (CUBE, 8),
    ],
)
def test_measure(shape, measure):
    assert shape.measure == pytest.approx(measure)


@pytest.mark.parametrize(
    ("a", "b", "gap"),
    [
        (Circle((0, 0), 1), Circle((3, 4), 2), 2),
        (Circle((0, 0), 1), Circle((0, 2), 1), 0),
        (SQUARE, Circle((5, 6), 2), 3),
        (SQUARE, Circle((1, 5), 2), 1),
        (SQUARE, Polygon(((3, 0), (5, 1), (3, 2))), 1),
        (SQUARE, Polygon(((2, 0), (5, 1), (2, 2))), 0),
        (CUP, Circle((1.5, 2.5), 0.2), 0.3),
        (CUP, Polygon(((1.1, 2), (1.8, 2), (1.8, 9), (1.1, 9))), 0.1),
        (Sphere((0, 0, 0), 1), Sphere((2, 3, 6), 2), 4),
        (CUBE, Sphere((5, 6, 1), 2), 3),
        (CUBE, Polyhedron(tuple((x + 3, y + 6, z) for x, y, z in CUBE.vertices)), math.sqrt(17)),
    ],
)
def test_gap(a, b, gap):
    assert separation(a, b) == pytest.approx(gap, abs=1e-12)
    assert separation(b, a) == pytest.approx(gap, abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Circle((0, 0), 5), Circle((1, 0), 1)),
        (SQUARE, Circle((1, 1), 0.1)),
        (SQUARE, Polygon(((0.5, 0.5), (1, 0.5), (1, 1)))),
        (SQUARE, Polygon(((-1, 0.9), (3, 0.9), (3, 1), (-1, 1)))),
        (CUP, Circle((0.5, 1.5), 0.1)),
        (CUP, Polygon(((0.4, 1), (0.6, 1), (0.5, 1.2)))),
        (Polygon(((-9, -9), (9, -9), (9, 9), (0, 8), (-9, 9))), CUP),
        (CUBE, Sphere((1, 1, 1), 0.1)),
        (CUBE, Polyhedron(tuple((x + 1, y + 1, z + 1) for x, y, z in CUBE.vertices))),
    ],
)
def test_overlap_has_no_gap(a, b):
    assert separation(a, b) <= 1e-12
    assert separation(b, a) <= 1e-12


def test_contains():
    points = np.array([[0.5, 2.0], [1.5, 2.0], [1.5, 0.5], [4.0, 0.5]])
    assert CUP.contains(points).tolist() == [True, False, True, False]
    assert Circle((1.5, 2), 1.1).contains(points).tolist() == [True, True, False, False]
    assert CUBE.contains(np.array([[1.0, 1, 1], [1, 1, 2.1]])).tolist() == [True, False]


def test_bounds_and_flat_sides():
    lower, upper = bounds(Circle((1, 2), 3))
    assert (lower.tolist(), upper.tolist()) == ([-2, -1], [4, 5])
    assert flat_on(SQUARE, 1, 0.0)
    assert flat_on(CUBE, 2, 2.0)
    assert not flat_on(SQUARE, 1, 0.1)
    assert not flat_on(Polygon(((0, 0), (1, 1), (-1, 1))), 1, 0.0)
    assert not flat_on(Circle((0, 1), 1), 1, 0.0)


def test_faces_of_a_cube_are_squares():
    assert sorted(map(len, CUBE.faces)) == [4] * 6
    for face in CUBE.faces:
        ring = np.array(CUBE.vertices)[[*face, face[0]]]
        assert np.linalg.norm(np.diff(ring, axis=0), axis=1) == pytest.approx(2)


def test_regular_polygon():
    hexagon = regular_polygon((1, 2), 2, 6, rotation=30)
    assert hexagon.measure == pytest.approx(6 * math.sqrt(3))
    assert hexagon.vertices[0] == pytest.approx((1 + math.sqrt(3), 3))
    first, again, other = (
        regular_polygon((0, 0), 1, 7, irregularity=0.8, seed=seed) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(first.pieces) == 1, "convex"


def test_faceted_ball():
    ball = faceted_ball((1, 2, 3), 2, 200)
    assert ball.measure == pytest.approx(32 / 3 * math.pi, rel=0.05)
    assert np.linalg.norm(np.array(ball.vertices) - (1, 2, 3), axis=1) == pytest.approx(2)
    first, again, other = (faceted_ball((0, 0, 0), 1, 12, 0.8, seed) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Circle((0, 0), -1), "radius = -1 um: must be greater than 0"),
        (lambda: Circle((0, 0), 0), "greater than 0"),
        (lambda: Circle((0, math.nan), 1), "center = nan um: must be finite"),
        (lambda: Circle((0, 0, 0), 1), "must have 2 coordinates"),
        (lambda: Sphere((0, 0), 1), "must have 3 coordinates"),
        (lambda: Sphere((0, 0, 0), math.inf), "must be finite"),
        (lambda: Circle((0, 0), "wide"), "must be a number"),
        (lambda: Polygon(((0, 0), (1, 1))), "at least 3 corners"),
        (lambda: Polygon(((0, 0), (1, 1), (2, 2))), "no area"),
        (lambda: Polygon(((0, 0), (2, 2), (2, 0), (0, 1))), "edges 0 and 2 touch"),
        (lambda: Polygon(((0, 0), (4, 0), (4, 4), (2, 0), (0, 4))), "touch"),
        (lambda: Polygon(((0, 0), (4, 0), (2, 0), (2, 3))), "touch"),
        (lambda: Polygon(((0, 0), (0, 0), (2, 0), (2, 3))), "touch"),
        (lambda: Polygon(((0, 0), (1, math.nan), (2, 2))), "must be finite"),
        (lambda: Polyhedron(CUBE.vertices[:3]), "at least 4 corners"),
        (lambda: Polyhedron(CUBE.vertices[:4]), "no volume"),
        (lambda: Polyhedron((*CUBE.vertices, (1, 1, 1))), "not convex"),
        (lambda: Particle(SQUARE, region=""), "must be a name"),
        (lambda: regular_polygon((0, 0), 1, 2), "corners = 2: must be at least 3"),
        (lambda: regular_polygon((0, 0), 1, 5, irregularity=2), "irregularity"),
        (lambda: regular_polygon((0, 0), -1, 5), "greater than 0"),
        (lambda: faceted_ball((0, 0, 0), 1, 3), "at least 6"),
    ],
)
def test_bad_input(make, said):
    with pytest.raises(InputError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)
