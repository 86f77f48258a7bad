"""The ways to solve one step by blocks, with one or two potentials."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import ufl
from dolfinx.fem import Constant, Function

from lithode.core.constants import FARADAY
from lithode.core.errors import StepFailed
from lithode.solvers.electrodeposition import options
from lithode.solvers.electrodeposition.creep import CreepingLithium
from lithode.solvers.electrodeposition.equations import Conditions, Equations
from lithode.solvers.electrodeposition.error_norm import ErrorNorm
from lithode.solvers.electrodeposition.mechanics import Mechanics
from lithode.solvers.electrodeposition.parameters import Accuracy, Numerics, Solver, Transport
from lithode.solvers.electrodeposition.supply import Supply
from lithode.solvers.numerics.blocks import LinearBlock, NonlinearBlock, Options
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.inexact import Inexact
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.transient import Block
from lithode.theory.elasticity import Kinematics


@dataclass(frozen=True)
class Unknowns:
    """The time levels that a step solves for, and the rate d(xi, c)/dt as UFL.

    Attributes:
        phase: (xi, c), blocked.
        potential: Potential above the electrode, in V; two of them, blocked, if Li+ and
            electrons have one each.
        stress: Nodal average of the hydrostatic stress, in MPa.
        displacement: In um.
        rate: Weight times the trial phase plus what the past contributes.
        step_scale: One over that weight: brings residuals to the size of xi, whatever the step.
    """

    phase: TimeLevels
    potential: TimeLevels
    stress: TimeLevels
    displacement: TimeLevels
    rate: Any
    step_scale: Constant[Any]

    @property
    def all(self) -> tuple[TimeLevels, ...]:
        """All time levels."""
        return self.phase, self.potential, self.stress, self.displacement


@dataclass(frozen=True)
class Problem:
    """What a coupling solves, and how.

    Attributes:
        equations: Residuals.
        unknowns: What to solve for; the trials hold the values extrapolated to the new time.
        conditions: Dirichlet conditions.
        weights: Nodal weights, for the stress averages.
        error_norm: Norms of (xi, c) in which steps are controlled and Newton ends.
        solver: Preset of linear solvers.
        residual_tolerance: Norm of the (xi, c) residual at which Newton ends.
        numerics: Repetitions of the coupling.
        withheld: Rate that is withheld from plating to keep c within its bounds, None without.
        creep: Of lithium that creeps, None if it is elastic.
    """

    equations: Equations
    unknowns: Unknowns
    conditions: Conditions
    weights: NodalWeights
    error_norm: ErrorNorm
    solver: Solver
    residual_tolerance: float
    numerics: Numerics
    withheld: TimeLevels | None = None
    creep: CreepingLithium | None = None

    @property
    def supply(self) -> Supply | None:
        """Keeps c within its bounds."""
        if self.withheld is None:
            return None
        parameters, phase = self.equations.parameters, self.unknowns.phase.trial
        held = np.zeros(len(phase.x.array), dtype=bool)
        for condition in self.conditions.phase:
            held[condition.dof_indices()[0]] = True
        steric = parameters.transport is Transport.STERIC
        limit = parameters.concentration_limit if steric else math.inf
        scale, ratio = self.unknowns.step_scale, parameters.site_ratio
        # The rate at which xi falls into its wells: all that takes up Li+ where c is zero.
        most = parameters.interface.mobility * parameters.interface.barrier
        return Supply(
            phase,
            (held[0::2], held[1::2]),
            self.weights,
            self.withheld,
            scale,
            ratio,
            limit,
            most,
            keeps_metal=not parameters.holds_ions,
        )

    @property
    def is_loose(self) -> bool:
        """Whether lithium and charge are solved loosely, and their balances closed afterwards.

        Where nothing holds the potential of Li+, no shift of it closes their balance.
        """
        return self.numerics.is_balanced and self.equations.parameters.holds_ions

    @property
    def inexact(self) -> Inexact | None:
        """How Newton ends."""
        if not self.is_loose:
            return None
        return Inexact(self.error_norm, options.NEWTON_SHARE * self.numerics.tolerance)


class Coupling(Protocol):
    """Solves one step: trial values in, trial values out."""

    def solve(self) -> tuple[int, int]:
        """Solve all trials; returns nonlinear and linear iterations.

        Raises:
            StepFailed: A solver diverged.
        """

    def refresh(self) -> None:
        """Forget what is kept from step to step."""

    def solve_fields(self) -> int:
        """Solve potential, displacement and stress for the trial (xi, c)."""

    @property
    def supply_potential(self) -> Function[Any]:
        """The potential, or the potentials, that the transport of Li+ has felt."""


# Per um^2, of the conductivity: small beside conduction over the height of a layer.
_HOLD = 1e-10


def charge_scale(problem: Problem) -> Any:
    """Return what brings a residual of charge to the size of xi."""
    bulk = problem.equations.parameters.bulk_concentration
    return problem.unknowns.step_scale / (FARADAY * bulk)


class Repeated(ABC):
    """A pass over blocks with lagged stress, once or until the coupling has converged.

    Args:
        problem: What to solve, and how.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        unknowns = problem.unknowns
        self._lagged_stress = Function(unknowns.stress.trial.function_space)
        self._mechanics = Mechanics(
            problem.equations,
            unknowns.phase.trial[0],
            unknowns.displacement.trial,
            unknowns.stress.trial,
            problem.conditions.displacement,
            problem.weights,
            problem.solver,
            problem.numerics,
            problem.creep,
        )

    def solve(self) -> tuple[int, int]:
        """Solve all trials once, or repeatedly until the coupling has converged."""
        unknowns, phase = self._problem.unknowns, self._problem.unknowns.phase.trial
        nonlinear = linear = 0
        for _ in range(self._problem.numerics.coupling_iterations):
            before = phase.x.array.copy()
            self._lagged_stress.x.array[:] = unknowns.stress.trial.x.array
            newton, krylov = self._pass()
            nonlinear, linear = nonlinear + newton, linear + krylov
            change = self._problem.weights.maxima(abs(phase.x.array - before))[0]
            if change < self._problem.numerics.coupling_tolerance:
                return nonlinear, linear
        if self._problem.numerics.coupling_iterations > 1:
            raise StepFailed(f"the coupling still changes xi by {change:.1e}")
        return nonlinear, linear

    def refresh(self) -> None:
        """Forget what the blocks keep."""
        for block in (self._mechanics, *self._blocks()):
            block.refresh()

    @abstractmethod
    def _blocks(self) -> Sequence[Block]:
        """Return the other blocks."""

    @abstractmethod
    def _pass(self) -> tuple[int, int]:
        """Solve all blocks once."""

    def _solve_mechanics(self) -> int:
        """Solve displacement and stress for the trial xi."""
        return self._mechanics.solve()


class Staggered(Repeated):
    """(xi, c) by Newton with lagged potential and stress, then the potential, then mechanics.

    Args:
        problem: What to solve, and how.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self._supply = problem.supply
        equations, unknowns = problem.equations, problem.unknowns
        conditions, solver = problem.conditions, problem.solver
        accuracy: Accuracy = "balanced" if problem.is_loose else "strict"
        phase, rate, potential = unknowns.phase.trial, unknowns.rate, unknowns.potential.trial
        space = potential.function_space
        self._lagged_potential = Function(space)
        residual = equations.lithium(phase, rate, self._lagged_potential, self._lagged_stress)
        self._phase_block = NonlinearBlock(
            unknowns.step_scale * residual,
            phase,
            conditions.phase,
            "phase_",
            {**options.PHASE[accuracy][solver], "snes_atol": problem.residual_tolerance},
            matrix="baij" if solver == "iterative" else None,
            assembly=problem.numerics.assembly,
            inexact=problem.inexact,
        )
        preset = self._potential_solver()
        self._potential_block = LinearBlock(
            equations.charge(phase[0], rate[0], ufl.TrialFunction(space), ufl.TestFunction(space)),
            potential,
            conditions.potential,
            "potential_",
            options.POTENTIAL[accuracy][preset],
            keep=options.KEPT if problem.is_loose else 1,
            worth=options.WORTH_POTENTIAL if problem.is_loose else None,
            fallback=options.POTENTIAL["strict"][preset] if problem.is_loose else None,
            assembly=problem.numerics.assembly,
        )

    def _potential_solver(self) -> Solver:
        """With fixed anions the charge balance is the lithium balance, to solver accuracy."""
        equations, solver = self._problem.equations, self._problem.solver
        single_ion = equations.parameters.transport is Transport.SINGLE_ION
        flat = equations.kinematics is not Kinematics.SOLID
        return "direct" if single_ion and flat else solver

    def _blocks(self) -> Sequence[Block]:
        return self._phase_block, self._potential_block

    def _pass(self) -> tuple[int, int]:
        self._lagged_potential.x.array[:] = self._problem.unknowns.potential.trial.x.array
        if self._supply is not None:
            self._supply.expect()
        nonlinear, linear = self._phase_block.solve()
        if self._supply is not None:
            self._supply.keep()
        return nonlinear, linear + self.solve_fields()

    def solve_fields(self) -> int:
        """Solve potential, displacement and stress for the trial (xi, c)."""
        return self._potential_block.solve() + self._solve_mechanics()

    @property
    def supply_potential(self) -> Function[Any]:
        """The potential that the transport of Li+ has felt."""
        return self._lagged_potential


class TwoPotentials(Repeated):
    """(xi, c) and both potentials in one Newton solve with lagged stress, then mechanics.

    The reaction sets the current and the current its overpotential, so that they cannot lag.

    Args:
        problem: What to solve, and how.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        equations, unknowns = problem.equations, problem.unknowns
        conditions, solver = problem.conditions, problem.solver
        phase, rate, potential = unknowns.phase.trial, unknowns.rate, unknowns.potential.trial
        accuracy: Accuracy = "balanced" if problem.is_loose else "strict"
        test, stress = ufl.TestFunction(potential.function_space), self._lagged_stress
        scale = charge_scale(problem)
        tolerance: Options = {"snes_atol": problem.residual_tolerance}
        self._block = NonlinearBlock(
            [
                unknowns.step_scale * equations.lithium(phase, rate, potential, stress),
                scale * equations.charge(phase[0], rate[0], potential, test),
            ],
            [phase, potential],
            [*conditions.phase, *conditions.potential],
            "phase_",
            {**options.EXCHANGE[accuracy][solver], **tolerance},
            assembly=problem.numerics.assembly,
            inexact=problem.inexact,
        )
        self._supply, self._felt = problem.supply, potential
        if self._supply is not None:
            self._felt = Function(potential.function_space)
            self._charge_block = self._charge(self._felt)
        reaction = equations.plating(phase[0], phase[1], potential, stress)
        self._start = NonlinearBlock(
            scale * equations.charge(phase[0], reaction, potential, test),
            potential,
            conditions.potential,
            "potential_",
            {**options.START[solver], **tolerance},
            keeps_jacobian=False,
            assembly=problem.numerics.assembly,
        )

    def _charge(self, felt: Function[Any]) -> LinearBlock:
        """Return what solves for the potentials where (xi, c) are given.

        Nothing but the reaction may hold the potential of Li+, which then stays about as it was.
        """
        problem, unknowns = self._problem, self._problem.unknowns
        equations, phase, rate = problem.equations, unknowns.phase.trial, unknowns.rate
        space = felt.function_space
        potential, test = ufl.TrialFunction(space), ufl.TestFunction(space)
        balance = equations.charge(phase[0], rate[0], potential, test)
        if not equations.parameters.holds_ions:
            hold = _HOLD * equations.properties.conductivity * (potential[0] - felt[0])
            balance += hold * test[0] * equations.measure
        return LinearBlock(
            balance,
            unknowns.potential.trial,
            problem.conditions.potential,
            "potential_",
            options.POTENTIAL["strict"][problem.solver],
            assembly=problem.numerics.assembly,
        )

    def _blocks(self) -> Sequence[Block]:
        return (self._block,) if self._supply is None else (self._block, self._charge_block)

    def _pass(self) -> tuple[int, int]:
        if self._supply is not None:
            self._supply.expect()
        nonlinear, linear = self._block.solve()
        if self._supply is not None:
            self._felt.x.array[:] = self._problem.unknowns.potential.trial.x.array
            if self._supply.keep():
                linear += self._charge_block.solve()
        return nonlinear, linear + self._solve_mechanics()

    def solve_fields(self) -> int:
        """Solve displacement and stress, and the potentials at which the reaction is in balance."""
        linear = self._solve_mechanics()
        self._lagged_stress.x.array[:] = self._problem.unknowns.stress.trial.x.array
        return linear + self._start.solve()[1]

    @property
    def supply_potential(self) -> Function[Any]:
        """The potentials that the transport of Li+ has felt."""
        return self._felt
