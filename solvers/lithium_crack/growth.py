"""A crack that lithium fills in time, as fast as charge arrives; docs/fracture.md.

An implicit step from the volume V_old finds the pressure p, the displacement and the damage with

    V(p, d) = V_old + dt (V_m / F) I(J, p, d)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dolfinx.fem import Function

from lithode.core.errors import InputError
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.fracture.parameters import Lithium
from lithode.solvers.lithium_crack.supply import Supply, root
from lithode.solvers.numerics.clock import Clock, Clocked
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.model import Event, State, Trial

# Of the step that follows one in which the tip ran too far, with the safety of the march.
_QUARTER = 0.8 / 0.25


@dataclass(frozen=True)
class Steps:
    """How far a step may go.

    Attributes:
        volume: Rise of the volume that is always allowed, in um^2 (2D) or um^3.
        share: Share of the volume by which it may rise besides.
        run: Largest run of the tip in l. One that runs further is tried again in a quarter of the
            time; where ``jump`` of ``volume`` is enough for it, the crack jumps.
        jump: Share of ``volume`` below which no shorter step is tried.
    """

    volume: float
    share: float = 0.1
    run: float = 4.0
    jump: float = 0.01


class _Balance:
    """Lithium of the crack in a step.

    Attributes:
        volume: At the end of the step.
    """

    def __init__(self, supply: Supply, current: float, before: float, dt: float) -> None:
        self._supply, self._current, self._before, self._dt = supply, current, before, dt
        self._pressure, self.volume = 0.0, before

    def pressure(self, rest: float, opened: float) -> float:
        """Return p in MPa of a crack of volume ``rest + p opened``."""

        def defect(pressure: float) -> float:
            inflow = self._supply.solve(self._current, pressure)
            return rest + pressure * opened - self._before - self._dt * inflow

        stiffness = opened + self._dt * self._supply.conductance()
        self._pressure = root(defect, self._pressure, stiffness)
        self.volume = rest + self._pressure * opened
        return self._pressure


class GrowingCrack(Clocked):
    """The model; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        crack: Filled by a volume, and empty.
        lithium: What fills it; it flows along the crack.
        current: Density at the counter electrode in A/m^2 at a time in s.
        steps: How far a step may go.
        end: Place along the last axis in um at which the run ends once the crack is there.

    Raises:
        InputError: The crack is not filled, the lithium does not flow, or a number that must be
            positive is not.
        StepFailed: The damage around the empty crack does not come to rest.
    """

    name = "growing crack"

    def __init__(
        self,
        crack: Fracture,
        lithium: Lithium,
        current: Callable[[float], float],
        steps: Steps,
        end: float = math.inf,
    ) -> None:
        if crack.parameters.load != "volume":
            raise InputError("load", crack.parameters.load, "volume where lithium fills the crack")
        if lithium.flow != "one_pressure":
            raise InputError("flow", lithium.flow, "one_pressure where the crack grows in time")
        self.crack, self.domain = crack, crack.domain
        self.clock = Clock()
        self._current, self._steps, self._end = current, steps, end
        regions, n = crack.parameters.regions, crack.numerics
        self.supply = Supply(crack.domain, crack.damage, regions, lithium, n.assembly)
        crack.load = 0.0
        crack.solve()
        self.supply.solve(current(0.0), 0.0)
        self._volume = 0.0
        self._jumps, self._run = 0, 0.0
        self._trial: tuple[float, float, float, list[Any]] = 0.0, 0.0, 0.0, self._values()
        self._news: list[Event] = []

    def control(self, first: float, largest: float) -> StepControl:
        """Return steps whose error rises with their length.

        Args:
            first: Step in s.
            largest: Step in s.
        """
        return StepControl(first, largest, 1e-9 * first, order=0, many_iterations=10**6)

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        nodes = int(self.crack.damage.function_space.dofmap.index_map.size_global)
        return self.crack.unknowns + nodes

    def advance(self, dt: float) -> Trial:
        """Try a step; see ``Model.advance``."""
        accepted, broken = self._values(), self.crack.tip.broken()
        current = self._current(self.time + dt)
        balance = _Balance(self.supply, current, self._volume, dt)
        self.crack.filling = balance.pressure
        try:
            iterations = self.crack.solve()
            run = self.crack.tip.run_from(broken)
            self._trial = dt, balance.volume, run, self._values()
        finally:
            self.crack.filling = None
            self._set_values(accepted)
        steps, rise = self._steps, abs(balance.volume - self._volume)
        error = rise / (steps.volume + steps.share * self._volume)
        if self._is_jump(run) and rise > steps.jump * steps.volume:
            error = max(error, _QUARTER)
        return Trial(error, *iterations)

    def _is_jump(self, run: float) -> bool:
        return run > self._steps.run * self.crack.parameters.length

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt, self._volume, self._run, values = self._trial
        self.clock.accept(dt)
        self._set_values(values)
        if self._is_jump(self._run):
            self._jumps += 1
            words = f"the crack jumps by {self._run:.3g} um, at next to no more lithium"
            self._news.append(Event("jump", words, final=False))

    def refresh(self) -> None:
        """Nothing is kept from step to step."""

    def measure(self) -> Mapping[str, float]:
        """Return current, pressure and volume, the crack as ``Fracture.measure``, and jumps.

        ``lithium_defect`` is what the opened volume differs by from what has flowed in.
        """
        solid = self.domain.mesh.geometry.dim == 3
        unit = "um^3" if solid else "um^2"
        opened, current = self.crack.opened(), self._current(self.time)
        return {
            "current_density [A/m^2]": current,
            f"volume [{unit}]": self._volume,
            f"inflow [{unit}/s]": self.supply.inflow(current),
            **self.crack.measure(),
            "jumps [1]": float(self._jumps),
            "lithium_defect [1]": abs(opened - self._volume) / (self._volume or 1.0),
        }

    def fields(self) -> Sequence[Function[Any]]:
        """Return the damage, the displacement (um) and the potential of Li+ (V)."""
        return [*self.crack.fields(), self.supply.potential]

    def events(self) -> Sequence[Event]:
        """Return the jumps of the last step, and the end where the crack has reached it."""
        found, self._news = list(self._news), []
        if self.crack.tip.height() >= self._end:
            found.append(Event("end", f"the crack has reached {self._end:.4g} um", final=True))
        return found

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {function.name: function for function in self._functions()}
        scalars = {"volume": self._volume, "jumps": float(self._jumps), **self.clock.scalars()}
        return State(functions, scalars)

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.clock.restore(scalars)
        self._volume, self._jumps = scalars["volume"], int(scalars["jumps"])

    def _functions(self) -> Sequence[Function[Any]]:
        return [*self.crack.unknown_functions(), self.supply.potential]

    def _values(self) -> list[Any]:
        return [function.x.array.copy() for function in self._functions()]

    def _set_values(self, values: Sequence[Any]) -> None:
        for function, array in zip(self._functions(), values, strict=True):
            function.x.array[:] = array
