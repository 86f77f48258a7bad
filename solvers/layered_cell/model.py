"""The layered cell in time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from dolfinx.fem import Function
from dolfinx.mesh import entities_to_geometry
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError, StepFailed
from lithode.core.parallel import lasting
from lithode.core.protocol import Protocol
from lithode.core.units import from_model
from lithode.solvers.layered_cell.equations import OPTIONS, Equations
from lithode.solvers.layered_cell.parameters import BOUNDARIES, PREFIX, Numerics, Parameters, Side
from lithode.solvers.numerics.blocks import NonlinearBlock, compiled
from lithode.solvers.numerics.clock import Clock, Clocked
from lithode.solvers.numerics.model import Event, State, Trial

Array = npt.NDArray[np.float64]

# Currents in A/m^2 below which a defect is not taken relative to them.
_SMALLEST_CURRENT = 1e-3


class Columns:
    """Cells of a layered mesh as columns across the stack; the whole of an interval is one.

    Args:
        domain: Mesh made by ``lithode.meshes.structured.layered``.
        count: Number of columns.
    """

    def __init__(self, domain: Domain, count: int) -> None:
        mesh = domain.mesh
        dim, self._comm, self.count = mesh.topology.dim, lasting(mesh.comm), count
        index_map = mesh.topology.index_map(dim)
        self._owned = index_map.size_local
        cells = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
        corners = mesh.geometry.x[entities_to_geometry(mesh, dim, cells)]
        heights = corners[:, :, dim - 1]
        self.low, self.high = heights.min(axis=1), heights.max(axis=1)
        self.height = float(self._comm.allreduce(self.high.max(initial=0.0), op=MPI.MAX))
        across = corners[:, :, 0].mean(axis=1) if dim > 1 else np.zeros(len(cells))
        right = corners[:, :, 0].max(initial=0.0) if dim > 1 else 1.0
        width = float(self._comm.allreduce(right, op=MPI.MAX))
        self.width = width / count
        self.of_cell = np.minimum((across / self.width).astype(np.int64), count - 1)

    def sums(self, values: Array) -> Array:
        """Return the sums over the columns of values of the local cells; collective."""
        own = self.of_cell[: self._owned]
        local: Array = np.bincount(own, values[: self._owned], minlength=self.count).astype(float)
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.SUM)
        return local

    def maxima(self, values: Array) -> Array:
        """Return the largest value of each column; collective."""
        local = np.full(self.count, -np.inf)
        np.maximum.at(local, self.of_cell[: self._owned], values[: self._owned])
        self._comm.Allreduce(MPI.IN_PLACE, local, op=MPI.MAX)
        return local

    def filled(self, depth: Array, side: Side) -> Array:
        """Return the share of every local cell within a depth of each column from one side.

        Exact, so that the wall area grows evenly and is none at depth 0.
        """
        low, high = self.low, self.high
        if side == "right":
            low, high = self.height - high, self.height - low
        return np.asarray(np.clip((depth[self.of_cell] - low) / (high - low), 0.0, 1.0))


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
        self._solve(depths, float(protocol.steps[0].current))
        self._accepted = self._snapshot(depths)
        self._trial, self._trial_step = self._accepted, 0.0

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
        dofmap = self._state.function_space.dofmap
        return int(dofmap.index_map.size_global * dofmap.index_map_bs)

    def advance(self, dt: float) -> Trial:
        """Try a step; see ``Model.advance``."""
        end = self.time + dt
        k = self.protocol.index(self.time, after=True)
        if end > self.protocol.ends[k] * (1 + 1e-12):
            raise StepFailed("the step passes the end of a step of the protocol")
        current = float(self.protocol.steps[k].current)
        start = self._accepted.depths
        spent = np.zeros(2, dtype=np.int64)
        try:
            if current != self._accepted.current:
                spent += self._solve(start, current)
            first = self._rates(start)
            euler = self._limited(start + dt * first)
            spent += self._solve(euler, current)
            depths = self._limited(start + dt / 2 * (first + self._rates(euler)))
            spent += self._solve(depths, current)
            self._trial, self._trial_step = self._snapshot(depths), dt
        finally:
            self._show(self._accepted)
        scale = np.maximum(depths, self.numerics.smallest_depth) * self.numerics.tolerance
        error = float(np.max(np.abs(depths - euler) / scale))
        return Trial(error, int(spent[0]), int(spent[1]))

    def _limited(self, depths: Array) -> Array:
        return np.asarray(np.minimum(depths, np.array(self.parameters.porous)[:, None]))

    def accept(self) -> None:
        """Make the last trial the accepted state; see ``Model.accept``."""
        end = self.time + self._trial_step
        nearest = self.protocol.ends[self.protocol.index(self.time, after=True)]
        self.clock.accept(self._trial_step)
        if math.isclose(end, nearest, rel_tol=1e-12):
            self.clock.time = nearest  # exactly, so that the next step of the protocol is known
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
        voltage = -float(self._by_column(self._foil).mean())
        row = {
            "current [mA/cm^2]": from_model(current, "mA/cm^2"),
            "voltage [mV]": 1e3 * voltage,
            "area_resistance [ohm*cm^2]": from_model(
                voltage / current if current else 0.0, "ohm*cm^2"
            ),
            "net_charge [mAh/cm^2]": from_model(float(self.protocol.charge(time)), "mAh/cm^2"),
            "throughput [mAh/cm^2]": from_model(float(self.protocol.throughput(time)), "mAh/cm^2"),
            "cycle [1]": float(self.protocol.steps[self.protocol.index(time, after=False)].cycle),
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
        return []

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        for depth, side in zip(self._accepted.depths, BOUNDARIES, strict=True):
            self._depths[side].x.array[:] = depth[self.columns.of_cell]
        functions = {function.name: function for function in (self._state, *self._depths.values())}
        scalars = {**self.clock.scalars(), "current": self._accepted.current, **self._passed()}
        return State(functions, scalars)

    def _passed(self) -> dict[str, float]:
        """Charge in C/m^2 that the protocol has passed by now, net and in both directions."""
        time, protocol = self.time, self.protocol
        return {
            "charge": float(protocol.charge(time)),
            "throughput": float(protocol.throughput(time)),
        }

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars.

        Raises:
            InputError: The protocol has passed another charge by then: it has been changed.
        """
        self.clock.restore(scalars)
        for name, value in self._passed().items():
            # A last step that is prolonged ends at another rounding of the same charge.
            if abs(value - scalars[name]) > 1e-9 * scalars["throughput"]:
                allowed = (
                    f"passes a {name} of {value:.10g} C/m^2 by {self.time:g} s, the run that is "
                    f"resumed had passed {scalars[name]:.10g}: undo what was changed since"
                )
                raise InputError("protocol", "", allowed)
        depths = [self.columns.maxima(_copy(self._depths[side])) for side in BOUNDARIES]
        self._accepted = _Snapshot(_copy(self._state), np.array(depths), scalars["current"])
        self._show(self._accepted)
