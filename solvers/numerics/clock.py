"""Time of the accepted state, and what has flowed in since the start: parts of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lithode.core.axis import TIME, Axis
from lithode.solvers.numerics import bdf


@dataclass
class Clock:
    """Time and past steps of a model with a second-order difference formula.

    Attributes:
        time: Time of the accepted state, in s.
        past: Accepted steps in s, newest first, at most two.
        next_step: Step that the march will try next, in s; 0 if none is chosen.
    """

    time: float = 0.0
    past: tuple[float, ...] = ()
    next_step: float = 0.0

    def accept(self, dt: float) -> None:
        """Go on by a step."""
        self.time += dt
        self.past = (dt, *self.past[:1])

    def scalars(self) -> dict[str, float]:
        """Return what a checkpoint must hold."""
        dt, before = (*self.past, 0.0, 0.0)[:2]
        return {
            "time": self.time, "step": dt, "step_before": before, "next_step": self.next_step
        }  # fmt: skip

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint."""
        self.time, self.next_step = scalars["time"], scalars["next_step"]
        self.past = tuple(scalars[key] for key in ("step", "step_before") if scalars[key] > 0)


class Clocked:
    """The part of the ``Model`` protocol that a model's clock answers."""

    clock: Clock
    axis: Axis = TIME

    @property
    def time(self) -> float:
        """Time of the accepted state, in s."""
        return self.clock.time

    @property
    def next_step(self) -> float:
        """Step that the march will try next, in s."""
        return self.clock.next_step

    @next_step.setter
    def next_step(self, dt: float) -> None:
        self.clock.next_step = dt


@dataclass
class Inflow:
    """A total that has flowed in, by the same difference formula as the content it adds to.

    Attributes:
        name: Names it in checkpoints.
        total: Up to the accepted time.
        before: Up to the accepted time before that.
    """

    name: str
    total: float = 0.0
    before: float = 0.0

    def accept(self, rate: float, dt: float, past: tuple[float, ...]) -> None:
        """Go on by a step ``dt`` after the steps ``past``, at whose end it flows at ``rate``."""
        weights = bdf.rate_weights(dt, past)
        total = (rate - weights[1] * self.total - weights[2] * self.before) / weights[0]
        self.total, self.before = total, self.total

    def scalars(self) -> dict[str, float]:
        """Return what a checkpoint must hold."""
        return {self.name: self.total, f"{self.name}_before": self.before}

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint."""
        self.total, self.before = scalars[self.name], scalars[f"{self.name}_before"]
