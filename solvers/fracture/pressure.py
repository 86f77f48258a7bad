"""The pressure that a state in equilibrium has in its crack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem, la
from dolfinx.fem import DirichletBC, Function
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.numerics.blocks import compiled


class PressureGauge:
    """Reads the pressure from the displacement, so that no state but the fields is needed.

    In equilibrium the nodal forces of the solid are p times those of a unit pressure; p is the
    best such factor over the nodes that are free.

    Args:
        elastic: Elastic energy.
        opening: Volume of the crack.
        displacement: Of the solid.
        conditions: Dirichlet conditions of the displacement.
    """

    def __init__(
        self,
        elastic: Any,
        opening: Any,
        displacement: Function[Any],
        conditions: Sequence[DirichletBC[Any]],
    ) -> None:
        space = displacement.function_space
        test = ufl.TestFunction(space)
        self._forms = [
            compiled(ufl.derivative(energy, displacement, test)) for energy in (elastic, opening)
        ]
        self._comm = lasting(space.mesh.comm)
        self._layout = space.dofmap.index_map, space.dofmap.index_map_bs
        free = np.ones(self._layout[0].size_local * self._layout[1], dtype=bool)
        for condition in conditions:
            dofs, owned = condition.dof_indices()
            free[dofs[:owned]] = False
        self._free = free

    def __call__(self) -> float:
        """Return the pressure in MPa, 0 without a crack; collective."""
        forces = []
        for form in self._forms:
            vector = la.vector(*self._layout)
            fem.assemble_vector(vector.array, form)
            vector.scatter_reverse(la.InsertMode.add)
            forces.append(vector.array[: len(self._free)][self._free])
        solid, unit = forces
        products = np.array([solid @ unit, unit @ unit])
        self._comm.Allreduce(MPI.IN_PLACE, products, op=MPI.SUM)
        return float(products[0] / products[1]) if products[1] > 0 else 0.0
