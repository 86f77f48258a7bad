"""One step of BDF2, the same for every model that marches in time.

A model names its conserved unknown, whose rate enters the equations, and *follows* every other
unknown that is carried from step to step. Following one is all there is to it: it is started,
extrapolated, accepted, stored in checkpoints and restored with the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeAlias

import numpy as np
from dolfinx.fem import Constant, Function

from lithode.core.errors import StepFailed
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.clock import Clock, Clocked, Inflow
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.model import State

Extrapolation: TypeAlias = Callable[[float, Clock], Sequence[float]]
"""Returns the weights of the past, newest first, for a step dt after the clock's."""


class Kept(Protocol):
    """Something whose numbers belong in a checkpoint."""

    def scalars(self) -> Mapping[str, float]:
        """Return what a checkpoint must hold."""

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint."""


class Block(Protocol):
    """Something that solves, and may keep what it was prepared with."""

    def refresh(self) -> None:
        """Forget it."""


@dataclass
class Ledger:
    """Base of dataclasses whose numbers a checkpoint holds under the names of their fields."""

    def scalars(self) -> dict[str, float]:
        """Return what a checkpoint must hold."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint."""
        for field in fields(self):
            setattr(self, field.name, scalars[field.name])


class Transient:
    """Time levels, clock and inflows of a model, and what a step of BDF2 does with them.

    Args:
        conserved: Three levels of the unknown whose rate enters the equations.

    Attributes:
        conserved: As given.
        clock: Time and past steps.
        rate_weight: Weight of the new value in its rate, in 1/s; 0 before the first step.
        rate_offset: What the past contributes to the rate.
        step_scale: One over the weight: brings residuals to the size of the unknown.
        step: The step in hand, in s.
        predicted: Local nodal values that the past predicts for it.
    """

    def __init__(self, conserved: TimeLevels) -> None:
        space = conserved.trial.function_space
        self.conserved = conserved
        self.clock = Clock()
        self.rate_weight, self.step_scale = Constant(space.mesh, 0.0), Constant(space.mesh, 1.0)
        self.rate_offset = Function(space)
        self.predicted: Array = conserved.trial.x.array.copy()
        self.step = 0.0
        self._followed: list[tuple[TimeLevels, Extrapolation | None]] = []
        self._inflows: list[tuple[Inflow, Callable[[], float]]] = []
        self._kept: list[Kept] = [self.clock]
        self._blocks: list[Block] = []
        self.follow(conserved)

    def follow(self, levels: TimeLevels, extrapolation: Extrapolation | None = None) -> TimeLevels:
        """Carry an unknown from step to step.

        Args:
            levels: Its levels.
            extrapolation: How it goes on; by default along the polynomial through all its levels.
                It must not hold the model, which would then never be freed on all ranks at once.
        """
        self._followed.append((levels, extrapolation))
        return levels

    def inflow(self, name: str, rate: Callable[[], float]) -> Inflow:
        """Return a total that goes on at every accepted step.

        Args:
            name: Names it in checkpoints.
            rate: How fast it flows in by the trial, per s; must not hold the model either.
        """
        inflow = Inflow(name)
        self._inflows.append((inflow, rate))
        self.keep(inflow)
        return inflow

    def solve_with(self, *blocks: Block) -> None:
        """Name the blocks that solve a step, of which some keep a preconditioner for the next."""
        self._blocks += blocks

    def refresh(self) -> None:
        """Forget what the blocks keep from step to step; collective."""
        for block in self._blocks:
            block.refresh()

    def keep(self, part: Kept) -> None:
        """Store further numbers in checkpoints."""
        self._kept.append(part)

    @property
    def levels(self) -> Sequence[TimeLevels]:
        """All that is carried from step to step, the conserved unknown first."""
        return [levels for levels, _ in self._followed]

    def rate(self, value: Any) -> Any:
        """Return the rate, as UFL, at which the conserved unknown becomes a value."""
        return self.rate_weight * value + self.rate_offset

    def trial_rate(self) -> Array:
        """Return the rate of the trial at the local nodes."""
        weight = float(self.rate_weight.value)
        return np.asarray(weight * self.conserved.trial.x.array + self.rate_offset.x.array)

    def start(self) -> None:
        """Take the trials as the state before the first step."""
        for levels in self.levels:
            levels.start()

    def predict(self, dt: float) -> None:
        """Begin a step: set the rate, and extrapolate every trial to the new time."""
        weights = bdf.rate_weights(dt, self.clock.past)
        self.rate_weight.value = np.asarray(weights[0])
        self.step_scale.value = np.asarray(1 / weights[0])
        self.conserved.combine(weights[1:], self.rate_offset)
        for levels, extrapolation in self._followed:
            along = extrapolation or _polynomial(len(levels.past))
            levels.extrapolate(along(dt, self.clock))
        self.predicted = self.conserved.trial.x.array.copy()
        self.step = dt

    def error(self, change: float) -> float:
        """Return the local error of a trial that is off from what was predicted by ``change``.

        Raises:
            StepFailed: The change is not finite.
        """
        if not math.isfinite(change):
            raise StepFailed("the solution is not finite")
        return bdf.error_factor(self.step, self.clock.past) * change

    def accept(self) -> None:
        """Make the trials the accepted state."""
        past = self.clock.past
        rates = [rate() for _, rate in self._inflows]
        for (inflow, _), rate in zip(self._inflows, rates, strict=True):
            inflow.accept(rate, self.step, past)
        self.clock.accept(self.step)
        for levels in self.levels:
            levels.accept()

    def show_accepted(self) -> None:
        """Set every trial to the accepted value, so that forms of trials are of the state."""
        for levels in self.levels:
            levels.extrapolate((1.0,))

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {level.name: level for levels in self.levels for level in levels.past}
        return State(functions, {k: v for part in self._kept for k, v in part.scalars().items()})

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        for part in self._kept:
            part.restore(scalars)
        self.show_accepted()


def _polynomial(levels: int) -> Extrapolation:
    return lambda dt, clock: bdf.predictor_weights(dt, clock.past[: levels - 1])


class Stepped(Clocked):
    """The part of the ``Model`` protocol that a model's ``Transient`` answers.

    Args:
        transient: That.
    """

    def __init__(self, transient: Transient) -> None:
        self.transient, self.clock = transient, transient.clock

    @property
    def conserved(self) -> Sequence[str]:
        """Names of the functions of the state whose integrals a change of mesh keeps."""
        return [level.name for level in self.transient.conserved.past]

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        self.transient.accept()

    def refresh(self) -> None:
        """Forget what solvers keep from step to step; see ``Model.refresh``."""
        self.transient.refresh()

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        return self.transient.state()

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.transient.restore(scalars)
