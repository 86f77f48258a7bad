from __future__ import annotations

import math

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes.structured import layered_interval, stretched, structured


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("lengths", "cells", "number", "walls"),
    [
        ([3.0], [5], 5, [1.0, 1.0, 0.0]),
        ([2.0, 3.0], [4, 5], 40, [2.0, 2.0, 6.0]),
        ([1.0, 2.0, 3.0], [2, 3, 4], 144, [2.0, 2.0, 18.0]),
    ],
)
def test_sizes(comm, ruler, lengths, cells, number, walls):
    domain = structured(comm, lengths, cells)
    assert ruler.cells(domain) == number
    assert ruler.region(domain, "electrolyte") == pytest.approx(math.prod(lengths))
    names = ["electrode", "counter_electrode", "sides"]
    if len(lengths) > 1:
        assert [ruler.boundary(domain, name) for name in names] == pytest.approx(walls)
    for name, level in (("electrode", 0.0), ("counter_electrode", lengths[-1])):
        corners = ruler.simplices(domain, len(lengths) - 1, domain.facets(name))
        assert corners[..., len(lengths) - 1] == pytest.approx(level)


@pytest.mark.parametrize(
    ("lengths", "cells", "said"),
    [
        ([], [], "lengths"),
        ([1.0] * 4, [1] * 4, "lengths"),
        ([1.0, -1.0], [1, 1], "greater than 0"),
        ([math.nan], [1], "finite"),
        ([1.0], [0], "cells"),
        ([1.0, 1.0], [2], "give 2 numbers"),
    ],
)
def test_bad_input(comm, lengths, cells, said):
    with pytest.raises(InputError, match=said):
        structured(comm, lengths, cells)


@pytest.mark.mpi
def test_lines_that_are_not_even(comm, ruler):
    across, up = np.array([0.0, 1.0, 4.0]), np.array([-1.0, 0.0, 0.5, 3.0])
    domain = stretched(comm, (across, up))
    assert ruler.cells(domain) == 2 * 2 * 3
    assert ruler.region(domain, "electrolyte") == pytest.approx(16)
    names = ["electrode", "counter_electrode", "sides"]
    assert [ruler.boundary(domain, name) for name in names] == pytest.approx([4, 4, 8])
    for bad in ([0.0], [0.0, 0.0, 1.0]):
        with pytest.raises(InputError, match="rise"):
            stretched(comm, (across, np.array(bad)))


@pytest.mark.mpi
def test_layered_interval(comm, ruler):
    domain = layered_interval(comm, {"lower": 30.0, "upper": 60.0}, 1.5)
    assert ruler.cells(domain) == 60
    assert ruler.region(domain, "lower") == pytest.approx(30)
    assert ruler.region(domain, "upper") == pytest.approx(60)
    x = ruler.points(domain)[:, 0]
    assert x[20] == pytest.approx(30)
    steps = np.diff(x)
    assert max(steps[0], steps[19], steps[20], steps[-1]) < 0.1 * np.max(steps)
    for name, level in (("electrode", 0.0), ("counter_electrode", 90.0)):
        assert ruler.simplices(domain, 0, domain.facets(name))[..., 0] == pytest.approx(level)


@pytest.mark.parametrize("layers", [{}, {"a": 0.0}, {"a": 1.0, "b": -1.0}])
def test_layers_that_cannot_be(comm, layers):
    with pytest.raises(InputError):
        layered_interval(comm, layers, 1.0)
