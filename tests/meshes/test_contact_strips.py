"""Cells of contact strips: pieces of the base, grading, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes.contact_strips import ContactStrips, build, touching

STRIPS = ContactStrips((0.7, 0.3, 0.5), 4.0, 5.0, 0.02, 0.3)


@pytest.mark.mpi
def test_one_mesh_serves_all_shares(comm, ruler):
    domain = build(STRIPS, comm)
    assert ruler.region(domain, "conductor") == pytest.approx(10.0, rel=1e-12)
    assert ruler.boundary(domain, "sides") == pytest.approx(10.0, rel=1e-12)
    pieces = [ruler.boundary(domain, f"base_{k}") for k in range(1, 5)]
    assert pieces == pytest.approx([0.6, 0.4, 0.4, 0.6], rel=1e-12)
    for contact in STRIPS.contacts:
        cell = touching(domain, STRIPS, contact)
        assert ruler.boundary(cell, "electrode") == pytest.approx(2 * contact, rel=1e-12)
        assert ruler.boundary(cell, "pores") == pytest.approx(2 - 2 * contact, rel=1e-12)
        assert ruler.boundary(cell, "counter_electrode") == pytest.approx(2.0, rel=1e-12)
        assert ruler.boundary(cell, "sides") == pytest.approx(10.0, rel=1e-12)
    assert ruler.smallest_angle(domain) > 20


def test_elements_are_small_where_strips_end_only(comm, ruler):
    longest, centres = ruler.edges(build(STRIPS, comm), "conductor")
    ends = np.array([2 * contact for contact in STRIPS.contacts])
    near = np.min(np.hypot(centres[:, :1] - ends, centres[:, 1:2]), axis=1)
    assert longest[near < 0.03].max() < 2 * STRIPS.size
    assert longest[near > 3].mean() > 0.7 * STRIPS.size_far


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contacts": ()}, "contacts"),
        ({"contacts": (0.0,)}, "contacts"),
        ({"contacts": (1.0,)}, "contacts"),
        ({"contacts": (0.5, -0.1)}, "contacts"),
        ({"contacts": (0.5, 0.501)}, "size"),
        ({"period": 0.0}, "period"),
        ({"height": -1.0}, "height"),
        ({"size": 0.0}, "size"),
        ({"size": 0.4}, "size"),
        ({"size_far": 0.01}, "size_far"),
    ],
)
def test_bad_input(changes, field):
    given = {"contacts": (0.5,), "period": 1.0, "height": 1.0, "size": 0.02, "size_far": 0.1}
    with pytest.raises(InputError) as error:
        ContactStrips(**{**given, **changes})
    assert error.value.field == field
