"""Gradients beside those of dolfinx-adjoint, where that is installed.

``pip install --target DIR --no-deps dolfinx-adjoint pyadjoint-ad checkpoint-schedules
fenicsx-compat``, then with DIR on sys.path; 0.4.0 was tried.
"""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI

from lithode.solvers.numerics.adjoint import Adjoint

reference = pytest.importorskip("dolfinx_adjoint")
pyadjoint = pytest.importorskip("pyadjoint")


def test_the_gradient_of_a_nonlinear_problem_is_the_same():
    square = mesh.create_unit_square(MPI.COMM_SELF, 8, 8)
    space = fem.functionspace(square, ("P", 1))
    conductivity = reference.Function(space, name="conductivity")
    conductivity.interpolate(lambda x: np.exp(-x[0] - 0.5 * x[1]))
    state = reference.Function(space, name="state")
    test = ufl.TestFunction(space)
    residual = (
        conductivity * ufl.inner(ufl.grad(state), ufl.grad(test)) + (ufl.sinh(state) - 1) * test
    ) * ufl.dx
    at_left = fem.locate_dofs_geometrical(space, lambda x: np.isclose(x[0], 0))
    bcs = [fem.dirichletbc(0.0, at_left, space)]
    # A goal that depends on the conductivity by itself too.
    goal = (state**2 + conductivity * ufl.inner(ufl.grad(state), ufl.grad(state))) * ufl.dx

    direct = {"ksp_type": "preonly", "pc_type": "lu"}
    pyadjoint.continue_annotation()
    try:
        problem = reference.NonlinearProblem(
            residual,
            state,
            bcs=bcs,
            petsc_options={**direct, "snes_rtol": 1e-13, "snes_stol": 0.0},
            adjoint_petsc_options=direct,
            petsc_options_prefix="reference_",
        )
        problem.solve()
        value = reference.assemble_scalar(goal)
    finally:
        pyadjoint.pause_annotation()
    expected = pyadjoint.ReducedFunctional(value, pyadjoint.Control(conductivity)).derivative()

    adjoint = Adjoint(residual, state, bcs, goal)
    adjoint.solve()
    assert adjoint.value() == pytest.approx(float(value), rel=1e-12)
    found = adjoint.gradient(conductivity).x.array
    assert np.abs(found).max() > 1e-3
    assert found == pytest.approx(expected.x.array, rel=1e-6, abs=1e-9 * np.abs(found).max())
