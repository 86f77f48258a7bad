"""The time-dependent wetting model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.core.errors import InputError, StepFailed
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import (
    MUMPS,
    NEWTON,
    NonlinearBlock,
    Options,
    compiled,
)
from lithode.solvers.numerics.clock import Clock, Clocked, Inflow
from lithode.solvers.numerics.gauges import FrontGauge, NodalWeights, boundary_size, integral
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.model import Event, State, Trial
from lithode.solvers.physics import wetting
from lithode.solvers.wetting.equations import Equations
from lithode.solvers.wetting.parameters import (
    PREFIX,
    GrainFields,
    Numerics,
    Observation,
    Parameters,
    Solver,
    choose_solver,
)

Array = npt.NDArray[np.float64]

_PRESETS: Mapping[Solver, Options] = {
    "direct": {**NEWTON, **MUMPS},
    "iterative": {
        **NEWTON,
        "ksp_type": "gmres",
        "ksp_rtol": 1e-3,
        "ksp_max_it": 100,
        "pc_type": "hypre",
    },
}
_CONTENT_TOLERANCE = 1e-11
_MOST_SECANTS = 12
# Nodes at the end of a band, in um: their places differ by rounding between numbers of ranks.
_ROUNDING = 1e-6


class Wetting(Clocked):
    """Lithium among grains; satisfies ``lithode.solvers.numerics.model.Model``.

    Nothing flows through the boundaries, which have the contact angle 90 where none is given.

    Args:
        domain: Mesh with the boundaries electrode, counter_electrode (lithium that reaches it ends
            the run) and the walls of the parameters.
        parameters: Physics, in coherent units.
        initial: Initial order parameter at points of shape (n, 3), values in [0, 1].
        numerics: Choice of solvers and tolerances.
        observation: Layer and rows that are read off.

    Raises:
        InputError: A boundary or region that the mesh does not have.
    """

    name = "wetting"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        initial: Callable[[Array], Array],
        numerics: Numerics | None = None,
        observation: Observation | None = None,
    ) -> None:
        self.numerics = Numerics() if numerics is None else numerics
        self.domain, self.parameters = domain, parameters
        self.clock = Clock()
        mesh = domain.mesh
        space = fem.functionspace(mesh, ("P", 1))
        self._space, self._weights = space, NodalWeights(domain, space)
        self._levels = TimeLevels.in_space(space, "order_parameter", 3)
        self._rate_weight, self._step_scale = Constant(mesh, 0.0), Constant(mesh, 1.0)
        self._rate_offset = Function(space)
        self._rate = self._rate_weight * self._levels.trial + self._rate_offset
        self._multiplier = Constant(mesh, 0.0)
        self._compliance = 0.0
        self.equations = Equations.on(domain, space, parameters, self.numerics.lumping)
        self._build_block()
        self._build_gauges(Observation() if observation is None else observation)
        self._start(initial)

    def _build_block(self) -> None:
        vertices = int(self._space.dofmap.index_map.size_global)
        preset = self.numerics.solver
        if preset == "auto":
            preset = choose_solver(self.domain.mesh.topology.dim, vertices)
        # Residual at which a relative 1e-12 of a full mesh of lithium is out of balance.
        volume = float(self._weights.sums(self._weights.whole)[0])
        tolerance = 1e-12 * volume / math.sqrt(vertices)
        residual = self.equations.residual(
            self._levels.trial, self._rate, self._multiplier, ufl.TestFunction(self._space)
        )
        self._block = NonlinearBlock(
            self._step_scale * residual,
            self._levels.trial,
            [],
            PREFIX,
            {**_PRESETS[preset], "snes_atol": tolerance},
        )

    def _build_gauges(self, observation: Observation) -> None:
        eq, trial, domain = self.equations, self._levels.trial, self.domain
        one = Constant(domain.mesh, 1.0)

        self._plating = compiled(eq.plating(trial, one))
        relaxation = eq.relaxation(trial, one)
        if self.parameters.conserved:
            relaxation += eq.holding(trial, self._multiplier, one)
        self._relaxation = compiled(relaxation)
        self._content = compiled(wetting.content(trial) * eq.measure)
        self._energy, self._work = compiled(eq.energy(trial)), compiled(eq.work(trial))
        self._friction = compiled(self._rate**2 / self.parameters.interface.mobility * eq.measure)
        self._front = FrontGauge(self._space)
        self._electrode_size = boundary_size(domain, "electrode")
        heights = self._space.tabulate_dof_coordinates()[:, domain.mesh.geometry.dim - 1]
        self._top = float(self._weights.maxima(heights)[0])
        if observation.pores not in domain.regions:
            raise InputError("region", observation.pores, "is no region of the mesh")
        # What lithium finds free of the tails of grain fields.
        free = wetting.content(np.clip(1 - eq.grains.x.array, 0.0, 1.0))
        pores = self._weights.regions[observation.pores] * free
        layer = observation.layer or (-math.inf, math.inf)
        self._bands = [
            pores * ((heights >= low - _ROUNDING) & (heights <= high + _ROUNDING))
            for low, high in (layer, *observation.rows)
        ]
        self._inflow = Inflow("reaction")
        self._rates = (0.0, 0.0)
        self._ledger = {"energy": 0.0, "energy_start": 0.0, "energy_rise": 0.0, "friction": 0.0}
        self._ledger |= {"dissipation": 0.0, "content_start": 0.0, "lithium_start": 0.0}

    def _start(self, initial: Callable[[Array], Array]) -> None:
        values = initial(self._space.tabulate_dof_coordinates())
        self._levels.trial.x.array[:] = self.equations.initial(values)
        self._levels.start()
        energy = integral(self._energy) - integral(self._work)
        self._ledger["energy"] = self._ledger["energy_start"] = energy
        self._ledger["content_start"] = integral(self._content)
        self._ledger["lithium_start"] = self._lithium()

    def _lithium(self) -> float:
        w = self._weights
        return float(w.sums(w.whole * self._levels.now.x.array)[0])

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        return int(self._space.dofmap.index_map.size_global)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        past, levels = self.clock.past, self._levels
        weights = bdf.rate_weights(dt, past)
        self._rate_weight.value = np.asarray(weights[0])
        self._step_scale.value = np.asarray(1 / weights[0])
        levels.combine(weights[1:], self._rate_offset)
        levels.extrapolate(bdf.predictor_weights(dt, past))
        predicted = levels.trial.x.array.copy()
        if self.parameters.conserved:
            nonlinear, linear = self._solve_conserved()
        else:
            nonlinear, linear = self._block.solve()
        # MPI's maximum may lose a NaN of another rank.
        difference = np.nan_to_num(np.abs(levels.trial.x.array - predicted), nan=np.inf)
        change = float(self._weights.maxima(difference)[0])
        if not math.isfinite(change):
            raise StepFailed("the solution is not finite")
        self._trial_step = dt
        error = bdf.error_factor(dt, past) * change / self.numerics.tolerance
        return Trial(error, nonlinear, linear)

    def _solve_conserved(self) -> tuple[int, int]:
        """Find the pressure that keeps the content, by secants over whole solves."""
        wanted = self._ledger["content_start"]
        before = float(self._multiplier.value)
        nonlinear, linear = self._block.solve()
        excess = integral(self._content) - wanted
        try:
            for _ in range(_MOST_SECANTS):
                if abs(excess) <= _CONTENT_TOLERANCE * wanted:
                    return nonlinear, linear
                size = 1e-4 * self.parameters.interface.barrier
                change = -excess / self._compliance if self._compliance > 0 else size
                self._multiplier.value += change
                newton, krylov = self._block.solve()
                nonlinear, linear = nonlinear + newton, linear + krylov
                now = integral(self._content) - wanted
                self._compliance, excess = (now - excess) / change, now
            raise StepFailed("no pressure keeps the content of lithium")
        except StepFailed:
            self._multiplier.value, self._compliance = np.asarray(before), 0.0
            raise

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt, ledger = self._trial_step, self._ledger
        self._rates = integral(self._plating), integral(self._relaxation)
        self._inflow.accept(sum(self._rates), dt, self.clock.past)
        friction = integral(self._friction)
        energy = integral(self._energy) - integral(self._work)
        before = ledger["friction"] if self.clock.past else friction
        ledger["dissipation"] += dt * (friction + before) / 2
        ledger["friction"] = friction
        ledger["energy_rise"] += max(energy - ledger["energy"], 0.0)
        ledger["energy"] = energy
        self._levels.accept()
        self.clock.accept(dt)

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/wang2024-wetting.md for each."""
        w, ledger, zeta = self._weights, self._ledger, self._levels.now.x.array
        solid = self.domain.mesh.geometry.dim == 3
        size, charge = self._electrode_size, FARADAY / self.parameters.molar_volume
        lithium, content = self._lithium(), self._integral_now(self._content)
        filled = wetting.content(np.clip(zeta, 0.0, 1.0))
        sums = w.sums(*self._bands, *(band * filled for band in self._bands))
        spaces, lithium_in = np.split(sums, 2)
        shares = lithium_in / np.maximum(spaces, 1e-300)
        plating, relaxation = self._rates
        driven = ledger["energy_start"] - ledger["energy"]
        unit = "pJ" if solid else "pJ/um"
        return {
            "tip_height [um]": max(float(w.maxima(self._front.heights(zeta))[0]), 0.0),
            f"lithium [{'um^3' if solid else 'um^2'}]": lithium,
            "filled_fraction [1]": float(shares[0]),
            "rows_filled [1]": float(np.sum(shares[1:] >= 0.5)),
            "plating_current [A/m^2]": charge * (plating + relaxation) / size,
            "driven_current [A/m^2]": charge * plating / size,
            f"energy [{unit}]": self._integral_now(self._energy),
            f"energy_rise [{unit}]": ledger["energy_rise"],
            f"dissipation [{unit}]": ledger["dissipation"],
            "energy_defect [1]": abs(driven - ledger["dissipation"])
            / max(ledger["dissipation"], 1e-300),
            "pressure [MPa]": self.equations.pressure + float(self._multiplier.value),
            "content_defect [1]": abs(content / ledger["content_start"] - 1)
            if self.parameters.conserved
            else 0.0,
            "lithium_defect [1]": abs(lithium - ledger["lithium_start"] - self._inflow.total)
            / max(lithium, ledger["lithium_start"]),
        }

    def _integral_now(self, form: Any) -> float:
        """Integrate a form of the trial over the accepted state."""
        self._levels.extrapolate((1.0,))
        return integral(form)

    def fields(self) -> Sequence[Function[Any]]:
        """Return zeta and, if there are grain fields, their sum."""
        grains = isinstance(self.parameters.solid, GrainFields)
        return [self._levels.now, self.equations.grains] if grains else [self._levels.now]

    def events(self) -> Sequence[Event]:
        """Return that lithium has reached the counter electrode, which ends the run."""
        margin = 4 * self.parameters.interface.profile_length
        height = float(self._weights.maxima(self._front.heights(self._levels.now.x.array))[0])
        if height < self._top - margin:
            return ()
        return (Event("through", "lithium reaches the counter electrode", True),)

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {function.name: function for function in self._levels.past}
        scalars = {
            **self.clock.scalars(),
            **self._inflow.scalars(),
            **self._ledger,
            "multiplier": float(self._multiplier.value),
            "compliance": self._compliance,
            "plating": self._rates[0],
            "relaxation": self._rates[1],
        }
        return State(functions, scalars)

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.clock.restore(scalars)
        self._inflow.restore(scalars)
        self._ledger = {name: scalars[name] for name in self._ledger}
        self._multiplier.value = np.asarray(scalars["multiplier"])
        self._compliance = scalars["compliance"]
        self._rates = scalars["plating"], scalars["relaxation"]
        self._levels.extrapolate((1.0,))
