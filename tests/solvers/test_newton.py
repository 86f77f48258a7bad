"""Newton blocks: what makes them fail, where they end, and bounds."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError, StepFailed
from lithode.meshes.structured import structured
from lithode.solvers.numerics.blocks import MUMPS, NonlinearBlock
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.inexact import Inexact
from tests.solvers.problems import NEWTON, nonlinear

pytestmark = pytest.mark.mpi


def test_newton_recovers_from_a_singular_jacobian(comm):
    """After a zero pivot PETSc would not factor the next matrix, and MUMPS then stop."""
    mesh = structured(comm, (1.0,), (10,)).mesh
    space = fem.functionspace(mesh, ("P", 1))
    k, u, v = fem.Constant(mesh, 1.0), fem.Function(space), ufl.TestFunction(space)
    block = NonlinearBlock((k * u - 1) * v * ufl.dx, u, [], "a_", {**NEWTON, **MUMPS})
    for factor in (1.0, 0.0, 0.0, 2.0):
        k.value = np.asarray(factor)
        if factor:
            block.solve()
            np.testing.assert_allclose(u.x.array, 1 / factor, rtol=1e-12)
        else:
            with pytest.raises(StepFailed):
                block.solve()
            u.x.array[:] = 0.0


def test_a_diverged_newton_fails_the_step(comm):
    block, u, s = nonlinear(comm, "a_", {**NEWTON, **MUMPS, "snes_max_it": 2})
    s.value = np.asarray(50.0)
    u.x.array[:] = 3.0
    with pytest.raises(StepFailed, match=r"a_snes: reason -5 after 2 iterations"):
        block.solve()
    assert abs(u.x.array).max() > 1e-3  # polluted: the caller restores it
    block.snes.setTolerances(max_it=30)
    u.x.array[:] = 3.0
    nonlinear_iterations, linear_iterations = block.solve()
    assert abs(u.x.array).max() < 1e-10
    assert nonlinear_iterations > 2
    assert linear_iterations == nonlinear_iterations  # one direct solve each


def test_a_diverged_linear_solver_fails_newton(comm):
    options = {**NEWTON, "ksp_type": "cg", "pc_type": "none", "ksp_max_it": 1, "ksp_rtol": 1e-12}
    block, u, _ = nonlinear(comm, "a_", options)
    u.x.array[:] = 1.0
    with pytest.raises(StepFailed, match=r"reason -3 .*linear solver: -3"):
        block.solve()


def test_modified_newton_follows_a_problem_that_changes(comm):
    """The Jacobian of the solve before is a guess, never the last word."""
    block, u, s = nonlinear(comm, "a_", {**NEWTON, **MUMPS, "snes_max_it": 14})
    for scale in (1.0, 5.0, 0.02, 3.0):
        s.value = np.asarray(scale)
        u.x.array[:] = 2.0
        block.solve()
        assert abs(u.x.array).max() < 1e-10


@pytest.mark.parametrize("place", ["nowhere", "boundary", "some cells"])
@pytest.mark.parametrize("cells", [12, 1])
def test_a_residual_follows_coefficients_that_change(comm, place, cells):
    """Within a solve they are kept, also where integrals are not over all cells or a rank has none.

    d u^3 + u = w, and u = g in the place: all constant, with the same solution.
    """
    domain = structured(comm, (1.0,), (cells,))
    mesh = domain.mesh
    own = mesh.topology.index_map(1).size_local
    half = np.arange(own // 2, dtype=np.int32)
    measures = {
        "boundary": ufl.ds(mesh),
        "some cells": ufl.Measure("dx", mesh, subdomain_data=[(1, half)])(1),
    }
    scalars = fem.functionspace(mesh, ("P", 1))
    d = fem.Function(fem.functionspace(mesh, ("DG", 0)))
    w, g, u = (fem.Function(scalars) for _ in range(3))
    v = ufl.TestFunction(scalars)
    residual = (d * u * u * u + u - w) * v * ufl.dx(mesh)
    if place in measures:
        residual += (u - g) * v * measures[place]
    block = NonlinearBlock(residual, u, [], "a_", {**NEWTON, **MUMPS, "snes_max_it": 40})
    for root, factor in ((0.5, 1.0), (2.0, 1.0), (2.0, 3.0), (-1.0, 0.5)):
        d.x.array[:], g.x.array[:] = factor, root
        w.x.array[:] = factor * root**3 + root
        block.solve()
        np.testing.assert_allclose(u.x.array, root, rtol=1e-10)


def inexact(comm, allowed, renewal, scale=1.0):
    def size(update):
        return float(comm.allreduce(np.abs(update).max(initial=0.0), op=MPI.MAX))

    how = Inexact(size, allowed, renewal)
    return nonlinear(comm, "c_", {**NEWTON, **MUMPS}, scale, inexact=how)


def test_newton_ends_where_little_is_left_to_correct(comm):
    """The solution is zero, so that what is left is what the block returns."""
    errors, iterations = [], []
    for allowed in (1e-2, 1e-5, 1e-9):
        block, u, _ = inexact(comm, allowed, renewal=0.9)
        u.x.array[:] = 1.0
        iterations.append(block.solve()[0])
        errors.append(comm.allreduce(np.abs(u.x.array).max(), op=MPI.MAX))
        assert errors[-1] <= allowed
    assert iterations[0] < iterations[1] < iterations[2]
    assert errors[0] > 1e-5


def test_newton_that_fails_is_repeated_with_care(comm, caplog):
    """The Jacobian of a weaker source, never renewed, drives Newton away."""
    block, u, s = inexact(comm, 1e-8, renewal=1e30)
    u.x.array[:] = 0.01
    block.solve()
    s.value = np.asarray(2000.0)
    u.x.array[:] = 0.5
    with caplog.at_level(logging.INFO):
        block.solve()
    assert "once more with care" in caplog.text
    assert np.abs(u.x.array).max(initial=0.0) < 1e-10
    s.value = np.asarray(np.nan)
    with pytest.raises(StepFailed):
        block.solve()


BOUNDED = {**MUMPS, "snes_type": "vinewtonrsls", "snes_linesearch_type": "basic"}


def test_bounds_hold_and_their_present_values_count(comm):
    """A string under a load on an obstacle: it rests where the obstacle is, with a smooth leave."""
    domain = structured(comm, (1.0,), (200,))
    space = fem.functionspace(domain.mesh, ("P", 1))
    u, v = fem.Function(space), ufl.TestFunction(space)
    low, high = fem.Function(space), fem.Function(space)
    high.x.array[:] = 1.0
    ends = [boundary_dofs(domain, space, name) for name in ("electrode", "counter_electrode")]
    bcs = [fem.dirichletbc(0.0, dofs, space) for dofs in ends]
    block = NonlinearBlock(
        (u.dx(0) * v.dx(0) + 8 * v) * ufl.dx, u, bcs, "a_", BOUNDED, bounds=(low, high)
    )
    x = space.tabulate_dof_coordinates()[:, 0]
    for depth in (0.25, 2.0, 0.25):
        low.x.array[:] = -depth
        block.solve()
        # Free, u = 4 x (x - 1) reaches -1; else it touches at s, where 4 s^2 = depth.
        s = min(np.sqrt(depth) / 2, 0.5)
        near = np.minimum(x, 1 - x)
        expected = np.where(near < s, 4 * near * (near - 2 * s), -4 * s**2)
        np.testing.assert_allclose(u.x.array, expected, atol=1e-4)
        assert u.x.array.min() >= -depth


def test_bounds_want_a_solver_that_knows_them(comm, options):
    options["a_snes_type"] = "newtonls"
    space = fem.functionspace(structured(comm, (1.0,), (10,)).mesh, ("P", 1))
    u, v = fem.Function(space), ufl.TestFunction(space)
    bounds = fem.Function(space), fem.Function(space)
    with pytest.raises(InputError, match="a_snes_type"):
        NonlinearBlock((u - 1) * v * ufl.dx, u, [], "a_", BOUNDED, bounds=bounds)
