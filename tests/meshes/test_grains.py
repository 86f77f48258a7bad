"""Pores between grains: areas, names, distances, and grains that do not fit."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes.grains import Interlayer, build, channel, staggered
from lithode.meshes.shapes import Circle, Polygon, Polyhedron
from lithode.solvers.numerics.gauges import boundary_size

RADIUS, GAP, SPACING, BASE = 2.0, 2.0, 3.2, 2.0
WIDTH, HEIGHT = 2 * RADIUS + GAP, BASE + 2 * RADIUS + 2 * SPACING + 1.0


def rows(dim=2, meshed=False, size=0.4):
    grains = staggered(1, 3, RADIUS, GAP, SPACING, BASE, dim)
    return Interlayer(WIDTH, HEIGHT, size, grains, WIDTH if dim == 3 else None, meshed)


def measure(domain, region):
    dx = ufl.Measure("dx", domain=domain.mesh, subdomain_data=domain.cell_tags)
    form = fem.form(fem.Constant(domain.mesh, 1.0) * dx(domain.regions[region]))
    return domain.mesh.comm.allreduce(fem.assemble_scalar(form), op=MPI.SUM)


@pytest.mark.mpi
@pytest.mark.parametrize(("dim", "size", "accuracy"), [(2, 0.4, 0.03), (3, 0.8, 0.1)])
def test_holes(comm, dim, size, accuracy):
    domain = build(rows(dim, size=size), comm)
    assert dict(domain.regions) == {"pores": 1}
    # Rows of one grain, of two halves (or four quarters), of one.
    solid = 3 * (math.pi * RADIUS**2 if dim == 2 else 4 / 3 * math.pi * RADIUS**3)
    surface = 3 * (2 * math.pi * RADIUS if dim == 2 else 4 * math.pi * RADIUS**2)
    base = WIDTH ** (dim - 1)
    assert measure(domain, "pores") == pytest.approx(base * HEIGHT - solid, rel=accuracy)
    assert boundary_size(domain, "grains") == pytest.approx(surface, rel=accuracy)
    assert boundary_size(domain, "electrode") == pytest.approx(base)
    assert boundary_size(domain, "counter_electrode") == pytest.approx(base)


@pytest.mark.mpi
@pytest.mark.parametrize("dim", [2, 3])
def test_regions(comm, dim):
    interlayer = rows(dim, meshed=True, size=0.4 if dim == 2 else 1.0)
    domain = build(interlayer, comm)
    whole = float(np.prod(interlayer.lengths))
    parts = [measure(domain, region) for region in ("pores", "grains")]
    assert sum(parts) == pytest.approx(whole)
    solid = 3 * (math.pi * RADIUS**2 if dim == 2 else 4 / 3 * math.pi * RADIUS**3)
    assert parts[1] == pytest.approx(solid, rel=0.1)
    assert "grains" not in domain.boundaries
    assert boundary_size(domain, "sides") == pytest.approx(
        2 * HEIGHT * (1 if dim == 2 else 2 * WIDTH)
    )


def test_channel():
    interlayer = Interlayer(6.0, 10.0, 0.4, channel(6.0, 1.5, 2.0, 8.0))
    domain = build(interlayer, MPI.COMM_SELF)
    assert measure(domain, "pores") == pytest.approx(6 * 10 - 4.5 * 6)
    assert boundary_size(domain, "grains") == pytest.approx(2 * 6 + 2 * 4.5)
    assert boundary_size(domain, "sides") == pytest.approx(2 * 4)


def test_distances():
    points = np.array([[3.0, 4.0, 0.0], [3.0, 9.0, 0.0], [0.5, 5.0, 0.0], [0.0, 1.0, 0.0]])
    first = next(rows().distances(points))  # around (3, 4)
    np.testing.assert_allclose(first, [-2, 3, math.hypot(2.5, 1) - 2, math.hypot(3, 3) - 2])
    block = next(Interlayer(6.0, 10.0, 0.4, channel(6.0, 2.0, 2.0, 8.0)).distances(points))
    # The left block spans x from -2 to 2 and y from 2 to 8.
    np.testing.assert_allclose(block, [1.0, math.hypot(1, 1), -1.5, 1.0])
    ball = next(rows(3).distances(np.array([[3.0, 3.0, 4.0], [3.0, 8.0, 4.0]])))
    np.testing.assert_allclose(ball, [-2.0, 3.0])


def test_polyhedra_have_no_field():
    corners = ((1.0, 1.0, 1.0), (2.0, 1.0, 1.0), (1.0, 2.0, 1.0), (1.0, 1.0, 2.0))
    interlayer = Interlayer(3.0, 3.0, 0.5, (Polyhedron(corners),), 3.0)
    with pytest.raises(InputError, match="has no field"):
        list(interlayer.distances(np.zeros((1, 3))))


@pytest.mark.parametrize(
    ("grains", "words"),
    [
        ((Circle((2.0, 5.0), 1.0), Circle((3.5, 5.0), 1.0)), "overlaps grains"),
        ((Circle((2.0, 5.0), 1.0), Circle((4.05, 5.0), 1.0)), "only 0.05 um from grains"),
        ((Circle((3.0, 0.5), 1.0),), "reaches 0.5 um out of the interlayer at y = 0"),
        ((Circle((3.0, 9.5), 1.0),), "out of the interlayer at y = 10"),
        ((Circle((1.05, 5.0), 1.0),), "touches a side"),
        ((Circle((-2.0, 5.0), 1.0),), "beside the interlayer"),
        ((Polygon(((6.95, 4), (9, 4), (9, 6))),), "beside the interlayer"),
    ],
)
def test_grains_that_do_not_fit(grains, words):
    with pytest.raises(InputError, match=words):
        Interlayer(6.0, 10.0, 0.4, grains)


@pytest.mark.parametrize(
    ("lengths", "field"),
    [((0.0, 1.0, 0.1), "width"), ((1.0, 1.0, 0.6), "size"), ((1e3, 1e3, 1e-3), "size")],
)
def test_bad_lengths(lengths, field):
    with pytest.raises(InputError) as error:
        Interlayer(*lengths)
    assert error.value.field == field


def test_bad_rows_and_channels():
    with pytest.raises(InputError, match="radius"):
        staggered(1, 1, 0.0, 1.0, 1.0, 1.0)
    with pytest.raises(InputError, match="between 0 and the width"):
        channel(6.0, 7.0, 2.0, 8.0)
