"""A steady model along a rising load, driven by the same march as the time-dependent models."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function

from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.model import Event, Model, State, Trial
from lithode.solvers.numerics.simulation import Simulation


class SteadyModel(Protocol):
    """A model whose state belongs to a load: a current density, a frequency, ..."""

    @property
    def name(self) -> str:
        """Name of the model, stored in checkpoints."""

    @property
    def domain(self) -> Domain:
        """The mesh with its named regions and boundaries."""

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""

    load: float
    """The load, in coherent units, that ``solve``, ``measure`` and ``fields`` refer to."""

    def solve(self) -> tuple[int, int]:
        """Solve for the load, from the present state as a guess.

        Returns:
            Nonlinear and linear iterations.

        Raises:
            StepFailed: A solver did not converge; the unknowns hold anything.
        """

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return the functions that ``solve`` finds, by name distinct; the model's own."""

    def measure(self) -> Mapping[str, float]:
        """Return scalars for the history, as ``Model.measure``; collective."""

    def fields(self) -> Sequence[Function[Any]]:
        """Return fields for the field file, as ``Model.fields``."""


class Sweep:
    """Makes a steady model one that the march advances; satisfies ``Model``.

    A load that cannot be solved for is approached by smaller steps, from the last good state.

    Args:
        steady: The model; solved for the first load here.
        axis: The load, in the unit of history and field file.
        start: First load, in the unit of the axis; None leaves the state to be put in.

    Raises:
        StepFailed: The first load cannot be solved for.
    """

    def __init__(self, steady: SteadyModel, axis: Axis, start: float | None) -> None:
        self.steady, self.axis = steady, axis
        self.time, self.next_step = start or 0.0, 0.0
        if start is not None:
            steady.load = to_model(start, axis.unit)
            steady.solve()
        self._trial: tuple[float, list[Any]] = self.time, self._values()

    def simulation(
        self,
        loads: Sequence[float],
        health: Sequence[HealthLine] = (),
        conservation: Mapping[str, str] | None = None,
    ) -> Simulation:
        """Return the run to the last of these loads, with the fields of each.

        Args:
            loads: In the unit of the axis, in order.
            health: As ``Simulation.health``.
            conservation: As ``Simulation.conservation``.
        """
        return swept(self, loads, health, conservation)

    def control(self, end: float) -> StepControl:
        """Return steps that go from one output to the next, shorter only where a solve fails."""
        return _steps(self.time, end)

    @property
    def name(self) -> str:
        """Name of the steady model."""
        return self.steady.name

    @property
    def domain(self) -> Domain:
        """The mesh with its named regions and boundaries."""
        return self.steady.domain

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        return self.steady.unknowns

    def advance(self, dt: float) -> Trial:
        """Solve for the load further by ``dt``; see ``Model.advance``."""
        accepted = self._values()
        load = self.time + dt
        self._set_load(load)
        try:
            iterations = self.steady.solve()
            self._trial = load, self._values()
            return Trial(0.0, *iterations, front=self.reached())
        finally:
            self._set_values(accepted)
            self._set_load(self.time)

    def reached(self) -> npt.NDArray[np.float64] | None:
        """Return a copy of the front of the present load, if meshes follow it; see ``Trial``."""
        return None

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        self.time, values = self._trial
        self._set_values(values)
        self._set_load(self.time)

    def refresh(self) -> None:
        """Nothing is kept from load to load."""

    def measure(self) -> Mapping[str, float]:
        """Return the scalars of the accepted state."""
        return self.steady.measure()

    def fields(self) -> Sequence[Function[Any]]:
        """Return the fields of the accepted state."""
        return self.steady.fields()

    def events(self) -> Sequence[Event]:
        """Return nothing: a sweep ends with its last load."""
        return ()

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {function.name: function for function in self.steady.unknown_functions()}
        return State(functions, {"load": self.time, "next_step": self.next_step})

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.time, self.next_step = scalars["load"], scalars["next_step"]
        self._set_load(self.time)

    def _set_load(self, load: float) -> None:
        self.steady.load = to_model(load, self.axis.unit)

    def _values(self) -> list[Any]:
        return [function.x.array.copy() for function in self.steady.unknown_functions()]

    def _set_values(self, values: Sequence[Any]) -> None:
        for function, array in zip(self.steady.unknown_functions(), values, strict=True):
            function.x.array[:] = array


def swept(
    model: Model,
    loads: Sequence[float],
    health: Sequence[HealthLine] = (),
    conservation: Mapping[str, str] | None = None,
) -> Simulation:
    """Return the run of a sweep, on whatever meshes; see `Sweep.simulation`."""
    last = loads[-1]
    control = _steps(model.time, last)
    return Simulation(model, control, last, tuple(loads), health, conservation or {})


def _steps(start: float, end: float) -> StepControl:
    """Return steps that go from one output to the next, shorter only where a solve fails.

    Args:
        start: First load.
        end: Last one, in the same unit.
    """
    return StepControl(
        initial_step=abs(end - start),
        max_step=math.inf,
        min_step=1e-6 * abs(end - start),
        max_growth=1e6,
        many_iterations=10**6,
        refresh=1,
    )
