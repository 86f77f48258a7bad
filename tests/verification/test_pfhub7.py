"""PFHub benchmark 7a, coarse; the study is benchmarks/pfhub7.py."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from benchmarks.pfhub7 import KAPPA, solution, solve, source
from lithode.meshes.structured import structured
from lithode.solvers.physics import free_energy
from tests.verification.manufactured import norm, orders


def test_published_source_belongs_to_the_solution():
    mesh = structured(MPI.COMM_SELF, (1.0, 0.5), (16, 8)).mesh
    x, y = ufl.SpatialCoordinate(mesh)
    t = ufl.variable(fem.Constant(mesh, 3.0))
    eta = solution(x, y, t)
    strong = ufl.diff(eta, t) + 4 * eta * (eta - 1) * (eta - 0.5) - KAPPA * ufl.div(ufl.grad(eta))
    difference = strong - source(ufl.variable(x), y, t)
    assert norm(mesh, difference) < 1e-12 * norm(mesh, strong)


def test_force_is_the_one_of_the_benchmark():
    eta = np.linspace(-0.5, 1.5, 21)
    expected = 4 * eta * (eta - 1) * (eta - 0.5)
    np.testing.assert_allclose(free_energy.double_well_force(eta, 1.0), expected, atol=1e-14)


def test_order_in_space():
    errors = [solve(cells, 20)[0] for cells in (32, 64, 128)]
    assert errors[-1] < 0.004
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.2)


def test_order_in_time():
    ends = [solve(64, steps)[1] for steps in (40, 80, 160)]
    changes = [np.linalg.norm(one - two) for one, two in itertools.pairwise(ends)]
    assert orders(changes)[0] == pytest.approx(2.0, abs=0.1)
