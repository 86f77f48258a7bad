from __future__ import annotations

import math

import pytest

from lithode.errors import InputError
from lithode.meshes.structured import structured


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
    assert ruler.region(domain, "fine") == pytest.approx(math.prod(lengths))
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
