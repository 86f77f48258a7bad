"""Block solves: options, kept factorisations, and what happens when a solver diverges."""

from __future__ import annotations

import itertools
import weakref

import numpy as np
import pytest
import ufl
from dolfinx import fem

from lithode.core.errors import StepFailed
from lithode.meshes.structured import structured
from lithode.solvers.numerics.blocks import MUMPS, LinearBlock
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.nullspace import rigid_body_modes
from lithode.solvers.physics import elasticity
from lithode.theory.elasticity import Kinematics, Stiffness
from tests.solvers.problems import NEWTON, Poisson, nonlinear

pytestmark = pytest.mark.mpi

# Richardson converges in one step with the factorisation of its own matrix and only with that.
LONE = {"ksp_type": "richardson", "ksp_max_it": 3, "pc_type": "lu", "ksp_rtol": 1e-10}
LONE |= {"pc_factor_mat_solver_type": "mumps"}


def test_what_the_user_sets_goes_before_the_preset(comm, options):
    options["a_ksp_type"] = "gmres"
    options["b_snes_max_it"] = 3
    linear = Poisson(comm, prefix="a_", options=MUMPS)
    newton, _, _ = nonlinear(comm, "b_", {**NEWTON, **MUMPS, "snes_max_it": 17})
    linear.solve()
    newton.solve()
    assert linear.block.ksp.getType() == "gmres"
    assert linear.block.ksp.getPC().getType() == "lu"
    assert newton.snes.getTolerances()[3] == 3
    left = {name: value for name, value in options.getAll().items() if name[:2] in ("a_", "b_")}
    assert left == {"a_ksp_type": "gmres", "b_snes_max_it": "3"}
    assert options.used("a_ksp_type")
    assert options.used("b_snes_max_it")


def test_presets_leave_no_options_behind(comm, options):
    before = options.getAll()
    linear = Poisson(comm, prefix="a_", options=MUMPS)
    newton, u, _ = nonlinear(comm, "b_", {**NEWTON, **MUMPS})
    assert options.getAll() == before
    linear.solve()
    u.x.array[:] = 1.0
    newton.solve()
    assert options.getAll() == before
    failing = Poisson(comm, prefix="a_", options={**LONE, "pc_type": "none", "ksp_max_it": 1})
    with pytest.raises(StepFailed):
        failing.solve()
    assert options.getAll() == before


def test_options_of_inner_solvers_arrive(comm, options):
    preset = {"ksp_type": "gmres", "pc_type": "ksp", "ksp_ksp_type": "cg", "ksp_pc_type": "jacobi"}
    linear = Poisson(comm, prefix="a_", options=preset)
    linear.solve()
    assert linear.is_solved()
    inner = linear.block.ksp.getPC().getKSP()
    assert (inner.getType(), inner.getPC().getType()) == ("cg", "jacobi")


def test_blocks_of_one_prefix_do_not_disturb_each_other(comm, options):
    """Two models in one process have the same prefixes."""
    direct = Poisson(comm, prefix="a_", options=MUMPS)
    krylov = Poisson(comm, prefix="a_", options={"ksp_type": "cg", "ksp_rtol": 1e-12})
    for k in (1.0, 3.0):
        for model in (direct, krylov):
            model.solve(k)
            assert model.is_solved()
    assert direct.block.ksp.getType() == "preonly"
    assert krylov.block.ksp.getType() == "cg"
    newtons = [nonlinear(comm, "a_", {**NEWTON, **MUMPS, "snes_max_it": n}) for n in (20, 30)]
    for block, u, _ in newtons:
        u.x.array[:] = 2.0
        block.solve()
        assert abs(u.x.array).max() < 1e-10
    assert [block.snes.getTolerances()[3] for block, _, _ in newtons] == [20, 30]


def test_a_kept_factorisation_is_never_the_solve(comm):
    """With ``preonly`` the factorisation must be that of the present matrix."""
    model = Poisson(comm, prefix="a_", options=MUMPS, keep=8)
    for k in (1.0, 1.5, 2.0, 40.0):
        model.solve(k)
        assert model.is_solved()


def test_a_kept_preconditioner_is_used_and_made_anew(comm):
    options = {**LONE, "ksp_type": "cg", "ksp_max_it": 100}
    kept = Poisson(comm, prefix="a_", options=options, keep=3)
    iterations = [kept.solve(k) for k in (1.0, 1.5, 2.0, 2.5, 3.0)]
    assert kept.is_solved()
    # Exact for its own matrix, so one iteration tells that it is new.
    assert [count > 1 for count in iterations] == [False, True, True, False, True]


def test_a_worn_preconditioner_is_replaced_once(comm):
    model = Poisson(comm, prefix="a_", options=LONE, keep=8)
    model.solve(1.0)
    iterations = model.solve(50.0)  # diverges with the old factorisation
    assert model.is_solved()
    assert iterations == LONE["ksp_max_it"] + 1
    assert model.solve(50.0) <= 1


def test_a_diverged_linear_solver_fails_the_step(comm):
    model = Poisson(comm, prefix="a_", options={"ksp_type": "cg", "pc_type": "none"}, keep=8)
    model.solve(1.0)
    before = model.solution.x.array.copy()
    model.block.ksp.setTolerances(max_it=1)
    with pytest.raises(StepFailed, match="a_ksp: reason -3 after 2 iterations"):
        model.solve(9.0)
    np.testing.assert_array_equal(model.solution.x.array, before)
    model.block.ksp.setTolerances(max_it=500)
    model.solve(9.0)
    assert model.is_solved()


def test_a_matrix_that_is_not_finite_fails_the_step(comm):
    krylov = {"ksp_type": "cg", "pc_type": "jacobi", "ksp_rtol": 1e-12}
    for options in (MUMPS, krylov):
        model = Poisson(comm, prefix="a_", options=options)
        model.solve(1.0)
        before = model.solution.x.array.copy()
        with pytest.raises(StepFailed):
            model.solve(np.nan)
        np.testing.assert_array_equal(model.solution.x.array, before)
        model.solve(2.0)
        assert model.is_solved()


def test_a_blocked_matrix_is_solved_as_any_other(comm):
    """With a multigrid made of its copy, which is kept while the matrix changes."""
    domain = structured(comm, (3.0, 1.0, 1.0), (8, 3, 3))
    space = fem.functionspace(domain.mesh, ("P", 1, (3,)))
    k = fem.Constant(domain.mesh, 1.0)
    bcs = [fem.dirichletbc(np.zeros(3), boundary_dofs(domain, space, "electrode"), space)]
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    stiffness = 1 + k * ufl.SpatialCoordinate(domain.mesh)[0]
    sigma = stiffness * elasticity.stress(u, 0.0, Stiffness(2.0, 1.0), Kinematics.SOLID)
    equation = ufl.inner(sigma, elasticity.strain(v)) * ufl.dx(degree=1) - v[1] * ufl.dx
    multigrid = {"ksp_type": "cg", "pc_type": "gamg", "ksp_rtol": 1e-11}
    solutions = fem.Function(space), fem.Function(space)
    direct = LinearBlock(equation, solutions[0], bcs, "a_", MUMPS)
    blocked = LinearBlock(
        equation, solutions[1], bcs, "b_", multigrid,
        near_nullspace=rigid_body_modes(space), keep=2, matrix="baij",
    )  # fmt: skip
    iterations = []
    for value in (0.0, 1.0, 1.0, 3.0):
        k.value = np.asarray(value)
        direct.solve()
        iterations.append(blocked.solve())
        found, expected = (solution.x.array for solution in solutions)
        np.testing.assert_allclose(found, expected, atol=1e-8 * abs(expected).max())
    assert max(iterations) < 25


@pytest.mark.usefixtures("no_collection")
def test_a_block_ends_with_its_last_reference(comm):
    """Left to the garbage collection, ranks would destroy it at different times and hang."""
    block, u, _ = nonlinear(comm, "a_", {**NEWTON, **MUMPS})
    u.x.array[:] = 1.0
    block.solve()
    problem = weakref.ref(block._problem)
    del block
    assert problem() is None


@pytest.mark.parametrize("dim", [2, 3])
def test_rigid_body_modes_cost_no_energy(comm, dim):
    sizes, cells = ((4.0, 2.0, 3.0)[:dim], (4, 3, 2)[:dim])
    mesh = structured(comm, sizes, cells).mesh
    space = fem.functionspace(mesh, ("P", 1, (dim,)))
    modes = rigid_body_modes(space).getVecs()
    assert len(modes) == {2: 3, 3: 6}[dim]
    kind = Kinematics.PLANE_STRAIN if dim == 2 else Kinematics.SOLID
    u = fem.Function(space)
    sigma = elasticity.stress(u, 0.0, Stiffness(2.0, 1.0), kind)
    energy = fem.form(ufl.inner(sigma, elasticity.strain(u)) * ufl.dx)
    for i, mode in enumerate(modes):
        overlaps = [mode.dot(other) for other in modes]
        np.testing.assert_allclose(overlaps, np.eye(len(modes))[i], atol=1e-13)
        values = mode.getArray(readonly=True)
        u.x.array[: len(values)] = values
        u.x.scatter_forward()
        assert comm.allreduce(fem.assemble_scalar(energy)) == pytest.approx(0, abs=1e-13)


WEAK = {"ksp_type": "cg", "pc_type": "none", "ksp_max_it": 2, "ksp_rtol": 1e-12}


def test_a_fallback_takes_over_for_one_solve(comm):
    problem = Poisson(comm, prefix="a_", options=WEAK, fallback=MUMPS, keep=4)
    for k in (1.0, 2.0):
        problem.solve(k)
        assert problem.is_solved()
        assert problem.block.ksp.getType() == "cg"
    alone = Poisson(comm, prefix="b_", options=WEAK, keep=4)
    with pytest.raises(StepFailed):
        alone.solve()


def test_a_fallback_that_fails_leaves_the_first_preset(comm):
    worse = {**WEAK, "ksp_type": "gmres", "ksp_max_it": 1}
    problem = Poisson(comm, prefix="a_", options=WEAK, fallback=worse)
    with pytest.raises(StepFailed):
        problem.solve()
    assert problem.block.ksp.getType() == "cg"


@pytest.mark.parametrize(("worth", "most", "renewed"), [(9, 40, 2), (900, 40, 1), (900, 5, 4)])
def test_a_preconditioner_is_kept_while_it_serves(comm, monkeypatch, worth, most, renewed):
    """It is made anew once its age has cost as many iterations as a new one is worth."""
    exact = {"ksp_type": "gmres", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}
    problem = Poisson(comm, prefix="a_", options=exact, worth=worth, keep=most)
    made: list[int] = []
    counts: list[int] = []
    renew = problem.block._renew_preconditioning_matrix
    monkeypatch.setattr(
        problem.block, "_renew_preconditioning_matrix", lambda: (made.append(len(counts)), renew())
    )
    for k in np.linspace(1.0, 20.0, 16):
        problem.solution.x.array[:] = 0.0
        counts.append(problem.solve(k))
    assert len(made) == renewed
    assert made[:1] == [0]
    for start, end in itertools.pairwise(made):
        extra = sum(counts[start:end]) - (end - start) * counts[start]
        assert extra >= worth or end - start == most
