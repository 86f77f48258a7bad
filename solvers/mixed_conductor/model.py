"""The time-dependent mixed-conductor model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.solvers.mixed_conductor.equations import OPTIONS, Equations
from lithode.solvers.mixed_conductor.parameters import PREFIX, Numerics, Observation, Parameters
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import JIT_OPTIONS, NonlinearBlock, compiled
from lithode.solvers.numerics.clock import Clock, Clocked, Inflow
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    LineGauge,
    NodalWeights,
    boundary_dofs,
    boundary_size,
    integral,
)
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.model import Event, State, Trial
from lithode.solvers.numerics.properties import nodal_fields
from lithode.solvers.physics import kinetics

Array = npt.NDArray[np.float64]

_LINE_POINTS = 400


class MixedConductor(Clocked):
    """Li+ and electrons next to lithium; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        domain: Mesh with the boundaries electrode (the lithium surface, of any shape) and
            counter_electrode (the solid electrolyte, where electrons stop); no flux elsewhere.
        parameters: Physics, in coherent units.
        numerics: Form of the equations and tolerance.
        observation: Lines along which nucleation is read off.

    Raises:
        InputError: A region without a conductor, a missing boundary, or a line that leaves the
            mesh.
    """

    name = "mixed conductor"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        numerics: Numerics | None = None,
        observation: Observation | None = None,
    ) -> None:
        self.numerics = Numerics() if numerics is None else numerics
        self.observation = Observation() if observation is None else observation
        self.domain, self.parameters = domain, parameters
        self.clock = Clock()
        mesh = domain.mesh
        self.equations = Equations.on(domain, parameters, self.numerics)
        count = 3 if self.numerics.formulation == "poisson" else 2
        self._scalar = fem.functionspace(mesh, ("P", 1))
        self._levels = TimeLevels.in_space(
            fem.functionspace(mesh, ("P", 1, (count,))), "quasi_fermi", 2
        )
        # Of (c+, c_e, V): what is conserved is known at the nodes, as its lumped rate wants it.
        triples = fem.functionspace(mesh, ("P", 1, (3,)))
        self._carriers = TimeLevels.in_space(triples, "carriers", 3)
        self._rate_weight, self._step_scale = Constant(mesh, 0.0), Constant(mesh, 1.0)
        self._rate_offset = Function(triples)
        carriers = self.equations.carriers(self._levels.trial)
        found = ufl.as_vector([carriers.cation, carriers.electron, carriers.potential])
        self._carriers_of_levels = fem.Expression(
            found, triples.element.interpolation_points, jit_options=JIT_OPTIONS
        )
        self._rate = self._rate_weight * found + self._rate_offset
        self.conditions = self.equations.conditions(self._levels.trial.function_space)
        self._weights = NodalWeights(domain, self._scalar)
        self._build_block()
        self._build_gauges()
        self._start()

    def _build_block(self) -> None:
        nodes = int(self._scalar.dofmap.index_map.size_global)
        volume = float(self._weights.sums(self._weights.whole)[0])
        p = self.parameters
        electrons = p.electron_concentration / p.lithium.electron_concentration
        # Residual at which a relative 1e-12 of the rarer carrier is out of balance.
        tolerance = 1e-12 * min(1.0, electrons) * volume / math.sqrt(nodes)
        self._block = NonlinearBlock(
            self.equations.residual(self._levels.trial, self._rate, self._step_scale),
            self._levels.trial,
            self.conditions,
            PREFIX,
            {**OPTIONS[self.numerics.solver], "snes_atol": tolerance},
            keeps_jacobian=False,
        )

    def _build_gauges(self) -> None:
        eq, levels = self.equations, self._levels.trial

        def through(boundary: str, residual: Any) -> BoundaryResidual:
            dofs = boundary_dofs(self.domain, self._scalar, boundary)
            return BoundaryResidual(residual, self._scalar, dofs, eq.measure)

        self._cation_supply = through(
            "counter_electrode", lambda test, dx: eq.cation(levels, self._rate[0], test, dx)
        )
        self._electron_supply = through(
            "electrode", lambda test, dx: eq.electron(levels, self._rate[1], test, dx)
        )
        one = Constant(self.domain.mesh, 1.0)
        self._plating = compiled(eq.plating(levels, one))
        self._counter_level = compiled(eq.on_boundary(levels[0], "counter_electrode"))
        self._counter_size = boundary_size(self.domain, "counter_electrode")
        self._lines = {
            name: LineGauge(self._scalar, *line, _LINE_POINTS)
            for name, line in self.observation.lines.items()
        }
        self._starts = {name: line[0][-1] for name, line in self.observation.lines.items()}
        self._inflows = Inflow("cation_inflow"), Inflow("electron_inflow")
        self._growth_current = 0.0

    def _start(self) -> None:
        p = self.parameters
        start = -math.log(p.electron_concentration / p.cation_concentration)
        count = self._levels.trial.function_space.dofmap.index_map_bs
        values = self._levels.trial.x.array
        values[:] = 0.0
        values[1::count] = start
        self._carriers.trial.interpolate(self._carriers_of_levels)
        self._levels.start()
        self._carriers.start()
        self._contents_start = self._contents()

    def _contents(self) -> Array:
        """Integrals of c+ over c_0 and of c_e over c_e,Li."""
        w, now = self._weights, self._carriers.now.x.array
        electron = now[1::3] / self.equations.electron_scale
        return w.sums(w.whole * now[0::3], w.whole * electron)

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        dofmap = self._levels.trial.function_space.dofmap
        return int(dofmap.index_map.size_global * dofmap.index_map_bs)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        past, carriers = self.clock.past, self._carriers
        weights = bdf.rate_weights(dt, past)
        self._rate_weight.value = np.asarray(weights[0])
        self._step_scale.value = np.asarray(1 / weights[0])
        carriers.combine(weights[1:], self._rate_offset)
        carriers.extrapolate(bdf.predictor_weights(dt, past))
        predicted = carriers.trial.x.array.copy()
        nonlinear, linear = self._solve(dt)
        carriers.trial.interpolate(self._carriers_of_levels)
        change = self._change(carriers.trial.x.array - predicted)
        self._trial_step = dt
        # At the start c_e jumps at the lithium, however short the step: that is no error of time.
        factor = bdf.error_factor(dt, past) if past else 0.0
        return Trial(factor * change / self.numerics.tolerance, nonlinear, linear)

    def _solve(self, dt: float) -> tuple[int, int]:
        """Solve for the levels of the new time.

        The guess goes on as a + b ln t, as potentials do while a jump at a surface spreads by
        diffusion; for steps far shorter than the time passed this is linear in t.
        """
        time, past, levels = self.clock.time, self.clock.past, self._levels
        ahead = math.log1p(dt / time) / -math.log1p(-past[0] / time) if len(past) > 1 else 0.0
        levels.extrapolate((1 + ahead, -ahead))
        if past:
            return self._block.solve()
        # At the start q jumps at lithium. If all levels do, contents stay: right where little
        # diffuses in a step. Where much does Newton must come from above, from the old levels.
        values, count = levels.trial.x.array, levels.trial.function_space.dofmap.index_map_bs
        nodes = boundary_dofs(self.domain, self._scalar, "electrode")
        jump = self.equations.lithium_level - values[1::count][nodes]
        for component in range(count):
            values[component::count][nodes] += jump
        try:
            return self._block.solve()
        except StepFailed:
            levels.extrapolate((1.0,))
            return self._block.solve()

    def _change(self, difference: Array) -> float:
        """Largest difference of c+ and c_e, each over its largest value."""
        trial, maxima = self._carriers.trial.x.array, self._weights.maxima
        scales = maxima(trial[0::3], trial[1::3])
        changes = maxima(np.abs(difference[0::3]), np.abs(difference[1::3]))
        if not np.all(np.isfinite(changes)):
            raise StepFailed("the solution is not finite")
        return float(np.max(changes / scales))

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt = self._trial_step
        plated = integral(self._plating)
        rates = self._cation_supply() - plated, self._electron_supply()
        for inflow, rate in zip(self._inflows, rates, strict=True):
            inflow.accept(rate, dt, self.clock.past)
        self._levels.accept()
        self._carriers.accept()
        self.clock.accept(dt)

    @property
    def overpotential(self) -> float:
        """Overpotential of the lithium against Li+ at the counter electrode, in V; collective."""
        eq = self.equations
        counter = integral(self._counter_level) / self._counter_size
        lithium = eq.lithium_level + math.log(eq.electron_scale)
        return (counter - lithium) / self.parameters.inverse_thermal_voltage

    def nodal(self) -> Mapping[str, Array]:
        """Return the nodal values of all fields by name, ghosts included; collective."""
        p, eq, now = self.parameters, self.equations, self._carriers.now.x.array
        f = p.inverse_thermal_voltage
        cation, electron = now[0::3], now[1::3]
        counter = integral(self._counter_level) / self._counter_size
        potential = (now[2::3] - counter) / f
        activity = cation * electron / eq.electron_scale
        overpotentials = {"applied": np.maximum(-potential, 0.0), "local": np.log(activity) / f}
        lithium = p.lithium
        rates = kinetics.reaction_rates(lithium.stern_drop, f, lithium.symmetry_factor)
        oxidation, reduction = map(float, rates)
        fields = {
            "cation_concentration": p.cation_concentration * cation,
            "electron_concentration": p.cation_concentration * electron,
            "potential": potential,
            "lithium_activity": activity,
            "growth_rate": kinetics.plating_current(
                activity, oxidation, reduction, lithium.exchange_current_density
            ),
            **{f"overpotential_{name}": eta for name, eta in overpotentials.items()},
        }
        for label, nucleation in p.nucleation.items():
            for name, eta in overpotentials.items():
                fields[_name("nucleation", name, label)] = nucleation.rate(activity, eta)
        return fields

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/wang2024-transport.md for each."""
        w, fields = self._weights, self.nodal()
        growth = integral(self._plating) * self.equations.charge_per_content
        contents = self._contents()
        balance = [
            abs(float(content) - float(start) - inflow.total) / float(content)
            for content, start, inflow in zip(
                contents, self._contents_start, self._inflows, strict=True
            )
        ]
        row = {
            "overpotential [V]": self.overpotential,
            "plating_current [A/m^2]": growth / self._counter_size,
            "electrons [1]": float(contents[1]),
            "cation_min [mol/m^3]": -float(w.maxima(-fields["cation_concentration"])[0]),
            "electron_min [mol/m^3]": -float(w.maxima(-fields["electron_concentration"])[0]),
            "overpotential_local_max [V]": float(w.maxima(fields["overpotential_local"])[0]),
            "cation_defect [1]": balance[0],
            "electron_defect [1]": balance[1],
        }
        for name, line in self._lines.items():
            row[f"growth_rate_{name} [A/m^2]"] = float(line(fields["growth_rate"])[0])
        for reading in ("applied", "local"):
            row |= self._nucleation(reading, fields)
        return row

    def _nucleation(self, reading: str, fields: Mapping[str, Array]) -> dict[str, float]:
        """Where nucleation takes place, by one reading of the overpotential."""
        w, labels = self._weights, self.parameters.nucleation
        rates = {label: fields[_name("nucleation", reading, label)] for label in labels}
        largest = w.maxima(*rates.values()) if rates else np.zeros(0)
        volume = float(w.sums(w.whole)[0])
        row = {}
        for (label, rate), peak in zip(rates.items(), largest, strict=True):
            level = self.observation.level * max(float(np.max(largest)), 1e-300)
            share = float(w.sums(w.whole * (rate >= level))[0]) / volume
            critical = labels[label].critical_overpotential
            row[f"{_name('nucleation_max', reading, label)} [1]"] = float(peak)
            row[f"{_name('nucleation_share', reading, label)} [1]"] = share
            for name, line in self._lines.items():
                height = self._starts[name] + line.last_above(rate, level)
                length = line.last_above(fields[f"overpotential_{reading}"], critical)
                row[f"{_name(f'nucleation_height_{name}', reading, label)} [um]"] = height
                row[f"{_name(f'nucleation_length_{name}', reading, label)} [um]"] = length
        return row

    def fields(self) -> Sequence[Function[Any]]:
        """Return concentrations (mol/m^3), potentials (V), growth (A/m^2), nucleation (1)."""
        return nodal_fields(self._scalar, self.nodal())

    def events(self) -> Sequence[Event]:
        """Return nothing: transport alone has no events."""
        return ()

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {f.name: f for levels in (self._levels, self._carriers) for f in levels.past}
        scalars = self.clock.scalars()
        for inflow in self._inflows:
            scalars |= inflow.scalars()
        return State(functions, scalars)

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.clock.restore(scalars)
        for inflow in self._inflows:
            inflow.restore(scalars)
        for levels in (self._levels, self._carriers):
            levels.extrapolate((1.0,))


def _name(quantity: str, reading: str, label: str) -> str:
    return f"{quantity}_{reading}_{label}" if label else f"{quantity}_{reading}"
