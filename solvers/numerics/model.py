"""What a model offers to the march, the writers and the checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function

from lithode.core.axis import Axis
from lithode.core.domain import Domain


@dataclass(frozen=True)
class Trial:
    """How one trial step went.

    Attributes:
        error: Estimated local error over its tolerance; the step is good up to 1.
        nonlinear_iterations: Newton iterations spent.
        linear_iterations: Krylov iterations spent.
        taken: Step that was tried in place of a longer one that passes an end which only the model
            knows; None for the step that was asked for.
        front: Nodal values on the space of ``Adaptable.front`` that the trial has, of a model whose
            front may leave its fine cells within a step; None of others.
    """

    error: float
    nonlinear_iterations: int
    linear_iterations: int
    taken: float | None = None
    front: npt.NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Event:
    """A physical event that was met.

    Attributes:
        name: Short name, e.g. ``"short circuit"``.
        message: One sentence for the log.
        final: Whether the run ends here.
    """

    name: str
    message: str
    final: bool


@dataclass(frozen=True)
class State:
    """All that a checkpoint must hold for the run to go on as if never stopped.

    Attributes:
        functions: Name to finite element function; restoring writes into their arrays.
        scalars: Name to number (time, last step sizes, conserved totals, ...).
        domain: The mesh of the functions, if that is not the present one of the model.
    """

    functions: Mapping[str, Function[Any]]
    scalars: Mapping[str, float]
    domain: Domain | None = None


@dataclass(frozen=True)
class Snapshot:
    """A copy of a state.

    Attributes:
        values: Name of a function to its values, ghosts included.
        scalars: Name to number.
        functions: The functions that had these values.
        domain: Their mesh, which the model may have left since.
    """

    values: Mapping[str, npt.NDArray[np.float64]]
    scalars: Mapping[str, float]
    functions: Mapping[str, Function[Any]]
    domain: Domain

    @classmethod
    def of(cls, model: Model) -> Snapshot:
        """Copy the state of a model."""
        state = model.state()
        values = {name: function.x.array.copy() for name, function in state.functions.items()}
        return cls(values, dict(state.scalars), dict(state.functions), model.domain)

    @contextmanager
    def shown(self) -> Iterator[State]:
        """Give this state in the functions themselves, which have their values back in the end."""
        now = {name: function.x.array.copy() for name, function in self.functions.items()}
        for name, function in self.functions.items():
            function.x.array[:] = self.values[name]
        try:
            yield State(self.functions, self.scalars, self.domain)
        finally:
            for name, function in self.functions.items():
                function.x.array[:] = now[name]


class Model(Protocol):
    """A coupled model that is advanced by trial steps: in time, or along another axis."""

    @property
    def name(self) -> str:
        """Name of the model, stored in checkpoints."""

    @property
    def domain(self) -> Domain:
        """The mesh with its named regions and boundaries."""

    @property
    def axis(self) -> Axis:
        """What it is advanced along; times below are places on this axis, in its unit."""

    @property
    def time(self) -> float:
        """Time of the accepted state, in s."""

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""

    next_step: float
    """Step that the march will try next, in s (0: none chosen yet); part of the state, so
    that a restart goes on with the step the uninterrupted run would have taken."""

    def advance(self, dt: float) -> Trial:
        """Try one step of ``dt`` seconds from the accepted state, which stays as it is.

        Raises:
            StepFailed: A solver did not converge; nothing has changed.
        """

    def accept(self) -> None:
        """Make the last trial the accepted state."""

    def refresh(self) -> None:
        """Forget what solvers keep from step to step, so that the state says all; collective.

        What follows is then what follows a checkpoint of this state, to the last bit.
        """

    def measure(self) -> Mapping[str, float]:
        """Return scalars of the accepted state for the history; the same on every rank.

        The names carry their unit in brackets, e.g. ``"tip_height [um]"``; collective.
        """

    def fields(self) -> Sequence[Function[Any]]:
        """Return the accepted fields for the field file (P1 or DG0), named as in ParaView."""

    def events(self) -> Sequence[Event]:
        """Return the events that the accepted state meets for the first time; collective.

        A final event is returned as long as it is met, so that a resumed run ends at it too.
        """

    def state(self) -> State:
        """Return what a checkpoint must hold; the functions are the model's own."""

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from ``state().functions``, already overwritten, and these scalars."""
