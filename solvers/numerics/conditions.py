"""Dirichlet conditions that several models share."""

from __future__ import annotations

from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import DirichletBC, FunctionSpace

from lithode.core.domain import Domain
from lithode.solvers.numerics.gauges import boundary_dofs, roller_dofs


def between_plates(
    domain: Domain, displacement: FunctionSpace[Any], stack_gives: bool = False
) -> list[DirichletBC[Any]]:
    """Return u = 0 at electrode and counter electrode, and rollers at the sides.

    A stack that gives lets the counter electrode move along the last axis alone.

    Args:
        domain: Mesh with the boundaries electrode, counter_electrode and sides.
        displacement: Vector space.
        stack_gives: Whether the counter electrode may move along the last axis.
    """
    dim = domain.mesh.geometry.dim

    def along(boundary: str, axis: int) -> DirichletBC[Any]:
        space = displacement.sub(axis)
        return fem.dirichletbc(0.0, boundary_dofs(domain, space, boundary), space)

    held = ("electrode",) if stack_gives else ("electrode", "counter_electrode")
    plates = [
        fem.dirichletbc(np.zeros(dim), boundary_dofs(domain, displacement, name), displacement)
        for name in held
    ]
    if stack_gives:
        plates += [along("counter_electrode", axis) for axis in range(dim - 1)]
    rollers = [
        fem.dirichletbc(
            0.0, roller_dofs(domain, displacement, "sides", axis), displacement.sub(axis)
        )
        for axis in range(dim - 1)
    ]
    return [*plates, *rollers]
