"""Staggered against monolithic, from the same terms."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.solvers.electrodeposition.parameters import Charge
from lithode.solvers.numerics.blocks import MUMPS, LinearBlock
from lithode.solvers.numerics.gauges import NodalWeights

SELF = MPI.COMM_SELF


@pytest.fixture
def exact_newton(monkeypatch):
    """Newton to round-off, so that the couplings are compared and not the stopping rules."""
    monkeypatch.setattr(NodalWeights, "residual_tolerance", lambda self, relative: 1e-10)


def differences(growth, one, other):
    """Largest differences of xi and c, potential, stress and displacement, over their sizes."""
    pairs = zip(growth.values(one), growth.values(other), strict=True)
    return [abs(a - b).max() / abs(b).max() for a, b in pairs]


@pytest.mark.usefixtures("exact_newton")
@pytest.mark.parametrize("charge", list(Charge))
def test_iterated_blocks_give_the_monolithic_solution(growth, charge):
    growth.physics["charge"] = charge
    domain, sizes = growth.domain(SELF), (0.05, 0.1, 0.3, 0.2, 0.4)
    staggered = growth.model(SELF, domain, coupling_iterations=60)
    monolithic = growth.model(SELF, domain, coupling="monolithic")
    growth.steps(staggered, *sizes)
    growth.steps(monolithic, *sizes)
    assert max(differences(growth, staggered, monolithic)) < 1e-9
    once = growth.steps(growth.model(SELF, domain), *sizes)
    assert max(differences(growth, once, monolithic)) > 1e-6  # they do not agree by themselves
    rows = [model.measure() for model in (staggered, monolithic)]
    for name, value in rows[0].items():
        if "defect" not in name:
            assert value == pytest.approx(rows[1][name], rel=1e-7, abs=1e-9, nan_ok=True), name


@pytest.mark.usefixtures("exact_newton")
def test_extrapolated_blocks_are_of_second_order(growth):
    domain, end = growth.domain(SELF), 1.6
    errors = []
    for steps in (8, 16, 32):
        sizes = [end / steps] * steps
        once, converged = (
            growth.steps(growth.model(SELF, domain, coupling_iterations=n), *sizes) for n in (1, 60)
        )
        errors.append(differences(growth, once, converged)[0])
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 2, atol=0.15)


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative", "multigrid"])
def test_potential_and_displacement_are_solved_at_every_step(comm, growth, solver):
    """No kept factorisation or preconditioner stands in for the solve."""
    model = growth.model(comm, solver=solver)
    unknowns, conditions, equations = model._unknowns, model.conditions, model.equations
    xi, rate = unknowns.phase.trial[0], unknowns.rate[0]
    solved = unknowns.potential.trial, unknowns.displacement.trial
    afresh = [fem.Function(function.function_space) for function in solved]
    (a, b), (v, w) = (
        [argument(f.function_space) for f in solved]
        for argument in (ufl.TrialFunction, ufl.TestFunction)
    )
    blocks = [
        LinearBlock(equation, function, bcs, "afresh_", MUMPS)
        for equation, function, bcs in (
            (equations.charge(xi, rate, a, v), afresh[0], conditions.potential),
            (equations.momentum(xi, b, w), afresh[1], conditions.displacement),
        )
    ]
    errors = []
    for dt in (0.1, 0.2, 0.5, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0):
        growth.steps(model, dt)
        for block, function, exact in zip(blocks, solved, afresh, strict=True):
            block.solve()
            errors.append(abs(function.x.array - exact.x.array).max() / abs(exact.x.array).max())
    assert max(errors) < (1e-12 if solver == "direct" else 1e-7), errors
