"""A crack that lithium fills in time, as fast as charge arrives; docs/fracture.md.

An implicit step from the volume V_old finds the pressure p, the displacement and the damage with

    V(p, d) = V_old + dt (V_m / F) I(J, p, d)

of each connected crack.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.fracture.cracks import Cracks
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.solvers.lithium_crack.supply import Supply, root
from lithode.solvers.numerics.clock import Clock, Clocked
from lithode.solvers.numerics.front_sweep import Lasting
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.model import Event, State, Trial

Array = npt.NDArray[np.float64]

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
    """Lithium of the cracks in a step.

    Attributes:
        volumes: At the end of the step, as ``Cracks.firsts``.
    """

    def __init__(
        self, supply: Supply, cracks: Cracks, current: float, before: Array, dt: float
    ) -> None:
        self._supply, self._cracks, self._current = supply, cracks, current
        self._before, self._dt = before, dt
        self._pressures, self.volumes = np.zeros(len(before)), before

    def pressures(self, rest: Array, opened: Array) -> Array:
        """Return those in MPa of cracks of volume ``rest + opened @ pressures``."""
        cracks = self._cracks
        shares, before = cracks.shares, cracks.sums(self._before)

        def defect(pressures: Array) -> Array:
            inflows = self._supply.inflows(self._current, pressures, shares)
            return rest + opened @ pressures - before - self._dt * inflows

        slope = opened + self._dt * np.diag(self._supply.conductances(shares))
        guess = self._pressures[np.unique(cracks.of, return_index=True)[1]]
        found = root(defect, guess, slope)
        self._pressures = found[cracks.of]
        self.volumes = cracks.firsts(rest + opened @ found)
        return found


class GrowingCrack(Lasting, Clocked):
    """The model; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        crack: Filled by a volume, and empty.
        lithium: What fills it; it flows along the crack.
        current: Density at the counter electrode in A/m^2 at a time in s.
        steps: How far a step may go.
        end: Place along the last axis in um at which the run ends once the crack is there.
        remake: Makes the crack on another mesh; None where the mesh stays.
        starts: Whether the state is that of the empty crack; if not it is yet to be put in.

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
        *,
        remake: Callable[[Domain], Fracture] | None = None,
        starts: bool = True,
    ) -> None:
        if crack.parameters.load != "volume":
            raise InputError("load", crack.parameters.load, "volume where lithium fills the crack")
        if lithium.flow != "one_pressure":
            raise InputError("flow", lithium.flow, "one_pressure where the crack grows in time")
        self.crack, self.domain = crack, crack.domain
        self.clock, self._remake = Clock(), remake
        self._current, self._steps, self._end = current, steps, end
        p, n = crack.parameters, crack.numerics
        self.supply = Supply(crack.domain, crack.damage, p.regions, lithium, n.assembly, p.wall)
        if starts:
            crack.load = 0.0
            crack.solve()
            self.supply.solve(current(0.0), 0.0)
        self._volumes = np.zeros(len(crack.cracks.seeds))
        self._jumps, self._run = 0, 0.0
        self._trial: tuple[float, Array, float, int, list[Any]]
        self._news: list[Event] = []

    def rebuilt(self, domain: Domain) -> GrowingCrack:
        """Return the same model on another mesh, with a state that is yet to be put in."""
        if self._remake is None:
            raise TypeError("nobody makes the crack on another mesh")
        return GrowingCrack(
            self._remake(domain),
            self.supply.lithium,
            self._current,
            self._steps,
            self._end,
            remake=self._remake,
            starts=False,
        )

    @staticmethod
    def control(first: float, largest: float) -> StepControl:
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
        cracks, filled = self.crack.cracks, self.crack.filled
        balance = _Balance(self.supply, cracks, current, self._volumes, dt)
        filled.rule = balance.pressures
        cracks.follow()
        number = len(cracks.shares)
        try:
            iterations = self.crack.solve()
            run = self.crack.tip.run_from(broken)
            joined = number - len(cracks.shares)
            self._trial = dt, balance.volumes, run, joined, self._values()
            before, after = (cracks.sums(values) for values in (self._volumes, balance.volumes))
            front = np.array(self.front()[1])
        finally:
            filled.rule = None
            self._set_values(accepted)
        steps, rise = self._steps, abs(after - before)
        error = float(max(rise / (steps.volume + steps.share * before)))
        if self._is_jump(run) and max(rise) > steps.jump * steps.volume:
            error = max(error, _QUARTER)
        return Trial(error, *iterations, front=front)

    def _is_jump(self, run: float) -> bool:
        return run > self._steps.run * self.crack.parameters.length

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt, self._volumes, self._run, joined, values = self._trial
        self.clock.accept(dt)
        self._set_values(values)
        if self._is_jump(self._run):
            self._jumps += 1
            words = f"the crack jumps by {self._run:.3g} um, at next to no more lithium"
            self._news.append(Event("jump", words, final=False))
        if joined:
            words = f"{joined + 1} cracks have grown together"
            self._news.append(Event("coalescence", words, final=False))

    def refresh(self) -> None:
        """Nothing is kept from step to step."""

    def measure(self) -> Mapping[str, float]:
        """Return current, pressure and volume, the crack as ``Fracture.measure``, and jumps.

        ``lithium_defect`` is what an opened volume differs by from what has flowed in, over
        the whole.
        """
        unit = "um^3" if self.domain.mesh.geometry.dim == 3 else "um^2"
        cracks, current = self.crack.cracks, self._current(self.time)
        defects = abs(self.crack.filled.volumes() - cracks.sums(self._volumes))
        volume = float(self._volumes.sum())
        return {
            "current_density [A/m^2]": current,
            f"volume [{unit}]": volume,
            f"inflow [{unit}/s]": self.supply.inflow(current),
            **self.crack.measure(),
            "jumps [1]": float(self._jumps),
            "lithium_defect [1]": float(max(defects)) / (volume or 1.0),
        }

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return the damage, for meshes that follow cracks."""
        return self.crack.front()

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
        volumes = {f"volume_{k}": float(v) for k, v in enumerate(self._volumes, 1)}
        return State(functions, {**volumes, "jumps": float(self._jumps), **self.clock.scalars()})

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.clock.restore(scalars)
        self._jumps = int(scalars["jumps"])
        self._volumes = np.array([scalars[f"volume_{k + 1}"] for k in range(len(self._volumes))])

    def _functions(self) -> Sequence[Function[Any]]:
        return [*self.crack.unknown_functions(), self.supply.potential]

    def _values(self) -> list[Any]:
        return [function.x.array.copy() for function in self._functions()]

    def _set_values(self, values: Sequence[Any]) -> None:
        for function, array in zip(self._functions(), values, strict=True):
            function.x.array[:] = array
