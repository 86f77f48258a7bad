"""The layered cell in time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.core.protocol import Protocol, Step
from lithode.core.units import from_model
from lithode.solvers.layered_cell.columns import Columns
from lithode.solvers.layered_cell.equations import OPTIONS, Equations
from lithode.solvers.layered_cell.parameters import BOUNDARIES, PREFIX, Numerics, Parameters
from lithode.solvers.layered_cell.schedule import schedule_of
from lithode.solvers.numerics.blocks import NonlinearBlock, compiled
from lithode.solvers.numerics.clock import Clock, Clocked
from lithode.solvers.numerics.levels import unknowns_of
from lithode.solvers.numerics.model import Event, State, Trial

Array = npt.NDArray[np.float64]
Spent = npt.NDArray[np.int64]

# Currents in A/m^2 below which a defect is not taken relative to them.
_SMALLEST_CURRENT = 1e-3
_MOST_SECANTS = 40
_VOLTAGE_TOLERANCE, _UNTIL_TOLERANCE = 1e-8, 1e-5


def _copy(function: Function[Any]) -> Array:
    return np.array(function.x.array, dtype=np.float64)


@dataclass
class _Snapshot:
    """A state: potentials, depths by side and column, and the current they belong to."""

    potentials: Array
    depths: Array
    current: float


class LayeredCell(Clocked):
    """Galvanostatic cell under a protocol; satisfies ``lithode.solvers.numerics.model.Model``.

    The depths march by Heun's method, whose difference from Euler's is the error. Steps must not
    pass the end of a step of the protocol: those belong to the output times.

    Args:
        domain: Mesh made by ``lithode.meshes.stack``.
        parameters: Physics, in coherent units.
        protocol: The currents; positive ones plate on the left.
        numerics: How it is solved.
        columns: Number of columns of the mesh.

    Raises:
        InputError: A region has no conductivity.
        StepFailed: The first current cannot be solved for.
    """

    name = "layered cell"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        protocol: Protocol,
        numerics: Numerics | None = None,
        columns: int = 1,
    ) -> None:
        self.domain, self.parameters, self.protocol = domain, parameters, protocol
        self.numerics = Numerics() if numerics is None else numerics
        self.clock = Clock()
        self.equations = eq = Equations.on(domain, parameters)
        self.columns = Columns(domain, columns)
        mesh = domain.mesh
        self._state = Function(fem.functionspace(mesh, ("P", 1, (2,))), name="potentials")
        self._block = NonlinearBlock(
            eq.residual(self._state),
            self._state,
            [],
            PREFIX,
            OPTIONS,
            keeps_jacobian=False,
            assembly=self.numerics.assembly,
        )
        self._cellwise = eq.conductivity.function_space
        self._depths = {side: Function(self._cellwise, name=f"depth_{side}") for side in BOUNDARIES}
        self._build_gauges()
        depths = np.zeros((len(BOUNDARIES), columns))
        self.schedule = schedule_of(protocol)
        self._drive(depths, protocol.steps[0])
        self._accepted = self._snapshot(depths)
        self._trial, self._trial_step = self._accepted, 0.0
        self._trial_charge, self._trial_ends = 0.0, False

    def _build_gauges(self) -> None:
        eq, parts = self.equations, ufl.split(self._state)
        cell = ufl.TestFunction(self._cellwise)

        self._plated = {side: compiled(eq.plated(parts, side, cell)) for side in BOUNDARIES}
        self._at_face = {
            side: compiled(eq.on_face(eq.overpotential(parts, side) * cell, side))
            for side in BOUNDARIES
        }
        self._foil = compiled(eq.on_face(parts[1] * cell, "left"))

    def _by_column(self, form: Any) -> Array:
        """Return a linear form per length across the stack, by column; collective."""
        vector = la.vector(self._cellwise.dofmap.index_map, 1)
        fem.assemble_vector(vector.array, form)
        return self.columns.sums(vector.array) / self.columns.width

    def _solve(self, depths: Array, current: float) -> tuple[int, int]:
        """Solve for the potentials."""
        self._set(depths, current)
        iterations = self._block.solve()
        if not math.isfinite(float(self._by_column(self._foil).sum())):
            raise StepFailed("the potentials are not finite")
        return iterations

    def _drive(self, depths: Array, step: Step) -> Spent:
        """Solve for the potentials under the current or the voltage of a step.

        A voltage is met by the secant method over the current; the cell is nearly ohmic. The
        iterations are those of the hardest solve: the march takes many for too long a step.
        """
        if step.voltage is None:
            return np.array(self._solve(depths, float(step.current)))
        wanted, smallest = step.voltage, _SMALLEST_CURRENT
        current = float(self.equations.current.value)
        if abs(current) < smallest or current * wanted < 0:
            current = math.copysign(smallest, wanted)
        before, spent = (0.0, 0.0), np.zeros(2, dtype=np.int64)
        for _ in range(_MOST_SECANTS):
            spent = np.maximum(spent, self._solve(depths, current))
            voltage = self._voltage()
            if abs(voltage - wanted) <= _VOLTAGE_TOLERANCE * max(abs(wanted), 1e-3):
                return spent
            slope = (voltage - before[1]) / (current - before[0])
            before = current, voltage
            current += (wanted - voltage) / slope
        raise StepFailed(f"no current gives {wanted:g} V")

    def _voltage(self) -> float:
        """Voltage of the right foil against the left, in V; collective."""
        return -float(self._by_column(self._foil).mean())

    def _set(self, depths: Array, current: float) -> None:
        eq = self.equations
        eq.current.value = np.asarray(current)
        for depth, side in zip(depths, BOUNDARIES, strict=True):
            eq.filled[side].x.array[:] = self.columns.filled(depth, side)

    def _snapshot(self, depths: Array) -> _Snapshot:
        return _Snapshot(_copy(self._state), depths.copy(), float(self.equations.current.value))

    def _show(self, snapshot: _Snapshot) -> None:
        self._state.x.array[:] = snapshot.potentials
        self._set(snapshot.depths, snapshot.current)

    def _rates(self, depths: Array) -> Array:
        """Return how fast the depths grow, in um/s, with the present potentials."""
        pores = self.parameters.pores
        rates = np.zeros_like(depths)
        for k, side in enumerate(BOUNDARIES):
            eta = self._by_column(self._at_face[side])
            plated = np.maximum(self._by_column(self._plated[side]), 0.0)
            rates[k] = plated * pores.filling(eta, depths[k])
        return rates

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        return unknowns_of(self._state)

    def advance(self, dt: float) -> Trial:
        """Try a step; see ``Model.advance``. One that meets a condition is cut there."""
        step, stop = self.schedule.step(self.time), self.schedule.stop(self.time)
        if not step.is_conditional and not self.protocol.is_conditional:
            if self.time + dt > stop * (1 + 1e-12):
                raise StepFailed("the step passes the end of a step of the protocol")
            return self._try(dt, step)[0]
        longest = min(dt, stop - self.time)
        trial, begins, ends = self._try(longest, step)
        self._trial_ends = longest == stop - self.time
        taken = longest
        # One that begins at the value has to come back to it.
        if step.until is not None and (begins - step.until) * (ends - step.until) < 0:
            trial, taken = self._crossing(step, longest, (begins, ends), trial)
            self._trial_ends = True
        return replace(trial, taken=taken)

    def _crossing(
        self, step: Step, longest: float, measured: tuple[float, float], trial: Trial
    ) -> tuple[Trial, float]:
        """Return the step, and its length in s, at whose end what is measured meets ``until``."""
        wanted = float(step.until or 0.0)
        low, high = 0.0, longest
        at_low, at_high = (each - wanted for each in measured)
        taken, found = longest, at_high
        for _ in range(_MOST_SECANTS):
            if abs(found) <= _UNTIL_TOLERANCE * wanted or high - low <= 1e-12 * longest:
                break
            share = min(max(at_low / (at_low - at_high), 0.02), 0.98)
            taken = low + share * (high - low)
            trial, _, ends = self._try(taken, step)
            found = ends - wanted
            # The value at the end that stays is halved, or a bend would hold it for ever.
            if found * at_low > 0:
                low, at_low, at_high = taken, found, at_high / 2
            else:
                high, at_high, at_low = taken, found, at_low / 2
        return trial, taken

    def _try(self, dt: float, step: Step) -> tuple[Trial, float, float]:
        """Try a step; return what ``until`` looks at, at its start and at its end, too."""
        start = self._accepted.depths
        spent = np.zeros(2, dtype=np.int64)
        try:
            if self._is_new(step):
                spent += self._drive(start, step)
            begins, first_current = self._measured(step), float(self.equations.current.value)
            first = self._rates(start)
            euler = self._limited(start + dt * first)
            spent += self._drive(euler, step)
            depths = self._limited(start + dt / 2 * (first + self._rates(euler)))
            spent += self._drive(depths, step)
            self._trial, self._trial_step = self._snapshot(depths), dt
            self._trial_charge = dt / 2 * (first_current + self._trial.current)
            ends = self._measured(step)
        finally:
            self._show(self._accepted)
        scale = np.maximum(depths, self.numerics.smallest_depth) * self.numerics.tolerance
        error = float(np.max(np.abs(depths - euler) / scale))
        return Trial(error, int(spent[0]), int(spent[1])), begins, ends

    def _is_new(self, step: Step) -> bool:
        """Whether the accepted state is of another current or voltage."""
        if step.voltage is None:
            return float(step.current) != self._accepted.current
        off = abs(self._voltage() - step.voltage)
        return bool(off > _VOLTAGE_TOLERANCE * max(abs(step.voltage), 1e-3))

    def _measured(self, step: Step) -> float:
        """Return the size of what ``until`` looks at, 0 if there is none; collective."""
        if step.until is None:
            return 0.0
        if step.voltage is None:
            return abs(self._voltage())
        return abs(float(self.equations.current.value))

    def _limited(self, depths: Array) -> Array:
        return np.asarray(np.minimum(depths, np.array(self.parameters.porous)[:, None]))

    def accept(self) -> None:
        """Make the last trial the accepted state; see ``Model.accept``."""
        end, nearest = self.time + self._trial_step, self.schedule.stop(self.time)
        self.clock.accept(self._trial_step)
        if math.isclose(end, nearest, rel_tol=1e-12):
            self.clock.time = nearest  # exactly, so that the next step of the protocol is known
        self.schedule.accept(self.time, self._trial_charge, ends=self._trial_ends)
        self._accepted = self._trial
        self._show(self._accepted)

    def refresh(self) -> None:
        """Nothing is kept from step to step."""

    def measure(self) -> Mapping[str, float]:
        """Return voltage, resistance, depths and charge; charge defects are of the current.

        The voltage has the sign of the current: that of the right foil against the left.
        """
        time, accepted = self.time, self._accepted
        current, pores = accepted.current, self.parameters.pores
        voltage = self._voltage()
        row = {
            "current [mA/cm^2]": from_model(current, "mA/cm^2"),
            "voltage [mV]": 1e3 * voltage,
            "area_resistance [ohm cm^2]": from_model(
                voltage / current if current else 0.0, "ohm cm^2"
            ),
            "net_charge [mAh/cm^2]": from_model(self.schedule.charge(time), "mAh/cm^2"),
            "throughput [mAh/cm^2]": from_model(self.schedule.throughput(time), "mAh/cm^2"),
            "cycle [1]": float(self.schedule.cycle(time)),
        }
        defect = 0.0
        for side, depth, sign in zip(BOUNDARIES, accepted.depths, (1, -1), strict=True):
            plated = self._by_column(self._plated[side])
            eta = self._by_column(self._at_face[side])
            defect = max(defect, abs(float(plated.mean()) - sign * current))
            row |= {
                f"depth_{side} [um]": float(depth.mean()),
                f"depth_max_{side} [um]": float(depth.max()),
                f"overpotential_{side} [mV]": 1e3 * float(eta.mean()),
                f"lithium_in_pores_{side} [mAh/cm^2]": from_model(
                    float(pores.held(depth).mean()), "mAh/cm^2"
                ),
                f"plated_max_{side} [mA/cm^2]": from_model(float(np.abs(plated).max()), "mA/cm^2"),
            }
        row["charge_defect [1]"] = defect / max(abs(current), _SMALLEST_CURRENT)
        return row

    def fields(self) -> Sequence[Function[Any]]:
        """Return the potential of Li+ (V) and the share of filled pores (1)."""
        potential = Function(fem.functionspace(self.domain.mesh, ("P", 1)), name="potential")
        potential.x.array[:] = self._state.x.array[::2]
        filled = Function(self._cellwise, name="filled")
        filled.x.array[:] = sum(share.x.array for share in self.equations.filled.values())
        return [potential, filled]

    def events(self) -> Sequence[Event]:
        """Return that lithium has gone through an outer layer, once it has."""
        for side, depth, porous in zip(
            BOUNDARIES, self._accepted.depths, self.parameters.porous, strict=True
        ):
            if depth.max() >= porous:
                message = f"lithium has gone through the layer on the {side}"
                return [Event("penetration", message, final=True)]
        if self.schedule.has_ended:
            return [Event("end of protocol", "the protocol has come to its end", final=True)]
        return []

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        for depth, side in zip(self._accepted.depths, BOUNDARIES, strict=True):
            self._depths[side].x.array[:] = depth[self.columns.of_cell]
        functions = {function.name: function for function in (self._state, *self._depths.values())}
        scalars = {**self.clock.scalars(), "current": self._accepted.current}
        scalars |= self.schedule.scalars(self.time)
        return State(functions, scalars)

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars.

        Raises:
            InputError: The protocol has passed another charge by then: it has been changed.
        """
        self.clock.restore(scalars)
        self.schedule.restore(self.time, scalars)
        depths = [self.columns.maxima(_copy(self._depths[side])) for side in BOUNDARIES]
        self._accepted = _Snapshot(_copy(self._state), np.array(depths), scalars["current"])
        self._show(self._accepted)
