"""One step with everything at once, for verification."""

from __future__ import annotations

from typing import Any

import ufl
from dolfinx.fem import Function

from lithode.solvers.electrodeposition import options
from lithode.solvers.electrodeposition.coupling import (
    Coupling,
    Problem,
    Staggered,
    TwoPotentials,
    charge_scale,
)
from lithode.solvers.numerics.blocks import NonlinearBlock
from lithode.solvers.numerics.quadrature import VERTEX


class Monolithic:
    """All unknowns in one Newton solve, with a direct solver; for verification.

    Args:
        problem: What to solve; its preset serves the initial state only.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        equations, unknowns = problem.equations, problem.unknowns
        conditions = problem.conditions
        initial = TwoPotentials if equations.has_two_potentials else Staggered
        self._initial: Coupling = initial(problem)
        phase, rate = unknowns.phase.trial, unknowns.rate
        potential, stress = unknowns.potential.trial, unknowns.stress.trial
        displacement = unknowns.displacement.trial
        q, p, w = (ufl.TestFunction(u.function_space) for u in (potential, stress, displacement))
        # Each residual over its natural size, so that one Newton tolerance serves all.
        compliance = 1 / equations.parameters.lithium.stiffness.shear
        nodal = ufl.Measure("dx", metadata=VERTEX)
        residuals = [
            unknowns.step_scale * equations.lithium(phase, rate, potential, stress),
            charge_scale(problem) * equations.charge(phase[0], rate[0], potential, q),
            compliance
            * (stress * p * nodal - equations.hydrostatic_stress(phase[0], displacement, p)),
            compliance * equations.momentum(phase[0], displacement, w),
        ]
        self._block = NonlinearBlock(
            residuals,
            [levels.trial for levels in unknowns.all],
            [*conditions.phase, *conditions.potential, *conditions.displacement],
            "monolithic_",
            {**options.MONOLITHIC, "snes_atol": problem.residual_tolerance},
            assembly=problem.numerics.assembly,
        )

    def refresh(self) -> None:
        """Forget what the block keeps."""
        self._block.refresh()

    def solve(self) -> tuple[int, int]:
        """Solve all trials at once."""
        return self._block.solve()

    def solve_fields(self) -> int:
        """Solve potential, displacement and stress for the trial (xi, c)."""
        return self._initial.solve_fields()

    @property
    def supply_potential(self) -> Function[Any]:
        """The potential that the transport of Li+ has felt."""
        return self._problem.unknowns.potential.trial
