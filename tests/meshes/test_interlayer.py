"""Interlayers with lithium cut out."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes.interlayer import Interlayer, Layer, build
from lithode.meshes.shapes import Polygon
from lithode.solvers.numerics.gauges import boundary_size

TRIANGLE = Polygon(((20.0, 0.0), (40.0, 0.0), (30.0, 15.0)))
HOOK = Polygon(((10, 0), (20, 0), (20, 10), (30, 10), (30, 20), (10, 20)))
CORNER = Polygon(((0, 0), (10, 0), (0, 15)))


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("protrusion", "surface"),
    [
        (None, 60.0),
        (TRIANGLE, 40.0 + 2 * np.hypot(10, 15)),
        (HOOK, 50.0 + 10 + 10 + 10 + 20 + 20),
        (CORNER, 50.0 + np.hypot(10, 15)),
    ],
)
def test_lithium_is_cut_out_and_its_edge_is_the_electrode(comm, protrusion, surface):
    domain = build(Interlayer(60.0, 90.0, 3.0, 6.0, protrusion), comm)
    one = fem.Constant(domain.mesh, 1.0)
    area = comm.allreduce(fem.assemble_scalar(fem.form(one * ufl.dx)), MPI.SUM)
    hole = protrusion.measure if protrusion else 0.0
    assert area == pytest.approx(60 * 90 - hole, rel=1e-12)
    assert boundary_size(domain, "electrode") == pytest.approx(surface, rel=1e-9)
    assert boundary_size(domain, "counter_electrode") == pytest.approx(60, rel=1e-9)
    foot = 15.0 if protrusion is CORNER else 0.0
    assert boundary_size(domain, "sides") == pytest.approx(180 - foot, rel=1e-9)
    assert set(domain.regions) == {"interlayer"}


def test_elements_grow_away_from_both_ends(comm):
    fine = build(Interlayer(60.0, 90.0, 2.0, None, TRIANGLE), comm)
    graded = build(Interlayer(60.0, 90.0, 2.0, 8.0, TRIANGLE), comm)
    cells = [d.mesh.topology.index_map(2).size_global for d in (fine, graded)]
    assert cells[1] < 0.6 * cells[0]


@pytest.mark.parametrize(
    ("corners", "reason"),
    [
        ([(20, 0), (40, 0), (30, 95)], "reaches 5 um out of the interlayer at y = 90"),
        ([(-5, 0), (40, 0), (30, 15)], "reaches 5 um out of the interlayer at x = 0"),
        ([(20, 0), (40, 0), (30, 89.9)], "is 0.1 um from the edge of the interlayer at y = 90"),
        ([(20, 0), (59.8, 0), (30, 15)], "is 0.2 um from the edge of the interlayer at x = 60"),
        ([(20, 5), (40, 5), (30, 20)], "must stand flat on the base"),
        ([(20, 0), (40, 0), (40, 90), (20, 90)], "touches the solid electrolyte"),
    ],
)
def test_protrusions_that_do_not_fit(corners, reason):
    with pytest.raises(InputError, match=reason) as error:
        Interlayer(60.0, 90.0, 1.0, 3.0, Polygon(tuple(corners)))
    assert error.value.field == "protrusion"


@pytest.mark.parametrize(
    ("sizes", "field"), [((0.0, 3.0), "size"), ((50.0, 60.0), "size"), ((3.0, 1.0), "size_far")]
)
def test_sizes_that_do_not_fit(sizes, field):
    with pytest.raises(InputError) as error:
        Interlayer(60.0, 90.0, *sizes)
    assert error.value.field == field


@pytest.mark.mpi
@pytest.mark.parametrize("protrusion", [None, TRIANGLE])
def test_layers_are_regions(comm, ruler, protrusion):
    layers = Layer("lower", 10.0), Layer("middle", 30.0), Layer("upper", 50.0)
    domain = build(Interlayer(60.0, 90.0, 2.0, 6.0, protrusion, layers=layers), comm)
    hole = 150.0 if protrusion else 0.0
    below = 150 * (1 - (1 / 3) ** 2) if protrusion else 0.0  # of the triangle, under y = 10
    found = [ruler.region(domain, layer.name) for layer in layers]
    assert found == pytest.approx([600 - below, 1800 - (hole - below), 3000])
    width = 60 - 20 / 3 if protrusion else 60.0
    assert ruler.interface(domain, "lower", "middle") == pytest.approx(width)
    assert ruler.interface(domain, "middle", "upper") == pytest.approx(60)
    assert ruler.boundary(domain, "counter_electrode") == pytest.approx(60)


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ((Layer("a", 10.0), Layer("b", 70.0)), "must add up to 90"),
        ((Layer("a", 45.0), Layer("a", 45.0)), "names of their own"),
        ((Layer("a", 100.0), Layer("b", -10.0)), "layer b = -10"),
    ],
)
def test_layers_that_do_not_fit(layers, reason):
    with pytest.raises(InputError, match=reason):
        Interlayer(60.0, 90.0, 1.0, layers=layers)
