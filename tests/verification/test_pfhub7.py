"""PFHub benchmarks 7a and 7b, coarse; the studies are benchmarks/pfhub7.py."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from benchmarks.pfhub7 import even, following
from benchmarks.pfhub7_model import KAPPA, Columns, front, solution, source
from lithode.meshes.structured import structured
from lithode.solvers.physics import free_energy
from tests.verification.manufactured import norm, orders


@pytest.mark.parametrize("kappa", KAPPA.values(), ids=KAPPA)
def test_source_belongs_to_the_solution(kappa):
    mesh = structured(MPI.COMM_SELF, (1.0, 0.5), (32, 16)).mesh
    x, y = ufl.SpatialCoordinate(mesh)
    t = ufl.variable(fem.Constant(mesh, 3.0))
    eta = solution(x, y, t, kappa)
    strong = ufl.diff(eta, t) + 4 * eta * (eta - 1) * (eta - 0.5) - kappa * ufl.div(ufl.grad(eta))
    assert norm(mesh, strong - source(x, y, t, kappa)) < 1e-12 * norm(mesh, strong)


def test_solution_and_source_are_the_published_ones():
    x, y, t, kappa = 0.3, 0.27, 3.0, KAPPA["a"]
    alpha = 0.25 + 0.0075 * t * np.sin(8 * np.pi * x)
    alpha += 0.03 * np.sin(22 * np.pi * x + 0.0625 * np.pi * t)
    assert front(x, t, np.sin) == pytest.approx(alpha, rel=1e-14)
    eta = 0.5 * (1 - np.tanh((y - alpha) / np.sqrt(2 * kappa)))
    assert solution(x, y, t, kappa, np.sin, np.exp) == pytest.approx(eta, rel=1e-12)
    assert KAPPA["a"] / KAPPA["b"] == 256


def test_force_is_the_one_of_the_benchmark():
    eta = np.linspace(-0.5, 1.5, 21)
    expected = 4 * eta * (eta - 1) * (eta - 0.5)
    np.testing.assert_allclose(free_energy.double_well_force(eta, 1.0), expected, atol=1e-14)


def test_order_in_space():
    errors = [even(cells, 20).error() for cells in (32, 64, 128)]
    assert errors[-1] < 0.004
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.2)


def test_order_in_space_of_quadratic_elements():
    errors = [even(cells, 20, degree=2).error() for cells in (48, 96)]
    assert errors[-1] < 0.001
    assert orders(errors)[0] > 2.5


def test_order_in_time():
    ends = [even(64, steps, accuracy=1e-10).values for steps in (40, 80, 160)]
    changes = [np.linalg.norm(one - two) for one, two in itertools.pairwise(ends)]
    assert orders(changes)[0] == pytest.approx(2.0, abs=0.1)


def test_nodes_follow_the_front():
    errors = [following(Columns(n, 51.2 / n), 50).error() for n in (128, 256)]
    assert errors[-1] < 0.0012
    assert orders(errors)[0] == pytest.approx(2.0, abs=0.3)
