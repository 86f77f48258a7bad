"""Linear block solves; see ``lithode.solvers.numerics.blocks``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Literal

import ufl
from dolfinx.fem import DirichletBC, Function
from dolfinx.fem.petsc import create_matrix, create_vector, set_bc
from petsc4py import PETSc

from lithode.core.errors import StepFailed
from lithode.solvers.numerics.assembly import System, assembler
from lithode.solvers.numerics.database import Options, drop_failed_factors, in_database
from lithode.solvers.numerics.forms import compiled
from lithode.solvers.numerics.presets import Assembly

logger = logging.getLogger(__name__)


class LinearBlock:
    """A linear unknown whose matrix changes slowly: the preconditioner is kept while it serves.

    Args:
        equation: Form in a trial and a test function that vanishes at the solution.
        unknown: Function that holds the first guess and then the solution.
        bcs: Dirichlet conditions.
        prefix: PETSc options prefix, ending in ``_``.
        options: Preset of PETSc options.
        near_nullspace: Near null space for algebraic multigrid.
        keep: Largest number of solves that one preconditioner serves.
        worth: Iterations that a new preconditioner costs: one is made once the kept one has taken
            as many more than when it was new. None makes one when a solve takes twice as many.
        fallback: Preset that takes over for one solve when the other fails, also when new.
        matrix: PETSc matrix type; a blocked unknown is assembled into ``baij`` in half the time.
            Algebraic multigrid cannot read that: its preconditioner is made of an ``aij`` copy.
        assembly: ``vectorised`` assembles for several cells at a time, ``dolfinx`` one by one.
    """

    def __init__(
        self,
        equation: Any,
        unknown: Function[Any],
        bcs: Sequence[DirichletBC[Any]],
        prefix: str,
        options: Options,
        near_nullspace: Any = None,
        keep: int = 1,
        worth: int | None = None,
        fallback: Options | None = None,
        matrix: Literal["baij"] | None = None,
        assembly: Assembly = "vectorised",
    ) -> None:
        self.prefix, self._options, self._preset = prefix, options, options
        self._unknown, self._bcs = unknown, list(bcs)
        left, right = ufl.lhs(equation), ufl.rhs(equation)
        bilinear, linear = compiled(left), compiled(right)
        self._matrix: Any = create_matrix(bilinear, matrix)
        system = System([right], [[left]], [linear], [[bilinear]], [unknown], self._bcs)
        self._assembler = assembler(assembly, prefix, system, self._matrix)
        self._rhs: Any = create_vector(unknown.function_space)
        self._solution: Any = create_vector(unknown.function_space)
        # A copy is allocated with the first preconditioner.
        self._preconditioning_matrix: Any = self._matrix if matrix is None else PETSc.Mat()
        self._near_nullspace = near_nullspace
        self._most = self._keep = self._age = keep
        self._worth, self._fallback = worth, fallback
        self.ksp: Any = self._new_solver()
        self._fresh_iterations = self._excess = 0

    def solve(self, *, same_matrix: bool = False) -> int:
        """Solve in place and return the Krylov iterations.

        Args:
            same_matrix: Nothing that the matrix depends on has changed since the last solve, so
                that its factors serve again.

        Raises:
            StepFailed: The linear solver diverged, also with a new preconditioner.
        """
        self._assemble(same_matrix=same_matrix)
        worn = self._age >= self._keep and not same_matrix
        iterations, reason = self._solve_with(new_preconditioner=worn)
        if reason <= 0 and not worn:
            more, reason = self._solve_with(new_preconditioner=True)
            iterations += more
        if reason <= 0 and self._fallback is not None:
            logger.info("%sksp: reason %d; once more by the fallback", self.prefix, reason)
            self._renew_solver(self._fallback)
            more, reason = self._solve_with(new_preconditioner=True)
            iterations += more
            self._renew_solver(self._options)
        if reason <= 0:
            drop_failed_factors(self.ksp)
            self._age = self._keep
            raise StepFailed(f"{self.prefix}ksp: reason {reason} after {iterations} iterations")
        if self._is_worn(iterations):
            self._age = self._keep
        self._solution.ghostUpdate(addv=PETSc.InsertMode.INSERT, mode=PETSc.ScatterMode.FORWARD)
        with self._solution.localForm() as local:
            self._unknown.x.array[:] = local.array
        return iterations

    def _is_worn(self, iterations: int) -> bool:
        if self._worth is None:
            return iterations > 2 * self._fresh_iterations + 5
        self._excess += max(0, iterations - self._fresh_iterations)
        return self._excess >= self._worth

    def renew(self) -> None:
        """Make the next solve take a new preconditioner."""
        self._age = self._keep

    def refresh(self) -> None:
        """Forget the solver with all that its preconditioner was made of; collective."""
        self._renew_solver(self._options)

    def _renew_solver(self, preset: Options) -> None:
        self.ksp.destroy()
        self._preset = preset
        self.ksp = self._new_solver()
        self._fresh_iterations = 0

    def _new_solver(self) -> Any:
        ksp: Any = PETSc.KSP().create(self._unknown.function_space.mesh.comm)
        ksp.setOptionsPrefix(self.prefix)
        with in_database(self.prefix, self._preset):
            ksp.setFromOptions()
        # A lone factorisation is exact only for the matrix that it was made of.
        iterates = ksp.getType() != PETSc.KSP.Type.PREONLY
        ksp.setInitialGuessNonzero(iterates)
        self._keep = self._most if iterates else 1
        self._age = self._keep
        return ksp

    def _assemble(self, *, same_matrix: bool) -> None:
        if not same_matrix:
            self._assembler.matrix()
        self._assembler.vector(self._rhs, lifted=True)
        self._rhs.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
        set_bc(self._rhs, self._bcs)

    def _renew_preconditioning_matrix(self) -> None:
        """Give the preconditioner the present matrix."""
        if self._preconditioning_matrix is not self._matrix:
            self._matrix.convert("aij", self._preconditioning_matrix)
        if self._near_nullspace is not None:
            self._preconditioning_matrix.setNearNullSpace(self._near_nullspace)
        self.ksp.setOperators(self._matrix, self._preconditioning_matrix)

    def _solve_with(self, *, new_preconditioner: bool) -> tuple[int, int]:
        self.ksp.getPC().setReusePreconditioner(not new_preconditioner)
        if new_preconditioner:
            self._renew_preconditioning_matrix()
        with self._solution.localForm() as local:
            local.array[:] = self._unknown.x.array
        with in_database(self.prefix, self._preset if new_preconditioner else {}):
            self.ksp.solve(self._rhs, self._solution)
        iterations = self.ksp.getIterationNumber()
        self._age = 1 if new_preconditioner else self._age + 1
        if new_preconditioner:
            self._fresh_iterations, self._excess = iterations, 0
        return iterations, self.ksp.getConvergedReason()
