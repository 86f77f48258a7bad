"""Dirichlet conditions that several models share."""

from __future__ import annotations

from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import DirichletBC, FunctionSpace

from lithode.core.domain import Domain
from lithode.solvers.numerics.gauges import boundary_dofs, roller_dofs


def between_plates(domain: Domain, displacement: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
    """Return u = 0 at electrode and counter electrode, and rollers at the sides.

    Args:
        domain: Mesh with the boundaries electrode, counter_electrode and sides.
        displacement: Vector space.
    """
    dim = domain.mesh.geometry.dim
    plates = [
        fem.dirichletbc(np.zeros(dim), boundary_dofs(domain, displacement, name), displacement)
        for name in ("electrode", "counter_electrode")
    ]
    rollers = [
        fem.dirichletbc(
            0.0, roller_dofs(domain, displacement, "sides", axis), displacement.sub(axis)
        )
        for axis in range(dim - 1)
    ]
    return [*plates, *rollers]
