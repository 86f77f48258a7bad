"""What holds the solids that crack."""

from __future__ import annotations

from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, FunctionSpace

from lithode.core.domain import Domain
from lithode.solvers.fracture.model import Held
from lithode.solvers.numerics.gauges import boundary_dofs


def between_mirrors(domain: Domain) -> Held:
    """Return the conditions of a layer that is held at its far end, its sides mirrors."""

    def held(vectors: FunctionSpace[Any], _: Constant[Any]) -> list[DirichletBC[Any]]:
        across = vectors.sub(0)
        far = boundary_dofs(domain, vectors, "counter_electrode")
        sides = boundary_dofs(domain, across, "sides")
        return [
            fem.dirichletbc(np.zeros(2), far, vectors),
            fem.dirichletbc(Constant(domain.mesh, 0.0), sides, across),
        ]

    return held
