"""Presets of linear solvers by the size of the mesh."""

from __future__ import annotations

import math
from typing import Literal

import pytest

from lithode.solvers.numerics.presets import SolverChoice

CHOOSE = SolverChoice[Literal["direct", "iterative", "multigrid"]](
    {"direct": {1: math.inf, 2: 100}, "iterative": {2: 1000, 3: 1000}}, "multigrid"
)


@pytest.mark.parametrize(
    ("dimension", "vertices", "expected"),
    [
        (1, 10**9, "direct"),
        (2, 100, "direct"),
        (2, 101, "iterative"),
        (2, 1001, "multigrid"),
        (3, 5, "iterative"),
        (3, 1001, "multigrid"),
    ],
)
def test_auto_takes_the_first_that_is_meant_for_the_mesh(dimension, vertices, expected):
    assert CHOOSE("auto", dimension, vertices) == expected


def test_what_is_asked_for_is_taken():
    assert CHOOSE("direct", 3, 10**6) == "direct"
