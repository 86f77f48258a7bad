"""What an operator maps to nothing, for algebraic multigrid."""

from __future__ import annotations

from typing import Any

import numpy as np
from dolfinx import la
from dolfinx.fem import FunctionSpace
from petsc4py import PETSc


def rigid_body_modes(space: FunctionSpace[Any]) -> Any:
    """Return the rigid body modes of a vector P1 space as a PETSc near null space."""
    mesh = space.mesh
    dim = mesh.geometry.dim
    points = space.tabulate_dof_coordinates()
    rotations = [(0, 1)] if dim == 2 else [(0, 1), (0, 2), (1, 2)]
    basis = [
        la.vector(space.dofmap.index_map, bs=space.dofmap.index_map_bs)
        for _ in range(dim + len(rotations))
    ]
    for axis in range(dim):
        basis[axis].array[axis::dim] = 1.0
    for mode, (i, j) in zip(basis[dim:], rotations, strict=True):
        mode.array[i::dim] = -points[:, j]
        mode.array[j::dim] = points[:, i]
    la.orthonormalize(basis)
    local = dim * space.dofmap.index_map.size_local
    petsc: Any = PETSc
    vectors = [
        petsc.Vec().createWithArray(np.array(x.array[:local]), bsize=dim, comm=mesh.comm)
        for x in basis
    ]
    return petsc.NullSpace().create(vectors=vectors, comm=mesh.comm)
