"""The time-dependent electrodeposition model."""

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
from lithode.solvers.electrodeposition.backstop import BackstopGauges
from lithode.solvers.electrodeposition.coupling import (
    Coupling,
    Monolithic,
    Problem,
    Staggered,
    TwoPotentials,
    Unknowns,
)
from lithode.solvers.electrodeposition.equations import Conditions, Equations, Properties
from lithode.solvers.electrodeposition.parameters import (
    Charge,
    Numerics,
    Parameters,
    Solver,
    Transport,
    choose_solver,
)
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.clock import Clock, Clocked, Inflow
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    FrontGauge,
    NodalWeights,
    Overhang,
    boundary_dofs,
    boundary_size,
)
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.model import Event, State, Trial
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.theory import free_energy
from lithode.theory.elasticity import Kinematics

Array = npt.NDArray[np.float64]


class Electrodeposition(Clocked):
    """The model; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        domain: Mesh with the boundaries electrode (Li, phi = overpotential), counter_electrode
            (c = 1, phi = 0) and sides (rollers).
        parameters: Physics, in coherent units.
        initial: Initial order parameter at points of shape (n, 3), values in [0, 1].
        numerics: Choice of solvers and tolerances.

    Raises:
        InputError: A region without parameters, or a boundary that the mesh does not have.
    """

    name = "electrodeposition"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        initial: Callable[[Array], Array],
        numerics: Numerics | None = None,
    ) -> None:
        numerics = Numerics() if numerics is None else numerics
        mesh = domain.mesh
        if (numerics.kinematics is Kinematics.SOLID) != (mesh.topology.dim == 3):
            allowed = "must be solid on a 3D mesh, plane_strain or plane_stress on a 2D one"
            raise InputError("kinematics", numerics.kinematics, allowed)
        self.domain, self.parameters, self.numerics = domain, parameters, numerics
        self.clock = Clock()

        scalar = fem.functionspace(mesh, ("P", 1))
        pairs = fem.functionspace(mesh, ("P", 1, (2,)))
        two = parameters.charge is Charge.TWO_POTENTIAL
        vectors = fem.functionspace(mesh, ("P", 1, (mesh.geometry.dim,)))
        self._space = scalar
        self._weights = NodalWeights(domain, scalar)
        self._site_ratio = parameters.lithium.site_density / parameters.bulk_concentration
        self._rate_weight = Constant(mesh, 0.0)
        self._rate_offset = Function(pairs)
        phase = TimeLevels.in_space(pairs, "phase", 3)
        self._unknowns = Unknowns(
            phase=phase,
            potential=TimeLevels.in_space((pairs if two else scalar).clone(), "potential", 2),
            stress=TimeLevels.in_space(scalar.clone(), "hydrostatic_stress", 2),
            displacement=TimeLevels.in_space(vectors, "displacement", 2),
            rate=self._rate_weight * phase.trial + self._rate_offset,
            step_scale=Constant(mesh, 1.0),
        )
        self._noise = Function(scalar)
        ends = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags)
        self.equations = Equations(
            parameters,
            Properties.on(domain, parameters.regions),
            leaning_measure(mesh, numerics.lumping),
            numerics.kinematics,
            self._noise,
            ends(domain.boundaries["counter_electrode"]),
        )
        self.conditions = Conditions.on(
            domain,
            pairs,
            self._unknowns.potential.trial.function_space,
            vectors,
            parameters,
        )
        self.solver = self._choose_solver()
        couple: Callable[[Problem], Coupling] = TwoPotentials if two else Staggered
        if numerics.coupling == "monolithic":
            couple = Monolithic
        self._coupling = couple(
            Problem(
                self.equations,
                self._unknowns,
                self.conditions,
                self._weights,
                self.solver,
                self._residual_tolerance(),
                numerics,
            )
        )
        self._build_gauges()
        self._start(initial)

    def _choose_solver(self) -> Solver:
        if self.numerics.solver != "auto":
            return self.numerics.solver
        vertices = self._space.dofmap.index_map.size_global
        return choose_solver(self.domain.mesh.topology.dim, vertices)

    def _residual_tolerance(self) -> float:
        """Residual norm at which a relative 1e-12 of the lithium is out of balance."""
        nodes = int(self._space.dofmap.index_map.size_global)
        volume = float(self._weights.sums(self._weights.whole)[0])
        return 1e-12 * self._site_ratio * volume / math.sqrt(nodes)

    def _build_gauges(self) -> None:
        eq, rate, domain = self.equations, self._unknowns.rate, self.domain
        xi, c = self._unknowns.phase.trial[0], self._unknowns.phase.trial[1]
        self._front = FrontGauge(self._space)
        self._electrode_size = boundary_size(domain, "electrode")
        self._overhang = Overhang(self._unknowns.phase.now[0], domain, self._electrode_size)
        heights = self._space.tabulate_dof_coordinates()[:, domain.mesh.geometry.dim - 1]
        self._heights = heights
        self._top = float(self._weights.maxima(heights)[0])

        def supply(test: Any, dx: Any) -> Any:
            return eq.concentration(
                xi, rate[0], c, rate[1], self._coupling.supply_potential, test, dx
            )

        potential = self._unknowns.potential.trial

        def electrode_current(test: Any, dx: Any) -> Any:
            if eq.has_two_potentials:
                return eq.electrons(xi, rate[0], potential[1], test, dx)
            return eq.charge(xi, rate[0], potential, test, dx)

        def counter_electrode_current(test: Any, dx: Any) -> Any:
            if eq.has_two_potentials:
                return eq.ions(xi, rate[0], potential[0], test, dx)
            return eq.charge(xi, rate[0], potential, test, dx)

        def through(boundary: str, residual: Any) -> BoundaryResidual:
            dofs = boundary_dofs(domain, self._space, boundary)
            return BoundaryResidual(residual, self._space, dofs, eq.measure)

        self._currents = (
            through("electrode", electrode_current),
            through("counter_electrode", counter_electrode_current),
        )
        self._supply = through("counter_electrode", supply)
        self._backstop = None
        if self.parameters.backstop is not None:
            self._backstop = BackstopGauges(
                domain,
                self.parameters.backstop,
                eq,
                self._space,
                self._weights,
                self._unknowns.phase.now[0],
                self._unknowns.displacement.now,
            )
        self._seen: set[str] = set()
        self._lithium_start = 0.0
        self._inflow = Inflow("inflow")
        self._boundary_currents = (0.0, 0.0)
        self._faradaic = 0.0
        two = eq.has_two_potentials
        potentials = ("ionic_potential", "electronic_potential") if two else ("potential",)
        self._output = [
            Function(self._space, name=name)
            for name in ("order_parameter", "concentration", *potentials, "hydrostatic_stress")
        ]
        far = ufl.TestFunction(self._space) * eq.counter_electrode
        self._far = self._weights.moments(compiled(far))

    def _start(self, initial: Callable[[Array], Array]) -> None:
        xi = np.clip(initial(self._space.tabulate_dof_coordinates()), 0.0, 1.0)
        values = self._unknowns.phase.trial.x.array
        values[0::2], values[1::2] = xi, 1.0 - xi
        for condition in self.conditions.phase:
            condition.set(values)
        self._coupling.solve_fields()  # the rate is still zero
        for levels in self._unknowns.all:
            levels.start()
        self._lithium_start = self._lithium(self._unknowns.phase.now.x.array)
        self.events()  # contacts of the initial lithium are not news

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        solved = [self._unknowns.phase, self._unknowns.potential]
        if self.numerics.mechanics:
            solved.append(self._unknowns.displacement)
        maps = [levels.trial.function_space.dofmap for levels in solved]
        return sum(m.index_map.size_global * m.index_map_bs for m in maps)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        past, unknowns = self.clock.past, self._unknowns
        weights = bdf.rate_weights(dt, past)
        self._rate_weight.value = np.asarray(weights[0])
        unknowns.step_scale.value = np.asarray(1 / weights[0])
        unknowns.phase.combine(weights[1:], self._rate_offset)
        unknowns.phase.extrapolate(bdf.predictor_weights(dt, past))
        predicted = unknowns.phase.trial.x.array.copy()
        for levels in (unknowns.potential, unknowns.stress, unknowns.displacement):
            levels.extrapolate(bdf.predictor_weights(dt, past[:1]))
        if self.parameters.fluctuations is not None:
            self._noise.x.array[:] = self.parameters.fluctuations.field(
                self._space.tabulate_dof_coordinates(), self.clock.time + dt
            )
        nonlinear, linear = self._coupling.solve()
        change = self._change(unknowns.phase.trial.x.array - predicted)
        self._trial_step = dt
        error = bdf.error_factor(dt, past) * change / self.numerics.tolerance
        return Trial(error, nonlinear, linear)

    def _change(self, difference: Array) -> float:
        """Size of a difference of (xi, c), with c over its largest value or 1."""
        scale = max(1.0, self._largest(self._unknowns.phase.now.x.array[1::2]))
        weight = self.numerics.concentration_weight / scale
        return max(self._largest(difference[0::2]), weight * self._largest(difference[1::2]))

    def _largest(self, difference: Array) -> float:
        # MPI's maximum may lose a NaN of another rank.
        largest = float(self._weights.maxima(np.nan_to_num(np.abs(difference), nan=np.inf))[0])
        if not np.isfinite(largest):
            raise StepFailed("the solution is not finite")
        return largest

    def _lithium(self, phase: Array) -> float:
        """Integral of c + (c_s / c_0) xi."""
        w = self._weights
        return float(w.sums(w.whole * (phase[1::2] + self._site_ratio * phase[0::2]))[0])

    def _lithium_inflow(self) -> float:
        """Inflow of Li+ over c_0: through the counter electrode, or with the whole current."""
        if self.parameters.transport is Transport.SINGLE_ION:
            into, out_of = self._boundary_currents
            current = out_of if self.equations.has_two_potentials else into + out_of
            return current / (FARADAY * self.parameters.bulk_concentration)
        return self._supply()

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt, w = self._trial_step, self._weights
        weights = bdf.rate_weights(dt, self.clock.past)
        rate = weights[0] * self._unknowns.phase.trial.x.array + self._rate_offset.x.array
        plated = float(w.sums(w.whole * rate[0::2])[0])
        self._faradaic = FARADAY * self.parameters.lithium.site_density * plated
        self._boundary_currents = (self._currents[0](), self._currents[1]())
        self._inflow.accept(self._lithium_inflow(), dt, self.clock.past)
        self.clock.accept(dt)
        for levels in self._unknowns.all:
            levels.accept()

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/electrodeposition.md for each."""
        w, phase, stress = (
            self._weights,
            self._unknowns.phase.now.x.array,
            self._unknowns.stress.now.x.array,
        )
        xi, c, pressure = phase[0::2], phase[1::2], -stress
        metal = xi >= 0.5
        interface = xi**2 * (1 - xi) ** 2
        tip = float(w.maxima(self._front.heights(xi))[0])
        below = self._heights <= tip
        sums = [w.whole * xi, w.whole * c]
        maxima = [pressure[metal], c]
        for weights in w.regions.values():
            here = metal & (weights > 0)
            sums += [
                weights * interface,
                weights * interface * pressure,
                weights * below,
                weights * below * xi,
            ]
            maxima += [pressure[here], xi[weights > 0]]
        totals, largest = w.sums(*sums), w.maxima(*maxima)
        lithium = self._lithium(phase)
        size = self._electrode_size
        into, out_of = self._boundary_currents
        net = self._faradaic * self.parameters.lithium_gain / self.parameters.lithium.site_density
        unit = "um^2" if self.domain.mesh.geometry.dim == 2 else "um^3"
        row = {
            "tip_height [um]": tip,
            f"lithium [{unit}]": float(totals[0]),
            "mean_height [um]": float(totals[0]) / size,
            "plating_current [A/m^2]": self._faradaic / size,
            "electrode_current [A/m^2]": into / size,
            "counter_electrode_current [A/m^2]": out_of / size,
            "overhang [1]": self._overhang(),
            "pressure_max [MPa]": _or_nan(largest[0]),
            "concentration_max [1]": float(largest[1]),
            "lithium_defect [1]": abs(lithium - self._lithium_start - self._inflow.total) / lithium,
            "charge_defect [1]": self._charge_lost(net) / max(abs(net), 1e-300),
        }
        if self.equations.has_two_potentials:
            row["cell_voltage [V]"] = self._cell_voltage()
        for k, name in enumerate(w.regions):
            interface_size, moment, area, filled = totals[2 + 4 * k : 6 + 4 * k]
            row[f"pressure_mean_{name} [MPa]"] = (
                float(moment / interface_size) if interface_size > 1e-6 else np.nan
            )
            row[f"pressure_max_{name} [MPa]"] = _or_nan(largest[2 + 2 * k])
            row[f"contact_{name} [1]"] = float(largest[3 + 2 * k])
            row[f"lithium_fraction_{name} [1]"] = float(filled / area) if area > 0 else 0.0
        if self._backstop is not None:
            row |= self._backstop(xi, pressure)
        return row

    def _charge_lost(self, net: float) -> float:
        """Distance of the boundary currents from the Faradaic one, which each is if consistent."""
        into, out_of = self._boundary_currents
        if self.equations.has_two_potentials:
            return max(abs(into + net), abs(out_of - net))
        return abs(into + out_of - net)

    def _cell_voltage(self) -> float:
        """Potential of the electrode against the mean one of the counter electrode, in V."""
        if not self.equations.has_two_potentials:
            return self.parameters.overpotential
        ionic = self._unknowns.potential.now.x.array[0::2]
        return -self._weights.mean(ionic, self._far)

    def fields(self) -> Sequence[Function[Any]]:
        """Return xi, c, phi (V), hydrostatic stress (MPa, tension positive) and u (um).

        With two potentials phi of Li+, then phi of electrons, both against the counter electrode.
        """
        two = self.equations.has_two_potentials
        potential, voltage = self._unknowns.potential.now.x.array, self._cell_voltage()
        values = (
            self._unknowns.phase.now.x.array[0::2],
            self._unknowns.phase.now.x.array[1::2],
            *(
                part + voltage
                for part in ((potential[0::2], potential[1::2]) if two else (potential,))
            ),
            self._unknowns.stress.now.x.array,
        )
        for out, value in zip(self._output, values, strict=True):
            out.x.array[:] = value
        return [*self._output, self._unknowns.displacement.now]

    def events(self) -> Sequence[Event]:
        """Return contacts of the front with regions, and what ends the run.

        That is a short circuit or, at a held current, the cut-off voltage.
        """
        w, xi = self._weights, self._unknowns.phase.now.x.array[0::2]
        interface = self.parameters.interface
        margin = free_energy.interface_width_10_90(
            interface.barrier, interface.gradient_coefficient
        )
        found = []
        largest = w.maxima(
            self._front.heights(xi), *(xi[weights > 0] for weights in w.regions.values())
        )
        for name, value in zip(w.regions, largest[1:], strict=True):
            if value >= 0.5:
                found.append(Event(f"front at {name}", f"lithium reaches region {name}", False))
        if largest[0] >= self._top - margin:
            found.append(Event("short circuit", "lithium reaches the counter electrode", True))
        limit = self.parameters.cutoff_voltage
        if self.parameters.current_density is not None and abs(self._cell_voltage()) >= limit:
            found.append(Event("cut-off voltage", f"the cell voltage reaches {limit:g} V", True))
        new = [event for event in found if event.name not in self._seen]
        # A final event is met again by whoever goes on from its checkpoint.
        self._seen.update(event.name for event in new if not event.final)
        return new

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {f.name: f for levels in self._unknowns.all for f in levels.past}
        scalars = {
            **self.clock.scalars(),
            **self._inflow.scalars(),
            "lithium_start": self._lithium_start,
        }
        return State(functions, scalars)

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.clock.restore(scalars)
        self._inflow.restore(scalars)
        self._lithium_start = scalars["lithium_start"]
        self.events()  # what was met before is not news


def _or_nan(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")
