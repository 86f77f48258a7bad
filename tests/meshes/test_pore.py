"""A block with a pore below its edge; a block whose edge is partly no electrode."""

from __future__ import annotations

import dataclasses
import math

import pytest

from lithode.core.errors import InputError
from lithode.meshes.edge_crack import EdgeCrack
from lithode.meshes.pore import Pore, build

PORE = Pore(cover=3.0, height=8.0, width=4.0, size=0.5, near=1.0, path=15.0, reach=30.0)


@pytest.mark.mpi
@pytest.mark.parametrize(("height", "width"), [(8.0, 4.0), (4.0, 8.0)])
def test_block_without_the_pore(comm, ruler, height, width):
    domain = build(dataclasses.replace(PORE, height=height, width=width), comm)
    hole = math.pi * 4 * 8 / 4
    assert ruler.region(domain, "electrolyte") == pytest.approx(60 * 30 - hole, abs=0.01 * hole)
    # Ramanujan's length of the ellipse.
    assert ruler.boundary(domain, "wall") == pytest.approx(19.377, rel=0.01)
    assert ruler.boundary(domain, "electrode") == pytest.approx(60)
    assert ruler.boundary(domain, "sides") == pytest.approx(60)


@pytest.mark.parametrize("changes", [{"cover": 0.0}, {"height": 12.0}, {"width": 61.0}])
def test_pores_that_cannot_be(comm, changes):
    with pytest.raises(InputError, match=next(iter(changes))):
        dataclasses.replace(PORE, **changes)


def test_a_gap_is_no_electrode(comm, ruler):
    crack = EdgeCrack(length=4.0, element_size=0.5, path=8.0, width=2.0, reach=30.0, gap=7.0)
    domain = crack.domain(comm)
    assert ruler.boundary(domain, "gap") == pytest.approx(7)
    assert ruler.boundary(domain, "electrode") == pytest.approx(53)
    plain = dataclasses.replace(crack, gap=0.0).domain(comm)
    assert "gap" not in plain.boundaries
    assert ruler.boundary(plain, "electrode") == pytest.approx(60)
