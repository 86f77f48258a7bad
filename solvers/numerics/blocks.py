"""Block solves: an unknown, its form, its conditions and PETSc options, with every reason checked.

PETSc options of a block live under its prefix; what the user gives on the command line
(``-phase_snes_rtol 1e-8``) goes before the preset.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, Literal

import ufl
from dolfinx.fem import DirichletBC, Function
from dolfinx.fem.petsc import (
    NonlinearProblem,
    assemble_jacobian,
    assemble_vector,
    assign,
    set_bc,
)
from petsc4py import PETSc

from lithode.core.errors import StepFailed
from lithode.solvers.numerics.assembly import (
    Assembly,
    VectorisedProblem,
    vectorised_if_possible,
)
from lithode.solvers.numerics.database import Options as Options
from lithode.solvers.numerics.database import drop_failed_factors, in_database, weakly
from lithode.solvers.numerics.forms import JIT_OPTIONS as JIT_OPTIONS
from lithode.solvers.numerics.forms import compiled as compiled
from lithode.solvers.numerics.linear import LinearBlock as LinearBlock
from lithode.solvers.numerics.packed import PackedCoefficients
from lithode.solvers.numerics.vectorised.errors import NotVectorised

# A kept Jacobian that reduces the residual by less than this factor is assembled anew.
SLOW_REDUCTION = 0.1

MUMPS: Options = {
    "ksp_type": "preonly",
    "pc_type": "lu",
    "pc_factor_mat_solver_type": "mumps",
}
# For smooth equations in time, whose guess is good.
NEWTON: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-14,
    # With D dt / h^2 above 1e5 round-off keeps the residual above its tolerance.
    "snes_stol": 1e-12,
    "snes_max_it": 14,
    "snes_divergence_tolerance": 1e6,
}
# For steady equations with Butler-Volmer kinetics, from any guess.
EXPONENTIAL_NEWTON: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-13,
    # Newton converges quadratically: after such a step only rounding errors are left.
    "snes_stol": 1e-9,
    # The bounded exponential lets an overshooting iterate come down by RT/F per iteration.
    "snes_max_it": 60,
    "snes_divergence_tolerance": 1e30,
}


class NonlinearBlock:
    """Unknowns that are solved together by PETSc SNES.

    Modified Newton: the first iteration takes the Jacobian of the solve before, the second
    assembles it, where the iterate is already good, and the others keep it as long as each
    reduces the residual tenfold.

    Args:
        residual: Form, or one form per unknown, that vanishes at the solution.
        unknown: Function, or functions, that hold the first guess and then the solution.
        bcs: Dirichlet conditions.
        prefix: PETSc options prefix, ending in ``_``.
        options: Preset of PETSc options.
        keeps_jacobian: Whether Newton is modified as said above; if not every iteration assembles
            the Jacobian, as strongly nonlinear equations need.
        matrix: PETSc matrix type of the Jacobian of one unknown; ``baij`` makes incomplete factors
            of a blocked one cheaper. None is ``aij``.
        assembly: ``vectorised`` assembles one unknown for several cells at a time.
    """

    def __init__(
        self,
        residual: Any,
        unknown: Function[Any] | Sequence[Function[Any]],
        bcs: Sequence[DirichletBC[Any]],
        prefix: str,
        options: Options,
        *,
        keeps_jacobian: bool = True,
        matrix: Literal["baij"] | None = None,
        assembly: Assembly = "dolfinx",
    ) -> None:
        self.prefix, self._options = prefix, options
        self._keeps_jacobian = keeps_jacobian
        jacobian = None
        if isinstance(unknown, Function):
            trial = ufl.TrialFunction(unknown.function_space)
            jacobian = ufl.derivative(residual, unknown, trial)
        self._problem = NonlinearProblem(
            residual,
            unknown,
            bcs=list(bcs),
            J=jacobian,
            petsc_options_prefix=prefix,
            kind=matrix if isinstance(unknown, Function) else "mpi",
            jit_options=JIT_OPTIONS,
        )
        self._bcs = list(bcs)
        self._has_jacobian = False
        self._last_norm = 0.0
        self.snes.setJacobian(weakly(self._jacobian), self._problem.A)
        self._coefficients: PackedCoefficients | None = None
        self._vectorised: VectorisedProblem | None = None
        if assembly == "vectorised":
            self._vectorised = self._vectorise(residual, jacobian)
        if isinstance(unknown, Function):
            if self._vectorised is None:
                self._coefficients = PackedCoefficients(residual, self._problem.F, unknown)
            self.snes.setFunction(weakly(self._residual), self._problem.b)
        with in_database(prefix, options):
            self.snes.setFromOptions()
        if not isinstance(unknown, Function):
            self._split(unknown)
        self._set_up = False

    def _vectorise(self, residual: Any, jacobian: Any) -> VectorisedProblem | None:
        problem: Any = self._problem

        def make() -> VectorisedProblem:
            if jacobian is None:
                raise NotVectorised("several unknowns")
            forms, options = (problem.J, problem.F), JIT_OPTIONS["cffi_extra_compile_args"]
            return VectorisedProblem(jacobian, residual, forms, problem.A, self._bcs, options)

        return vectorised_if_possible(self.prefix, make)

    def _split(self, unknowns: Sequence[Function[Any]]) -> None:
        """Tell a field split which rows are those of each unknown: a rank has them in turn."""
        start, splits = self._problem.A.getOwnershipRange()[0], []
        for k, unknown in enumerate(unknowns):
            layout = unknown.function_space.dofmap
            size = layout.index_map.size_local * layout.index_map_bs
            rows = PETSc.IS().createStride(size, start, 1, comm=self._problem.A.comm)
            splits.append((str(k), rows))
            start += size
        pc = self.snes.getKSP().getPC()
        if pc.getType() == PETSc.PC.Type.FIELDSPLIT:
            pc.setFieldSplitIS(*splits)

    def _residual(self, snes: Any, x: Any, b: Any) -> None:
        """Assemble the residual of one unknown.

        Nothing is lifted: the guess meets the conditions, and so do all iterates.
        """
        problem: Any = self._problem
        x.ghostUpdate(addv=PETSc.InsertMode.INSERT, mode=PETSc.ScatterMode.FORWARD)
        assign(x, problem.u)
        if self._vectorised is None:
            with b.localForm() as local:
                local.set(0.0)
            packed = None if self._coefficients is None else self._coefficients.current()
            assemble_vector(b, problem.F, coeffs=packed)
        else:
            self._vectorised.vector(b)
        b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        set_bc(b, self._bcs, x0=x, alpha=-1.0)

    def _jacobian(self, snes: Any, x: Any, matrix: Any, preconditioner: Any) -> None:
        iteration, norm = snes.getIterationNumber(), snes.getFunctionNorm()
        slow = iteration > 0 and norm > SLOW_REDUCTION * self._last_norm
        if not (self._keeps_jacobian and self._has_jacobian) or iteration == 1 or slow:
            problem: Any = self._problem
            if self._vectorised is None:
                assemble_jacobian(
                    snes, x, matrix, preconditioner, problem.u, problem.J, None, self._bcs
                )
            else:
                x.ghostUpdate(addv=PETSc.InsertMode.INSERT, mode=PETSc.ScatterMode.FORWARD)
                assign(x, problem.u)
                self._vectorised.matrix()
            self._has_jacobian = True
        self._last_norm = norm

    def refresh(self) -> None:
        """Forget the Jacobian, and its preconditioner with all that it was made of; collective."""
        preconditioner = self.snes.getKSP().getPC()
        # A split of fields loses the fields with what it was made of, and is made anew anyway.
        if preconditioner.getType() != PETSc.PC.Type.FIELDSPLIT:
            preconditioner.reset()
            self._set_up = False
        self._has_jacobian = False

    @property
    def snes(self) -> Any:
        """The PETSc SNES."""
        return self._problem.solver

    def solve(self) -> tuple[int, int]:
        """Solve in place.

        Returns:
            Nonlinear and linear iterations.

        Raises:
            StepFailed: SNES diverged, or the solution is not finite.
        """
        if isinstance(self._problem.u, Function):
            for condition in self._bcs:
                condition.set(self._problem.u.x.array)
        # Sub-solvers read their options at the first solve, not before.
        kept = nullcontext() if self._coefficients is None else self._coefficients.kept()
        with in_database(self.prefix, {} if self._set_up else self._options), kept:
            self._problem.solve()
        self._set_up = True
        reason = self.snes.getConvergedReason()
        nonlinear = self.snes.getIterationNumber()
        if reason <= 0:
            self._has_jacobian = False
            drop_failed_factors(self.snes.getKSP())
            raise StepFailed(
                f"{self.prefix}snes: reason {reason} after {nonlinear} iterations "
                f"(linear solver: {self.snes.getKSP().getConvergedReason()})"
            )
        return nonlinear, self.snes.getLinearSolveIterations()
