"""Vectors of linear forms, and the lifting of prescribed values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from dolfinx.fem import DirichletBC

from lithode.solvers.numerics.vectorised.kernels import Kernels, Numbers, address


class VectorAssembler:
    """Adds a linear form to a vector.

    Args:
        kernels: Of the form.
    """

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        (self._rows,) = kernels.dofs

    def add_to(self, vector: Numbers) -> None:
        """Add the form to the local part of a vector, ghosts included, shape (dofs,)."""
        kernels = self._kernels
        arguments = (address(self._rows), address(vector))
        each = [[argument] * len(kernels.groups) for argument in arguments]
        kept = [address(values) for values in kernels.kept]
        kernels.call("add_to_vector", kernels.groups, *each, kept)

    def keep(self) -> None:
        """Compute what does not depend on the functions that change."""
        self._kernels.keep()


class Lifting:
    """Subtracts what prescribed values of the unknown contribute to the right-hand side.

    Args:
        kernels: Of the bilinear form.
        bcs: Dirichlet conditions on the space of the trial function.
    """

    def __init__(self, kernels: Kernels, bcs: Sequence[DirichletBC[Any]]) -> None:
        self._kernels, self._bcs = kernels, on_space(kernels.spaces[1], bcs)
        self._rows, self._columns = kernels.dofs
        self._marked = marked_dofs(kernels.spaces[1], self._bcs)
        layout = kernels.spaces[1].dofmap
        nodes = self._marked.reshape(-1, layout.bs).any(axis=1)
        self._groups = kernels.restricted(nodes[self._columns].any(axis=1))
        self._values = np.zeros(len(self._marked))

    def apply_to(self, vector: Numbers) -> None:
        """Subtract from the local part of a vector, ghosts included, shape (dofs,)."""
        for condition in self._bcs:
            condition.set(self._values)
        arguments = [
            address(self._rows),
            address(self._columns),
            address(self._values),
            address(vector),
        ]
        each = [[argument] * len(self._groups) for argument in arguments]
        self._kernels.call("lift", self._groups, *each)


def marked_dofs(space: Any, bcs: Sequence[DirichletBC[Any]]) -> Any:
    """Return which dofs of this rank, ghosts included, are prescribed; shape (dofs,)."""
    layout = space.dofmap
    sizes = layout.index_map.size_local + layout.index_map.num_ghosts
    marked = np.zeros(sizes * layout.index_map_bs, dtype=bool)
    for condition in on_space(space, bcs):
        found: Any = condition
        marked[found.dof_indices()[0]] = True
    return marked


def on_space(space: Any, bcs: Sequence[DirichletBC[Any]]) -> list[DirichletBC[Any]]:
    """Return the conditions on a space or on parts of it."""
    space = getattr(space, "_cpp_object", space)
    spaces: list[Any] = [condition._cpp_object.function_space for condition in bcs]
    return [bc for bc, part in zip(bcs, spaces, strict=True) if space.contains(part)]
