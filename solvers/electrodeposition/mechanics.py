"""The displacement and the stress of lithium at rest, once its shape is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ufl
from dolfinx.fem import DirichletBC, Function

from lithode.core.errors import StepFailed
from lithode.solvers.electrodeposition import options
from lithode.solvers.electrodeposition.creep import CreepingLithium
from lithode.solvers.electrodeposition.equations import Equations
from lithode.solvers.electrodeposition.parameters import Accuracy, Numerics, Solver
from lithode.solvers.numerics.assembly import LinearForm
from lithode.solvers.numerics.blocks import LinearBlock
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.nullspace import rigid_body_modes

_MOST_NEWTON = 25
# Largest change of a strain in the last Newton step, whose own error is about its square.
_TOLERANCE = {False: 1e-7, True: 1e-4}


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
        creep: Of lithium that creeps; None leaves it elastic.
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
        creep: CreepingLithium | None = None,
    ) -> None:
        self._creep, self._tolerance = creep, _TOLERANCE[numerics.is_balanced]
        self._is_wanted, self._weights, self._stress = numerics.mechanics, weights, stress
        vectors, balanced = displacement.function_space, numerics.is_balanced
        accuracy: Accuracy = "balanced" if balanced else "strict"
        problem = solver, vectors.mesh.geometry.dim, numerics.tolerance
        self._block = LinearBlock(
            equations.momentum(
                xi,
                ufl.TrialFunction(vectors),
                ufl.TestFunction(vectors),
                None if creep is None else creep.linearised,
            ),
            displacement,
            conditions,
            "displacement_",
            options.displacement(accuracy, *problem),
            near_nullspace=rigid_body_modes(vectors),
            keep=options.KEPT if balanced else 8,
            worth=options.WORTH_DISPLACEMENT if balanced else None,
            fallback=options.displacement("strict", *problem) if balanced else None,
            matrix=None if solver == "direct" else "baij",
            assembly=numerics.assembly,
        )
        test = ufl.TestFunction(stress.function_space)
        moments = equations.hydrostatic_stress(xi, displacement, test)
        self._moments = LinearForm(moments, "stress", numerics.assembly)

    def solve(self) -> int:
        """Solve for displacement and stress; returns Krylov iterations.

        Raises:
            StepFailed: The linear solver diverged, or Newton where lithium creeps.
        """
        if not self._is_wanted:
            return 0
        linear = self._block.solve() if self._creep is None else self._flow(self._creep)
        self._stress.x.array[:] = self._weights.moments(self._moments) / self._weights.whole
        return linear

    def _flow(self, creep: CreepingLithium) -> int:
        """Solve by Newton with the tangent of the law, and take the creep strain."""
        creep.begin()
        creep.look()
        linear = 0
        for _ in range(_MOST_NEWTON):
            linear += self._block.solve()
            change = creep.look()
            if creep.is_elastic or change <= self._tolerance:
                creep.settle()
                return linear
        raise StepFailed(f"creep still changes strains by {change:.1e}")

    def refresh(self) -> None:
        """Forget what the block keeps."""
        self._block.refresh()
