"""The displacement and the stress of lithium at rest, once its shape is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ufl
from dolfinx.fem import DirichletBC, Function

from lithode.solvers.electrodeposition import options
from lithode.solvers.electrodeposition.equations import Equations
from lithode.solvers.electrodeposition.parameters import Numerics, Solver
from lithode.solvers.numerics.assembly import LinearForm
from lithode.solvers.numerics.blocks import LinearBlock
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.nullspace import rigid_body_modes


class Mechanics:
    """Solves for the displacement, and averages the hydrostatic stress at the nodes.

    Args:
        equations: Residuals.
        xi: Order parameter.
        displacement: In um, to be solved for.
        stress: Nodal hydrostatic stress in MPa, to be found.
        conditions: Dirichlet conditions of the displacement.
        weights: Nodal weights of the stress.
        solver: Preset of linear solvers.
        numerics: Whether there is any mechanics, and how it is assembled.
    """

    def __init__(
        self,
        equations: Equations,
        xi: Any,
        displacement: Function[Any],
        stress: Function[Any],
        conditions: Sequence[DirichletBC[Any]],
        weights: NodalWeights,
        solver: Solver,
        numerics: Numerics,
    ) -> None:
        self._is_wanted, self._weights, self._stress = numerics.mechanics, weights, stress
        vectors, balanced = displacement.function_space, numerics.is_balanced
        self._block = LinearBlock(
            equations.momentum(xi, ufl.TrialFunction(vectors), ufl.TestFunction(vectors)),
            displacement,
            conditions,
            "displacement_",
            options.DISPLACEMENT["balanced" if balanced else "strict"][solver],
            near_nullspace=rigid_body_modes(vectors),
            keep=options.KEPT if balanced else 8,
            worth=options.WORTH_DISPLACEMENT if balanced else None,
            fallback=options.DISPLACEMENT["strict"][solver] if balanced else None,
            matrix=None if solver == "direct" else "baij",
            assembly=numerics.assembly,
        )
        test = ufl.TestFunction(stress.function_space)
        moments = equations.hydrostatic_stress(xi, displacement, test)
        self._moments = LinearForm(moments, "stress", numerics.assembly)

    def solve(self) -> int:
        """Solve for displacement and stress; returns Krylov iterations.

        Raises:
            StepFailed: The linear solver diverged.
        """
        if not self._is_wanted:
            return 0
        linear = self._block.solve()
        self._stress.x.array[:] = self._weights.moments(self._moments) / self._weights.whole
        return linear

    def refresh(self) -> None:
        """Forget what the block keeps."""
        self._block.refresh()
