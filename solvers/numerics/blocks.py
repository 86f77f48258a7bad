"""Block solves: an unknown, its form, its conditions and PETSc options, with every reason checked.

PETSc options of a block live under its prefix; what the user gives on the command line
(``-phase_snes_rtol 1e-8``) goes before the preset.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Literal

from dolfinx.fem import DirichletBC, Function
from dolfinx.fem.forms import derivative_block
from dolfinx.fem.petsc import NonlinearProblem, assign, set_bc
from petsc4py import PETSc

from lithode.core.errors import InputError, StepFailed
from lithode.solvers.numerics.assembly import System, assembler
from lithode.solvers.numerics.database import Options as Options
from lithode.solvers.numerics.database import drop_failed_factors, in_database, weakly
from lithode.solvers.numerics.forms import JIT_OPTIONS as JIT_OPTIONS
from lithode.solvers.numerics.forms import compiled as compiled
from lithode.solvers.numerics.inexact import Inexact
from lithode.solvers.numerics.linear import LinearBlock as LinearBlock
from lithode.solvers.numerics.presets import Assembly
from lithode.solvers.numerics.vectorised.vectors import on_space

logger = logging.getLogger(__name__)

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
        assembly: ``vectorised`` assembles for several cells at a time, ``dolfinx`` one by one.
        inexact: Ends Newton early and keeps the Jacobian from solve to solve; what fails is
            solved again with care. None ends at the tolerances of SNES.
        bounds: Least and largest values of one unknown, in its space; their present values hold at
            each solve. None leaves it free. Wants a SNES for variational inequalities.

    Raises:
        InputError: There are bounds, and the SNES that was asked for does not know them.
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
        assembly: Assembly = "vectorised",
        inexact: Inexact | None = None,
        bounds: tuple[Function[Any], Function[Any]] | None = None,
    ) -> None:
        self.prefix, self._options = prefix, options
        self._keeps_jacobian, self._inexact = keeps_jacobian, inexact
        jacobian: Any = derivative_block(residual, unknown)
        alone = isinstance(unknown, Function)
        problem: Any = NonlinearProblem(
            compiled(residual),
            unknown,
            bcs=list(bcs),
            J=compiled(jacobian),
            petsc_options_prefix=prefix,
            kind=matrix if alone else "mpi",
        )
        self._problem = problem
        self._system = System(
            [residual] if alone else residual,
            [[jacobian]] if alone else jacobian,
            [problem.F] if alone else problem.F,
            [[problem.J]] if alone else problem.J,
            [unknown] if isinstance(unknown, Function) else unknown,
            list(bcs),
            iterates=True,
        )
        self._assembler = assembler(assembly, prefix, self._system, problem.A)
        # Of several unknowns; PETSc's own vectors do not know it.
        self._layout = problem.b.getAttr("_blocks")
        self._has_jacobian = False
        self._last_norm = 0.0
        self.snes.setJacobian(weakly(self._jacobian), problem.A)
        self.snes.setFunction(weakly(self._residual), problem.b)
        with in_database(prefix, options):
            self.snes.setFromOptions()
        if inexact is not None:
            self.snes.setConvergenceTest(inexact.test)
        if not isinstance(unknown, Function):
            self._split(unknown)
        if bounds is not None:
            self._bound(*bounds)
        self._set_up = False

    def _bound(self, lower: Function[Any], upper: Function[Any]) -> None:
        """Hold the unknown between two functions, whose vectors PETSc reads at each solve."""
        if not self.snes.getType().startswith("vi"):
            raise InputError(
                f"{self.prefix}snes_type", self.snes.getType(), "vinewtonrsls or vinewtonssls"
            )
        self._bounds = lower, upper
        self.snes.setVariableBounds(lower.x.petsc_vec, upper.x.petsc_vec)

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
        """Assemble the residual.

        Nothing is lifted: the guess meets the conditions, and so do all iterates.
        """
        self._take(x)
        bcs: Any = self._system.bcs
        if self._layout is not None:
            for vector in (x, b):
                vector.setAttr("_blocks", self._layout)
            bcs = [on_space(space, bcs) for space in self._system.spaces]
        self._assembler.vector(b)
        b.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        set_bc(b, bcs, x0=x, alpha=-1.0)

    def _take(self, x: Any) -> None:
        """Give the unknowns the values of an iterate."""
        x.ghostUpdate(addv=PETSc.InsertMode.INSERT, mode=PETSc.ScatterMode.FORWARD)
        assign(x, self._problem.u)

    def _jacobian(self, snes: Any, x: Any, matrix: Any, preconditioner: Any) -> None:
        iteration, norm = snes.getIterationNumber(), snes.getFunctionNorm()
        if self._is_old(iteration, norm):
            self._take(x)
            self._assembler.matrix()
            self._has_jacobian = True
        self._last_norm = norm

    def _is_old(self, iteration: int, norm: float) -> bool:
        inexact = self._inexact
        if not (self._keeps_jacobian and self._has_jacobian):
            return True
        if inexact is None:
            return iteration == 1 or (iteration > 1 and norm > SLOW_REDUCTION * self._last_norm)
        slow = iteration > 0 and norm > inexact.renewal * self._last_norm
        return inexact.suspended or slow

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
        if self._inexact is None:
            return self._solve()
        unknowns = self._system.unknowns
        guess = [unknown.x.array.copy() for unknown in unknowns]
        try:
            return self._solve()
        except StepFailed as failure:
            logger.info("%s; once more with care", str(failure))
        for unknown, values in zip(unknowns, guess, strict=True):
            unknown.x.array[:] = values
        spent = self.snes.getIterationNumber(), self.snes.getLinearSolveIterations()
        with self._inexact.careful(self.snes):
            nonlinear, linear = self._solve()
        return nonlinear + spent[0], linear + spent[1]

    def _solve(self) -> tuple[int, int]:
        for unknown in self._system.unknowns:
            for condition in on_space(unknown.function_space, self._system.bcs):
                condition.set(unknown.x.array)
        # Sub-solvers read their options at the first solve, not before.
        preset = {} if self._set_up else self._options
        with in_database(self.prefix, preset), self._assembler.kept():
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
