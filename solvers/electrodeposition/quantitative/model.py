"""The electrodeposition model with a front whose width is numerics only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Function

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.electrodeposition.coupling import Unknowns
from lithode.solvers.electrodeposition.creep import CreepingLithium
from lithode.solvers.electrodeposition.equations import Equations, Properties
from lithode.solvers.electrodeposition.front_model import FrontModel
from lithode.solvers.electrodeposition.mechanics import Mechanics
from lithode.solvers.electrodeposition.observables import Observables
from lithode.solvers.electrodeposition.parameters import (
    Charge,
    Numerics,
    Parameters,
    Transport,
)
from lithode.solvers.electrodeposition.quantitative import options
from lithode.solvers.electrodeposition.quantitative.equations import (
    ELECTRONS,
    IONS,
    SALT,
    SUPPLY,
    Front,
    QuantitativeEquations,
    drive,
    fields_of,
)
from lithode.solvers.electrodeposition.quantitative.flows import Flows
from lithode.solvers.electrodeposition.quantitative.geometry import Curvature, Redistance
from lithode.solvers.electrodeposition.quantitative.lamella import Lamella
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import LinearBlock, NonlinearBlock, compiled
from lithode.solvers.numerics.conditions import between_plates
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.model import Trial
from lithode.solvers.numerics.properties import with_constants
from lithode.solvers.physics.front import into_lithium
from lithode.theory.free_energy import order_parameter
from lithode.theory.kinetics import mechanical_overpotential

# Where psi and distance are more d than this, psi is made the distance when solvers are refreshed.
_FAR = 8.0
# While the first potentials are found the salt is held by this rate, in 1/s.
_HOLD = 1e12


class QuantitativeFront(FrontModel):
    """Lithium whose front moves by kinetics and surface energy, whatever its width.

    Satisfies ``lithode.solvers.numerics.model.Model``; docs/quantitative-interface.md.

    Args:
        domain: Mesh with the boundaries electrode (potential of electrons 0), counter_electrode
            and sides (rollers, and fronts at right angles).
        parameters: Physics, in coherent units; two potentials, single ion or binary.
        initial: Initial order parameter at points of shape (n, 3), values in [0, 1]; None where a
            state is restored.
        numerics: Choice of solvers and tolerances; ``tolerance`` is of psi over d.

    Raises:
        InputError: A region without parameters, a boundary that the mesh does not have, or physics
            that this front does not know.
    """

    name = "quantitative_front"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        initial: Callable[[Array], Array] | None,
        numerics: Numerics | None = None,
    ) -> None:
        numerics = Numerics() if numerics is None else numerics
        refuse(parameters)
        mesh = domain.mesh
        self._length = parameters.interface.profile_length
        self._fields = fields_of(parameters)
        scalar = fem.functionspace(mesh, ("P", 1))
        pairs = fem.functionspace(mesh, ("P", 1, (2,)))
        vectors = fem.functionspace(mesh, ("P", 1, (mesh.geometry.dim,)))
        block = fem.functionspace(mesh, ("P", 1, (self._fields,)))
        self._space, self._weights = scalar, NodalWeights(domain, scalar)
        super().__init__(
            domain, parameters, numerics, TimeLevels.in_space(scalar.clone(), "distance", 3)
        )
        t = self.transient
        self._distance = t.conserved
        self._state = t.follow(TimeLevels.in_space(block, "front_fields", 3))
        self._salt = t.follow(TimeLevels.in_space(scalar.clone(), "salt", 2))
        self._front_stress = t.follow(TimeLevels.in_space(scalar.clone(), "front_stress", 2))
        self._solved = self._state, self._distance
        # As the other model has them, for what is common to both.
        self._unknowns = Unknowns(
            phase=t.follow(TimeLevels.in_space(pairs, "phase", 1)),
            potential=t.follow(TimeLevels.in_space(pairs.clone(), "potential", 1)),
            stress=t.follow(TimeLevels.in_space(scalar.clone(), "hydrostatic_stress", 2)),
            displacement=t.follow(TimeLevels.in_space(vectors, "displacement", 2)),
            rate=t.rate(t.conserved.trial),
            step_scale=t.step_scale,
        )
        guess, self._salt_offset = Function(scalar), Function(scalar)
        self._curvature = Curvature(domain, guess, self._weights)
        self._where = Front(
            guess, self._curvature.values, self._curvature.normals, Function(scalar)
        )
        self.equations = QuantitativeEquations(domain, parameters, self._where, self._salt_offset)
        vertices = int(scalar.dofmap.index_map.size_global)
        self.solver = options.choose_solver(numerics.solver, mesh.topology.dim, vertices)
        state = self._state.trial
        self._fields_block = NonlinearBlock(
            self.equations.fields(state),
            state,
            self.equations.conditions(domain, block),
            "phase_",
            options.FIELDS[self.solver],
            assembly=numerics.assembly,
        )
        space = t.conserved.trial.function_space
        distance, test = ufl.TrialFunction(space), ufl.TestFunction(space)
        self._motion_block = LinearBlock(
            t.step_scale * self.equations.motion(distance, t.rate(distance), state, test),
            t.conserved.trial,
            [],
            "potential_",
            options.MOTION[self.solver],
            assembly=numerics.assembly,
        )
        self._lamella: Lamella | None = None
        solid, creep = self._solid(domain), self._creeping(self._unknowns.displacement)
        self._mechanics = Mechanics(
            solid,
            self._unknowns.phase.trial[0],
            self._unknowns.displacement.trial,
            self._unknowns.stress.trial,
            between_plates(domain, vectors, parameters.stack is not None),
            self._weights,
            self.solver,
            numerics,
            creep,
        )
        local = self._beside(solid, creep, into_lithium(guess))
        own = self._front_stress.trial.function_space
        self._stress_block = LinearBlock(
            self.equations.smoothed(ufl.TrialFunction(own), local, ufl.TestFunction(own)),
            self._front_stress.trial,
            [],
            "potential_",
            options.MOTION[self.solver],
            assembly=numerics.assembly,
        )
        t.solve_with(self._fields_block, self._motion_block, self._mechanics, self._stress_block)
        nodal = self.equations.nodal
        self._current = compiled(self.equations.current(state) * ufl.TestFunction(scalar) * nodal)
        self._redistance = Redistance(scalar)
        parts = self._weights, self.equations, state, self._distance.now, self._salt.now
        self._flows = Flows(domain, *parts, t)
        self.observables = Observables(domain, self._weights, solid, self._unknowns, self._flows)
        if initial is not None:
            self._start(initial)

    def rebuilt(self, domain: Domain) -> QuantitativeFront:
        """Return the same model on another mesh, with a state that is yet to be put in."""
        return QuantitativeFront(domain, self.parameters, None, self.numerics)

    held = ("counter_electrode",)

    @property
    def conserved(self) -> Sequence[str]:
        """The salt; lithium is where meshes are nested, and its distance has no integral."""
        return [level.name for level in self._salt.past] if self.equations.is_binary else []

    def _solid(self, domain: Domain) -> Equations:
        """Return the equations of the other model, for mechanics and what is measured."""
        p, mesh = self.parameters, domain.mesh
        if p.stack is not None:
            p = replace(p, stack=with_constants(mesh, p.stack))
        ends = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags)
        return Equations(
            p,
            Properties.on(domain, p.regions),
            ufl.dx(domain=mesh),
            self.numerics.kinematics,
            Function(self._space),
            ends(domain.boundaries["counter_electrode"]),
        )

    def _beside(self, solid: Equations, creep: CreepingLithium | None, normal: Any) -> Any:
        """Return the hydrostatic stress of lithium at a front with this normal."""
        xi, u = self._unknowns.phase.trial[0], self._unknowns.displacement.trial
        traction = solid.traction(xi, u, normal, None if creep is None else creep.linearised)
        if creep is None:
            return solid.stress_in_lithium(u, traction, normal)
        law, growth = self._creep_strain("front_creep_strain"), solid.properties.eigenstrain
        self._lamella = Lamella(*law, u, normal, traction, growth)
        return solid.stress_in_lithium(u, traction, normal, self._lamella.crept)

    def _start(self, initial: Callable[[Array], Array]) -> None:
        xi = np.clip(initial(self._space.tabulate_dof_coordinates()), 1e-15, 1 - 1e-15)
        steep = self._length * np.log(xi / (1 - xi))
        # Between the two the profile that is given is as good as the distance.
        share = np.clip((np.abs(steep) / self._length - 3) / 3, 0, 1)
        psi = (1 - share) * steep + share * self._redistance(steep)
        self._distance.trial.x.array[:] = psi
        self._look(psi)
        state = self._state.trial.x.array
        if self.equations.is_binary:
            state[SALT :: self._fields] = state[SUPPLY :: self._fields] = 1.0
            salt = self._storage()
            self._salt.trial.x.array[:] = salt
            self.equations.constants.rate_weight.value = np.asarray(_HOLD)
            self._salt_offset.x.array[:] = -_HOLD * salt
        self._show()
        self._strain()
        self._look(psi)
        self._fields_block.solve()
        self._show()
        self.transient.start()
        self._set_rates()
        self._flows.start()
        self.events()  # contacts of the initial lithium are not news

    def _storage(self) -> Array:
        """Return how much salt a place takes up at c = 1."""
        xi = order_parameter(self._where.distance.x.array, self._length)
        return np.asarray(1 - xi + self.parameters.residual_conductivity * xi)

    def _look(self, psi: Array) -> None:
        """Take the front to be at the zero of a signed distance."""
        self._where.distance.x.array[:] = psi
        self._curvature.update()
        p = self.parameters
        self._where.stress_drive.x.array[:] = mechanical_overpotential(
            self._front_stress.trial.x.array,
            p.lithium.molar_volume,
            p.kinetics.mechanical_factor,
        )

    def _strain(self) -> int:
        """Find displacement and stress of the trial; returns Krylov iterations."""
        linear = self._mechanics.solve()
        if self.numerics.mechanics and self.parameters.kinetics.mechanical_factor:
            if self._lamella is not None:
                self._lamella.solve()
            linear += self._stress_block.solve()
        return linear

    def _show(self) -> None:
        """Set order parameter, concentration and potentials of the trial."""
        n, state = self._fields, self._state.trial.x.array
        phase, potential = self._unknowns.phase.trial, self._unknowns.potential.trial
        xi = order_parameter(self._distance.trial.x.array, self._length)
        phase.x.array[0::2] = xi
        phase.x.array[1::2] = state[SALT::n] * (1 - xi) if self.equations.is_binary else 1 - xi
        potential.x.array[0::2], potential.x.array[1::2] = state[IONS::n], state[ELECTRONS::n]

    def _set_rates(self) -> None:
        """Set how fast psi relaxes, and how much surface energy could flatten, by the present."""
        p, k = self.parameters, self.equations.constants
        near = 1 - np.tanh(self._distance.now.x.array / (2 * self._length)) ** 2 > 0.1
        per_current = p.lithium.molar_volume / FARADAY
        eta = self._drive()[near]
        f, alpha = p.kinetics.inverse_thermal_voltage, p.kinetics.symmetry_factor
        steep = alpha * np.exp(-alpha * f * eta) + (1 - alpha) * np.exp((1 - alpha) * f * eta)
        largest = self._weights.maxima(
            np.abs(self.current()[near]), steep, self.equations.exchange.x.array
        )
        current, slope, exchange = np.maximum(largest, 0.0)
        self._largest_current = float(current)
        speed = per_current * current
        k.relaxation.value = np.asarray(self.numerics.relaxation * speed * self._length)
        stiffness = f * slope * exchange * p.interface.surface_energy
        k.stabilisation.value = np.asarray(stiffness * per_current**2)

    def _drive(self) -> Array:
        state = self._state.now.x.array
        return np.asarray(drive([state[field :: self._fields] for field in range(3)]))

    def current(self) -> Array:
        """Return the current density that plates at the local nodes in A/m^2; collective."""
        return self._weights.moments(self._current) / self._weights.whole

    @property
    def weights(self) -> NodalWeights:
        """Nodal weights of the scalar fields."""
        return self._weights

    @property
    def distance(self) -> Function[Any]:
        """Accepted signed distance in um, positive in lithium."""
        return self._distance.now

    @property
    def front_fields(self) -> Mapping[str, Array]:
        """Accepted nodal values of what is carried from the front along its normals.

        The drive phi_e - phi_Li + eta_c + eta_m in V and, with a binary electrolyte, c over c_0.
        """
        n, state = self._fields, self._state.now.x.array
        found = {"drive": self._drive()}
        return {**found, "supply": state[SUPPLY::n]} if self.equations.is_binary else found

    @property
    def electrolyte_fields(self) -> Mapping[str, Array]:
        """Accepted nodal potential of Li+ in V and, with a binary electrolyte, c over c_0."""
        n, state = self._fields, self._state.now.x.array
        found = {"potential": state[IONS::n]}
        return {**found, "concentration": state[SALT::n]} if self.equations.is_binary else found

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/electrodeposition.md for each."""
        return {**super().measure(), "largest_current [A/m^2]": self._largest_current}

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        self.transient.predict(dt)
        self._look(self.transient.predicted)
        predicted = self._state.trial.x.array[SALT :: self._fields].copy()
        if self.equations.is_binary:
            weights = bdf.rate_weights(dt, self.clock.past)
            self.equations.constants.rate_weight.value = np.asarray(weights[0])
            self._salt.combine(weights[1:], self._salt_offset)
        nonlinear, linear = self._fields_block.solve()
        state = self._state.trial.x.array
        if self.equations.is_binary:
            self._salt.trial.x.array[:] = self._storage() * state[SALT :: self._fields]
        linear += self._motion_block.solve()
        self._show()
        linear += self._strain()
        psi = self._distance.trial.x.array
        near = (1 - np.tanh(psi / (2 * self._length)) ** 2) / self._length
        changes = [np.abs(psi - self.transient.predicted) * near]
        if self.equations.is_binary:
            off = np.abs(state[SALT :: self._fields] - predicted)
            changes.append(self.numerics.concentration_weight * off)
        # MPI's maximum may lose a NaN of another rank.
        found = self._weights.maxima(*(np.nan_to_num(change, nan=np.inf) for change in changes))
        change = float(np.max(found))
        return Trial(self.transient.error(change) / self.numerics.tolerance, nonlinear, linear)

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        self._flows.take()
        self.transient.accept()
        self._set_rates()

    def refresh(self) -> None:
        """Forget what solvers keep, and make psi a distance where no lithium depends on it."""
        old = self._distance.now.x.array
        distance = self._redistance(old)
        # In a groove at a wall psi may say less than its distance: lithium would feel the change.
        far = np.minimum(np.abs(distance), np.abs(old)) > _FAR * self._length
        off = np.where(far, distance - old, 0.0)
        for level in self._distance.past:
            level.x.array[:] += off
        super().refresh()

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        super().restore(scalars)
        self._look(self._distance.now.x.array)
        self._set_rates()
        self._flows.take()
        self.events()  # what was met before is not news


def refuse(parameters: Parameters) -> None:
    """Refuse what the quantitative front does not know.

    Raises:
        InputError: One potential, a steric limit, or noise.
    """
    if parameters.charge is not Charge.TWO_POTENTIAL:
        allowed = "must be two_potential with interface=quantitative"
        raise InputError("charge", parameters.charge.value, allowed)
    if parameters.transport is Transport.STERIC:
        allowed = "must be single_ion or binary with interface=quantitative"
        raise InputError("transport", parameters.transport.value, allowed)
    if parameters.fluctuations is not None:
        allowed = "must be 0 with interface=quantitative: nothing but the initial bumps is random"
        raise InputError("noise_amplitude", parameters.fluctuations.amplitude, allowed)
