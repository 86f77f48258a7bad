"""Derivatives of a number that a steady state gives, with respect to fields, by its adjoint.

For a state u(m) with F(u, m) = 0 and a number J(u, m), one linear solve with the transposed
Jacobian, F_u^T lambda = J_u, gives all derivatives at once: dJ/dm = J_m - lambda^T F_m.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx.fem import DirichletBC, Function
from dolfinx.fem.petsc import assemble_matrix, assemble_vector, set_bc
from mpi4py import MPI
from petsc4py import PETSc

from lithode.core.errors import SolverError
from lithode.core.parallel import lasting
from lithode.solvers.numerics.forms import compiled
from lithode.solvers.numerics.gauges import integral

Array = npt.NDArray[np.float64]


class Adjoint:
    """A number J of a steady state, and its derivatives with respect to fields.

    Args:
        residual: F, a form with a test function, which vanishes at the state.
        state: The state u, which whoever owns it solves for.
        bcs: Dirichlet conditions of the state, which depend on no field that is asked for.
        functional: J, a form without test functions.
    """

    def __init__(
        self, residual: Any, state: Function[Any], bcs: Sequence[DirichletBC[Any]], functional: Any
    ) -> None:
        self._state, self._bcs = state, list(bcs)
        self._multiplier = Function(state.function_space, name="adjoint")
        (test,) = residual.arguments()
        self._lagrangian = functional - ufl.replace(residual, {test: self._multiplier})
        self._value = compiled(functional)
        self._transposed = compiled(ufl.adjoint(ufl.derivative(residual, state)))
        self._source = compiled(ufl.derivative(functional, state))
        self._derivatives: dict[Function[Any], Any] = {}
        self._solver = PETSc.KSP().create(state.function_space.mesh.comm)
        self._solver.setType(PETSc.KSP.Type.PREONLY)
        self._solver.getPC().setType(PETSc.PC.Type.LU)
        self._solver.getPC().setFactorSolverType(PETSc.Mat.SolverType.MUMPS)

    def value(self) -> float:
        """Return J at the present state; collective."""
        return integral(self._value)

    def solve(self) -> None:
        """Solve for the adjoint at the present state; collective.

        Raises:
            SolverError: The Jacobian is singular.
        """
        matrix = assemble_matrix(self._transposed, bcs=self._bcs)
        matrix.assemble()
        source = assemble_vector(self._source)
        _add_ghosts(source)
        set_bc(source, self._bcs, alpha=0.0)
        self._solver.setOperators(matrix)
        unknown = self._multiplier.x.petsc_vec
        self._solver.solve(source, unknown)
        self._multiplier.x.scatter_forward()
        source.destroy()
        matrix.destroy()
        if not np.isfinite(self._multiplier.x.array).all():
            raise SolverError("the adjoint cannot be solved for")

    def gradient(self, control: Function[Any]) -> Function[Any]:
        """Return dJ/dm for each degree of freedom of a field; collective, after ``solve``.

        Args:
            control: A field m in the residual or in the functional.
        """
        if control not in self._derivatives:
            self._derivatives[control] = compiled(ufl.derivative(self._lagrangian, control))
        found = assemble_vector(self._derivatives[control])
        _add_ghosts(found)
        out = Function(control.function_space, name=f"derivative by {control.name}")
        owned = out.function_space.dofmap.index_map.size_local * out.function_space.dofmap.bs
        out.x.array[:owned] = found.array_r
        out.x.scatter_forward()
        found.destroy()
        return out


def along(gradient: Function[Any], direction: Function[Any]) -> float:
    """Return the derivative in a direction, of a gradient by degrees of freedom; collective."""
    dofmap = gradient.function_space.dofmap
    owned = dofmap.index_map.size_local * dofmap.bs
    here = float(np.dot(gradient.x.array[:owned], direction.x.array[:owned]))
    comm = lasting(gradient.function_space.mesh.comm)
    return float(comm.allreduce(here, op=MPI.SUM))


def _add_ghosts(vector: Any) -> None:
    vector.ghostUpdate(PETSc.InsertMode.ADD, PETSc.ScatterMode.REVERSE)
