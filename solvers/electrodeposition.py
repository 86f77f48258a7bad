"""Electrodeposition of lithium in a solid electrolyte: the electro-chemo-mechanical phase field.

Unknowns: order parameter xi, Li+ concentration c (over its bulk value), electric potential phi
and displacement u. Equations of the graded-Li3N paper (Methods), written out in
docs/electrodeposition.md. Each step solves (xi, c) together by Newton with phi and the
hydrostatic stress extrapolated to the new time, then phi, then u: second order in time.
All quantities are in the coherent units of ``lithode.units``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace

from lithode.domain import Domain
from lithode.errors import InputError, StepFailed
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import (
    JIT_OPTIONS,
    MUMPS,
    LinearBlock,
    NonlinearBlock,
    Options,
    rigid_body_modes,
)
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    FrontGauge,
    NodalWeights,
    boundary_dofs,
    boundary_size,
    roller_dofs,
)
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.model import Event, State, Trial
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.solvers.physics import elasticity, free_energy, kinetics, transport
from lithode.solvers.physics.constants import FARADAY, inverse_thermal_voltage
from lithode.solvers.physics.elasticity import Kinematics, Stiffness
from lithode.solvers.physics.noise import LatticeNoise

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lithium:
    """Lithium metal: stiffness, D in um^2/s, sigma in uS/m, v_m in um^3/amol, c_s in mol/m^3."""

    stiffness: Stiffness
    diffusivity: float
    conductivity: float
    molar_volume: float
    site_density: float


@dataclass(frozen=True)
class ElectrolyteRegion:
    """One region of electrolyte.

    Attributes:
        stiffness: Elastic constants.
        eigenstrain: Strain per axis K that lithium grown here would like to have.
        rate_constant: L_eta in 1/s; 0 where lithium does not plate.
        diffusivity: D_SSE in um^2/s.
        conductivity: sigma_SSE in uS/m.
    """

    stiffness: Stiffness
    eigenstrain: float
    rate_constant: float
    diffusivity: float
    conductivity: float


@dataclass(frozen=True)
class Interface:
    """Diffuse interface: barrier W in MPa, kappa in MPa um^2, mobility L_sigma in 1/(MPa s)."""

    barrier: float
    gradient_coefficient: float
    mobility: float


@dataclass(frozen=True)
class Kinetics:
    """Butler-Volmer kinetics: temperature in K, symmetry factor, mechanical factor C."""

    temperature: float
    symmetry_factor: float
    mechanical_factor: float

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T) in 1/V."""
        return inverse_thermal_voltage(self.temperature)


@dataclass(frozen=True)
class Fluctuations:
    """Noise of relative amplitude A: the phase equation feels A W h'(xi) chi."""

    amplitude: float
    field: LatticeNoise


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh and initial state.

    Attributes:
        lithium: The metal.
        regions: Electrolyte of every region of the mesh, by name.
        interface: The diffuse interface.
        kinetics: The reaction.
        overpotential: Potential of the electrode against the counter electrode, in V.
        bulk_concentration: c_0 in mol/m^3.
        fluctuations: Noise, or None.
    """

    lithium: Lithium
    regions: Mapping[str, ElectrolyteRegion]
    interface: Interface
    kinetics: Kinetics
    overpotential: float
    bulk_concentration: float
    fluctuations: Fluctuations | None = None


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        solver: ``direct`` (MUMPS), ``iterative``, or ``auto`` (by size).
        tolerance: Local error of xi, and of c times ``concentration_weight``, allowed per step.
        concentration_weight: c inside the interface only follows xi and may err more.
        lumping: Lean of the quadrature of all but the mechanical terms (``leaning_measure``).
        coupling_iterations: Times that (xi, c), phi and u are solved per step; 1 extrapolates
            only, more repeat with the new phi and stress until they change by less than
            ``coupling_tolerance``.
        coupling_tolerance: Largest change of xi at which the repetition ends.
        mechanics: Whether the displacement is solved for.
        kinematics: Plane strain, plane stress, or solid in 3D.
    """

    solver: Literal["auto", "direct", "iterative"] = "auto"
    tolerance: float = 1e-2
    concentration_weight: float = 0.2
    lumping: float = 1.0 / 3.0
    coupling_iterations: int = 1
    coupling_tolerance: float = 1e-11
    mechanics: bool = True
    kinematics: Kinematics = Kinematics.PLANE_STRAIN


# Above this many vertices a factorisation costs more than multigrid (measured, docs/numerics.md).
DIRECT_LIMIT = 6000

_NEWTON: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-14,
    "snes_stol": 0.0,
    "snes_max_it": 14,
    "snes_divergence_tolerance": 1e6,
}
_PHASE: Mapping[str, Options] = {
    "direct": {**_NEWTON, **MUMPS},
    "iterative": {
        **_NEWTON,
        "ksp_type": "gmres",
        "ksp_rtol": 1e-3,
        "ksp_max_it": 60,
        "pc_type": "fieldsplit",
        "pc_fieldsplit_type": "schur",
        "pc_fieldsplit_schur_fact_type": "full",
        "pc_fieldsplit_schur_precondition": "selfp",
        "fieldsplit_0_ksp_type": "preonly",
        "fieldsplit_0_pc_type": "sor",
        "fieldsplit_1_ksp_type": "preonly",
        "fieldsplit_1_pc_type": "hypre",
    },
}
_POTENTIAL: Mapping[str, Options] = {
    "direct": MUMPS,
    "iterative": {
        "ksp_type": "cg",
        "ksp_rtol": 1e-10,
        "ksp_max_it": 200,
        "pc_type": "hypre",
    },
}
_DISPLACEMENT: Mapping[str, Options] = {
    "direct": MUMPS,
    "iterative": {
        "ksp_type": "cg",
        "ksp_rtol": 1e-9,
        "ksp_max_it": 200,
        "pc_type": "gamg",
        "pc_gamg_threshold": 0.02,
    },
}


@dataclass(frozen=True)
class Properties:
    """Cellwise (DG0) properties of the electrolyte, as the forms use them."""

    stiffness: Stiffness
    eigenstrain: Function
    rate_constant: Function
    diffusivity: Function
    conductivity: Function

    @classmethod
    def on(cls, domain: Domain, regions: Mapping[str, ElectrolyteRegion]) -> Properties:
        """Spread the values of the named regions over the mesh.

        Raises:
            InputError: A region of the mesh has no values.
        """
        missing = sorted(set(domain.regions) - set(regions))
        if missing:
            raise InputError("region", missing[0], "the mesh has it, the parameters do not")
        space = fem.functionspace(domain.mesh, ("DG", 0))

        def spread(value: Callable[[ElectrolyteRegion], float]) -> Function:
            out = Function(space)
            for name in domain.regions:
                out.x.array[domain.cells(name)] = value(regions[name])
            return out

        return cls(
            stiffness=Stiffness(
                spread(lambda r: r.stiffness.first_lame), spread(lambda r: r.stiffness.shear)
            ),
            eigenstrain=spread(lambda r: r.eigenstrain),
            rate_constant=spread(lambda r: r.rate_constant),
            diffusivity=spread(lambda r: r.diffusivity),
            conductivity=spread(lambda r: r.conductivity),
        )


@dataclass(frozen=True)
class Equations:
    """The model's residuals, as functions of whatever stands for the unknowns.

    The staggered solve, the monolithic solve and the balance audits are all built from these.

    Attributes:
        parameters: The model's parameters.
        properties: Cellwise properties.
        measure: Quadrature of the phase, transport and potential terms.
        kinematics: Plane strain, plane stress or solid.
        noise: chi at the new time (P1).
    """

    parameters: Parameters
    properties: Properties
    measure: Any
    kinematics: Kinematics
    noise: Function

    def overpotential(self, potential: Any, stress: Any) -> Any:
        """Return eta = phi_electrode + psi + eta_m in V; psi is measured from the electrode."""
        p = self.parameters
        eta_m = kinetics.mechanical_overpotential(
            stress, p.lithium.molar_volume, p.kinetics.mechanical_factor
        )
        return p.overpotential + potential + eta_m

    def phase(self, xi: Any, xi_rate: Any, c: Any, potential: Any, stress: Any, test: Any) -> Any:
        """Allen-Cahn equation of the order parameter with Butler-Volmer kinetics and noise."""
        p, dx = self.parameters, self.measure
        f, alpha = p.kinetics.inverse_thermal_voltage, p.kinetics.symmetry_factor
        oxidation, reduction = kinetics.reaction_rates(
            self.overpotential(potential, stress), f, alpha
        )
        plating = kinetics.plating_rate(xi, c, oxidation, reduction, self.properties.rate_constant)
        force = free_energy.double_well_force(xi, p.interface.barrier)
        if p.fluctuations is not None:
            force += (
                p.fluctuations.amplitude
                * p.interface.barrier
                * free_energy.interpolation_slope(xi)
                * self.noise
            )
        mobility = p.interface.mobility
        return (xi_rate + mobility * force - plating) * test * dx + (
            mobility * p.interface.gradient_coefficient
        ) * ufl.inner(ufl.grad(xi), ufl.grad(test)) * dx

    def concentration(
        self, xi: Any, xi_rate: Any, c: Any, c_rate: Any, potential: Any, test: Any, dx: Any = None
    ) -> Any:
        """Nernst-Planck transport of Li+, which the growing metal takes up."""
        p = self.parameters
        dx = self.measure if dx is None else dx
        diffusivity = free_energy.mixture(xi, p.lithium.diffusivity, self.properties.diffusivity)
        flux = transport.nernst_planck_flux(
            c, potential, diffusivity, p.kinetics.inverse_thermal_voltage
        )
        uptake = p.lithium.site_density / p.bulk_concentration * xi_rate
        return (c_rate + uptake) * test * dx - ufl.inner(flux, ufl.grad(test)) * dx

    def charge(self, xi: Any, xi_rate: Any, potential: Any, test: Any, dx: Any = None) -> Any:
        """Charge balance div(sigma grad phi) = F c_s d xi/dt."""
        p = self.parameters
        dx = self.measure if dx is None else dx
        conductivity = free_energy.mixture(xi, p.lithium.conductivity, self.properties.conductivity)
        current = transport.ohmic_current(potential, conductivity)
        source = FARADAY * p.lithium.site_density * xi_rate
        return source * test * dx - ufl.inner(current, ufl.grad(test)) * dx

    def _stiffness(self, xi: Any) -> Stiffness:
        metal, electrolyte = self.parameters.lithium.stiffness, self.properties.stiffness
        return Stiffness(
            free_energy.mixture(xi, metal.first_lame, electrolyte.first_lame),
            free_energy.mixture(xi, metal.shear, electrolyte.shear),
        )

    def _midpoint(self, test: Any) -> Any:
        # P1 strain is constant per cell: the midpoint rule gives the eigenstrain that matches it.
        return ufl.dx(domain=ufl.domain.extract_unique_domain(test), degree=1)

    def momentum(self, xi: Any, displacement: Any, test: Any) -> Any:
        """Mechanical equilibrium div sigma = 0."""
        sigma = elasticity.stress(
            displacement, self.properties.eigenstrain * xi, self._stiffness(xi), self.kinematics
        )
        return ufl.inner(sigma, elasticity.strain(test)) * self._midpoint(test)

    def hydrostatic_stress(self, xi: Any, displacement: Any, test: Any) -> Any:
        """Moments of the hydrostatic stress; divided by those of 1 they give nodal averages."""
        value = elasticity.hydrostatic_stress(
            displacement, self.properties.eigenstrain * xi, self._stiffness(xi), self.kinematics
        )
        return value * test * self._midpoint(test)


@dataclass(frozen=True)
class Conditions:
    """Dirichlet conditions: Li and phi at the electrode, c = 1 and phi = 0 opposite, rollers."""

    phase: list[DirichletBC]
    potential: list[DirichletBC]
    displacement: list[DirichletBC]

    @classmethod
    def on(
        cls,
        domain: Domain,
        phase: FunctionSpace,
        potential: FunctionSpace,
        displacement: FunctionSpace,
        overpotential: float,
    ) -> Conditions:
        """Set them on the named boundaries electrode, counter_electrode and sides."""

        def at(boundary: str, space: FunctionSpace, value: Any) -> DirichletBC:
            return fem.dirichletbc(value, boundary_dofs(domain, space, boundary), space)

        dim = domain.mesh.geometry.dim
        clamped = np.zeros(dim)
        return cls(
            phase=[
                at("electrode", phase.sub(0), 1.0),
                at("counter_electrode", phase.sub(0), 0.0),
                at("counter_electrode", phase.sub(1), 1.0),
            ],
            # Measured from the electrode: round-off in the metal then stays far below the current.
            potential=[
                at("electrode", potential, 0.0),
                at("counter_electrode", potential, -overpotential),
            ],
            displacement=[
                at("electrode", displacement, clamped),
                at("counter_electrode", displacement, clamped),
                *(
                    fem.dirichletbc(
                        0.0,
                        roller_dofs(domain, displacement, "sides", axis),
                        displacement.sub(axis),
                    )
                    for axis in range(dim - 1)
                ),
            ],
        )


class Electrodeposition:
    """The staggered model; satisfies ``lithode.solvers.numerics.model.Model``.

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
        self.domain, self.parameters, self.numerics = domain, parameters, numerics
        self.next_step = 0.0
        self._time = 0.0
        self._past_steps: tuple[float, ...] = ()

        scalar = fem.functionspace(mesh, ("P", 1))
        self._space = scalar
        self._phase = TimeLevels.in_space(fem.functionspace(mesh, ("P", 1, (2,))), "phase", 3)
        self._potential = TimeLevels.in_space(scalar.clone(), "potential", 2)
        self._stress = TimeLevels.in_space(scalar.clone(), "hydrostatic_stress", 2)
        self._displacement = TimeLevels.in_space(
            fem.functionspace(mesh, ("P", 1, (mesh.geometry.dim,))), "displacement", 1
        )
        self._lagged_potential = Function(scalar)
        self._lagged_stress = Function(scalar)
        self._noise = Function(scalar)
        self._weights = NodalWeights(domain, scalar)
        self._site_ratio = parameters.lithium.site_density / parameters.bulk_concentration
        self._rate_weight = Constant(mesh, 0.0)
        self._step_scale = Constant(mesh, 1.0)
        self._rate_offset = Function(self._phase.trial.function_space)
        self._rate = self._rate_weight * self._phase.trial + self._rate_offset

        self.equations = Equations(
            parameters,
            Properties.on(domain, parameters.regions),
            leaning_measure(mesh, numerics.lumping),
            numerics.kinematics,
            self._noise,
        )
        self.conditions = Conditions.on(
            domain,
            self._phase.trial.function_space,
            self._potential.trial.function_space,
            self._displacement.trial.function_space,
            parameters.overpotential,
        )
        self.solver = self._choose_solver()
        self._build_blocks()
        self._build_gauges()
        self._start(initial)

    def _choose_solver(self) -> str:
        if self.numerics.solver != "auto":
            return self.numerics.solver
        vertices = self._space.dofmap.index_map.size_global
        small = self.domain.mesh.topology.dim == 2 and vertices <= DIRECT_LIMIT
        return "direct" if small else "iterative"

    def _build_blocks(self) -> None:
        eq, rate = self.equations, self._rate
        xi, c = self._phase.trial[0], self._phase.trial[1]
        phase_space = self._phase.trial.function_space
        v, q = ufl.split(ufl.TestFunction(phase_space))
        residual = eq.phase(
            xi, rate[0], c, self._lagged_potential, self._lagged_stress, v
        ) + eq.concentration(xi, rate[0], c, rate[1], self._lagged_potential, q)
        # Over the rate weight the residual has the size of xi and c, whatever the step.
        self._phase_block = NonlinearBlock(
            self._step_scale * residual,
            self._phase.trial,
            self.conditions.phase,
            "phase_",
            {**_PHASE[self.solver], "snes_atol": self._residual_tolerance()},
        )
        space = self._potential.trial.function_space
        charge = eq.charge(xi, rate[0], ufl.TrialFunction(space), ufl.TestFunction(space))
        self._potential_block = LinearBlock(
            charge,
            self._potential.trial,
            self.conditions.potential,
            "potential_",
            _POTENTIAL[self.solver],
        )
        space = self._displacement.trial.function_space
        momentum = eq.momentum(xi, ufl.TrialFunction(space), ufl.TestFunction(space))
        self._displacement_block = LinearBlock(
            momentum,
            self._displacement.trial,
            self.conditions.displacement,
            "displacement_",
            _DISPLACEMENT[self.solver],
            near_nullspace=rigid_body_modes(space),
            keep=8,
        )
        self._stress_moments = fem.form(
            eq.hydrostatic_stress(xi, self._displacement.trial, ufl.TestFunction(self._space)),
            jit_options=JIT_OPTIONS,
        )

    def _residual_tolerance(self) -> float:
        """Residual norm at which a relative 1e-12 of the lithium is out of balance."""
        nodes = self._space.dofmap.index_map.size_global
        return (
            1e-12
            * self._site_ratio
            * float(self._weights.sums(self._weights.whole)[0])
            / nodes**0.5
        )

    def _build_gauges(self) -> None:
        eq, rate, domain = self.equations, self._rate, self.domain
        xi, c = self._phase.trial[0], self._phase.trial[1]
        self._front = FrontGauge(self._space)
        self._electrode_size = boundary_size(domain, "electrode")
        heights = self._space.tabulate_dof_coordinates()[:, domain.mesh.geometry.dim - 1]
        self._heights = heights
        self._top = float(self._weights.maxima(heights)[0])

        def supply(test: Any, dx: Any) -> Any:
            return eq.concentration(xi, rate[0], c, rate[1], self._lagged_potential, test, dx)

        def current(test: Any, dx: Any) -> Any:
            return eq.charge(xi, rate[0], self._potential.trial, test, dx)

        def through(boundary: str, residual: Any) -> BoundaryResidual:
            dofs = boundary_dofs(domain, self._space, boundary)
            return BoundaryResidual(residual, self._space, dofs, eq.measure)

        self._supply = through("counter_electrode", supply)
        self._currents = (through("electrode", current), through("counter_electrode", current))
        self._seen: set[str] = set()
        self._lithium_start = self._inflow = self._inflow_before = 0.0
        self._boundary_currents = (0.0, 0.0)
        self._faradaic = 0.0
        self._output = [
            Function(self._space, name=name)
            for name in ("order_parameter", "concentration", "potential", "hydrostatic_stress")
        ]
        self._displacement.now.name = "displacement"

    def _start(self, initial: Callable[[Array], Array]) -> None:
        xi = np.clip(initial(self._space.tabulate_dof_coordinates()), 0.0, 1.0)
        values = self._phase.trial.x.array
        values[0::2], values[1::2] = xi, 1.0 - xi
        for condition in self.conditions.phase:
            condition.set(values)
        self._solve_lagged()  # the rate is still zero
        for levels in self._levels:
            levels.start()
        self._lithium_start = self._lithium(self._phase.now.x.array)
        self.events()  # contacts of the initial lithium are not news

    @property
    def _levels(self) -> tuple[TimeLevels, ...]:
        return self._phase, self._potential, self._stress, self._displacement

    @property
    def time(self) -> float:
        """Time of the accepted state, in s."""
        return self._time

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        solved = self._levels[:2] + ((self._displacement,) if self.numerics.mechanics else ())
        maps = [levels.trial.function_space.dofmap for levels in solved]
        return sum(m.index_map.size_global * m.index_map_bs for m in maps)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        past, phase = self._past_steps, self._phase.trial
        weights = bdf.rate_weights(dt, past)
        self._rate_weight.value, self._step_scale.value = weights[0], 1 / weights[0]
        self._phase.combine(weights[1:], self._rate_offset)
        self._phase.combine(bdf.predictor_weights(dt, past), phase)
        predicted = phase.x.array.copy()
        linear_in_time = bdf.predictor_weights(dt, past[:1])
        self._potential.combine(linear_in_time, self._lagged_potential)
        self._stress.combine(linear_in_time, self._lagged_stress)
        self._potential.trial.x.array[:] = self._lagged_potential.x.array
        self._displacement.trial.x.array[:] = self._displacement.now.x.array
        if self.parameters.fluctuations is not None:
            self._noise.x.array[:] = self.parameters.fluctuations.field(
                self._space.tabulate_dof_coordinates(), self._time + dt
            )
        nonlinear, linear = self._phase_block.solve()
        linear += self._solve_lagged()
        for _ in range(self.numerics.coupling_iterations - 1):
            before = phase.x.array.copy()
            self._lagged_potential.x.array[:] = self._potential.trial.x.array
            self._lagged_stress.x.array[:] = self._stress.trial.x.array
            more, inner = self._phase_block.solve()
            nonlinear, linear = nonlinear + more, linear + inner + self._solve_lagged()
            if self._largest(phase.x.array - before) < self.numerics.coupling_tolerance:
                break
        error = bdf.error_factor(dt, past) * self._change(phase.x.array - predicted)
        self._trial_step = dt
        return Trial(error / self.numerics.tolerance, nonlinear, linear)

    def _change(self, difference: Array) -> float:
        """Size of a difference of (xi, c), with c over its largest value or 1."""
        scale = max(1.0, self._largest(self._phase.now.x.array[1::2]))
        weight = self.numerics.concentration_weight / scale
        return max(self._largest(difference[0::2]), weight * self._largest(difference[1::2]))

    def _solve_lagged(self) -> int:
        linear = self._potential_block.solve()
        if self.numerics.mechanics:
            linear += self._displacement_block.solve()
            moments = self._weights.moments(self._stress_moments)
            self._stress.trial.x.array[:] = moments / self._weights.whole
        return linear

    def _largest(self, difference: Array) -> float:
        largest = float(self._weights.maxima(np.abs(difference))[0])
        if not np.isfinite(largest):
            raise StepFailed("the solution is not finite")
        return largest

    def _lithium(self, phase: Array) -> float:
        """Integral of c + (c_s / c_0) xi."""
        w = self._weights
        return float(w.sums(w.whole * (phase[1::2] + self._site_ratio * phase[0::2]))[0])

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt, w = self._trial_step, self._weights
        weights = bdf.rate_weights(dt, self._past_steps)
        # The inflow obeys the same difference formula as the lithium that it brings.
        inflow = (
            self._supply() - weights[1] * self._inflow - weights[2] * self._inflow_before
        ) / weights[0]
        self._inflow_before, self._inflow = self._inflow, inflow
        rate = weights[0] * self._phase.trial.x.array + self._rate_offset.x.array
        plated = float(w.sums(w.whole * rate[0::2])[0])
        self._faradaic = FARADAY * self.parameters.lithium.site_density * plated
        self._boundary_currents = (self._currents[0](), self._currents[1]())
        self._time += dt
        self._past_steps = (dt, *self._past_steps[:1])
        for levels in self._levels:
            levels.accept()

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/electrodeposition.md for each."""
        w, phase, stress = self._weights, self._phase.now.x.array, self._stress.now.x.array
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
            maxima.append(pressure[here])
        totals, largest = w.sums(*sums), w.maxima(*maxima)
        lithium = self._lithium(phase)
        size = self._electrode_size
        into, out_of = self._boundary_currents
        unit = "um^2" if self.domain.mesh.geometry.dim == 2 else "um^3"
        row = {
            "tip_height [um]": tip,
            f"lithium [{unit}]": float(totals[0]),
            "mean_height [um]": float(totals[0]) / size,
            "plating_current [A/m^2]": self._faradaic / size,
            "electrode_current [A/m^2]": into / size,
            "counter_electrode_current [A/m^2]": out_of / size,
            "pressure_max [MPa]": _or_nan(largest[0]),
            "concentration_max [1]": float(largest[1]),
            "lithium_defect [1]": abs(lithium - self._lithium_start - self._inflow) / lithium,
            "charge_defect [1]": abs(into + out_of - self._faradaic)
            / max(abs(self._faradaic), 1e-300),
        }
        for k, name in enumerate(w.regions):
            interface_size, moment, area, filled = totals[2 + 4 * k : 6 + 4 * k]
            row[f"pressure_mean_{name} [MPa]"] = (
                float(moment / interface_size) if interface_size > 1e-6 else np.nan
            )
            row[f"pressure_max_{name} [MPa]"] = _or_nan(largest[2 + k])
            row[f"lithium_fraction_{name} [1]"] = float(filled / area) if area > 0 else 0.0
        return row

    def fields(self) -> Sequence[Function]:
        """Return xi, c, phi (V), hydrostatic stress (MPa, tension positive) and u (um)."""
        values = (
            self._phase.now.x.array[0::2],
            self._phase.now.x.array[1::2],
            self._potential.now.x.array + self.parameters.overpotential,
            self._stress.now.x.array,
        )
        for out, value in zip(self._output, values, strict=True):
            out.x.array[:] = value
        return [*self._output, self._displacement.now]

    def events(self) -> Sequence[Event]:
        """Return contacts of the front with regions, and the short circuit that ends the run."""
        w, xi = self._weights, self._phase.now.x.array[0::2]
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
        new = [event for event in found if event.name not in self._seen]
        self._seen.update(event.name for event in new)
        return new

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {f.name: f for levels in self._levels for f in levels.past}
        dt, before = (*self._past_steps, 0.0, 0.0)[:2]
        scalars = {
            "time": self._time,
            "step": dt,
            "step_before": before,
            "next_step": self.next_step,
            "inflow": self._inflow,
            "inflow_before": self._inflow_before,
            "lithium_start": self._lithium_start,
        }
        return State(functions, scalars)

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self._time = scalars["time"]
        self._past_steps = tuple(
            scalars[key] for key in ("step", "step_before") if scalars[key] > 0
        )
        self.next_step = scalars["next_step"]
        self._inflow, self._inflow_before = scalars["inflow"], scalars["inflow_before"]
        self._lithium_start = scalars["lithium_start"]
        self.events()  # what was met before is not news


def _or_nan(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")
