"""The time-dependent electrodeposition model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.balance import Balance
from lithode.solvers.electrodeposition.coupling import (
    Coupling,
    Problem,
    Staggered,
    TwoPotentials,
    Unknowns,
)
from lithode.solvers.electrodeposition.currents import Currents
from lithode.solvers.electrodeposition.equations import Conditions, Equations, Properties
from lithode.solvers.electrodeposition.error_norm import ErrorNorm
from lithode.solvers.electrodeposition.front_model import FrontModel
from lithode.solvers.electrodeposition.monolithic import Monolithic
from lithode.solvers.electrodeposition.observables import Observables
from lithode.solvers.electrodeposition.parameters import (
    Charge,
    Numerics,
    Parameters,
    choose_solver,
)
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.model import Trial
from lithode.solvers.numerics.properties import with_constants
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.theory.noise import NoiseAt


class Electrodeposition(FrontModel):
    """The model; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        domain: Mesh with the boundaries electrode (Li, phi = overpotential), counter_electrode
            (c = 1, phi = 0) and sides (rollers).
        parameters: Physics, in coherent units.
        initial: Initial order parameter at points of shape (n, 3), values in [0, 1]; None where a
            state is restored.
        numerics: Choice of solvers and tolerances.

    Raises:
        InputError: A region without parameters, or a boundary that the mesh does not have.
    """

    name = "electrodeposition"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        initial: Callable[[Array], Array] | None,
        numerics: Numerics | None = None,
    ) -> None:
        numerics = Numerics() if numerics is None else numerics
        mesh = domain.mesh

        scalar = fem.functionspace(mesh, ("P", 1))
        pairs = fem.functionspace(mesh, ("P", 1, (2,)))
        two = parameters.charge is Charge.TWO_POTENTIAL
        vectors = fem.functionspace(mesh, ("P", 1, (mesh.geometry.dim,)))
        self._space = scalar
        self._weights = NodalWeights(domain, scalar)
        super().__init__(domain, parameters, numerics, TimeLevels.in_space(pairs, "phase", 3))
        t = self.transient
        self._unknowns = Unknowns(
            phase=t.conserved,
            potential=t.follow(
                TimeLevels.in_space((pairs if two else scalar).clone(), "potential", 2)
            ),
            stress=t.follow(TimeLevels.in_space(scalar.clone(), "hydrostatic_stress", 2)),
            displacement=t.follow(TimeLevels.in_space(vectors, "displacement", 2)),
            rate=t.rate(t.conserved.trial),
            step_scale=t.step_scale,
        )
        self._solved = self._unknowns.phase, self._unknowns.potential
        self._noise, self._noise_at = Function(scalar), None
        if parameters.fluctuations is not None:
            points = scalar.tabulate_dof_coordinates()
            self._noise_at = NoiseAt(parameters.fluctuations.field, points)
        withheld = None
        if numerics.keeps_bounds and parameters.needs_bounds:
            # With two potentials it is not extrapolated: Newton then failed on coarse meshes in 3D.
            depth = 1 if two else 2
            withheld = t.follow(TimeLevels.in_space(scalar.clone(), "withheld_rate", depth))
        creep = self._creeping(self._unknowns.displacement)
        ends = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags)
        physics = parameters
        if parameters.stack is not None:
            physics = replace(parameters, stack=with_constants(mesh, parameters.stack))
        self.equations = Equations(
            physics,
            Properties.on(domain, parameters.regions),
            leaning_measure(mesh, numerics.lumping),
            numerics.kinematics,
            self._noise,
            ends(domain.boundaries["counter_electrode"]),
            None if withheld is None else withheld.trial,
        )
        self.conditions = Conditions.on(
            domain,
            pairs,
            self._unknowns.potential.trial.function_space,
            vectors,
            parameters,
        )
        vertices = int(scalar.dofmap.index_map.size_global)
        self.solver = choose_solver(numerics.solver, mesh.topology.dim, vertices)
        self._problem = Problem(
            self.equations,
            self._unknowns,
            self.conditions,
            self._weights,
            ErrorNorm(self._weights, self._unknowns.phase, numerics.concentration_weight),
            self.solver,
            self._weights.residual_tolerance(1e-12 * parameters.site_ratio),
            numerics,
            withheld,
            creep,
        )
        self._coupling = self._couple()
        self.transient.solve_with(self._coupling)
        parts = domain, self._weights, self.equations, self._unknowns
        self._currents = Currents(*parts, t, self._coupling)
        self._balance = Balance(self._currents, self._unknowns, self.conditions, parameters, t)
        self.observables = Observables(*parts, self._currents)
        if initial is not None:
            self._start(initial)

    def rebuilt(self, domain: Domain) -> Electrodeposition:
        """Return the same model on another mesh, with a state that is yet to be put in."""
        return Electrodeposition(domain, self.parameters, None, self.numerics)

    held = ("electrode", "counter_electrode")

    def _couple(self) -> Coupling:
        """Make the solvers of a step."""
        couple: Callable[[Problem], Coupling] = Staggered
        if self.numerics.coupling == "monolithic":
            couple = Monolithic
        elif self.parameters.charge is Charge.TWO_POTENTIAL:
            couple = TwoPotentials
        return couple(self._problem)

    def _start(self, initial: Callable[[Array], Array]) -> None:
        xi = np.clip(initial(self._space.tabulate_dof_coordinates()), 0.0, 1.0)
        values = self._unknowns.phase.trial.x.array
        values[0::2], values[1::2] = xi, 1.0 - xi
        for condition in self.conditions.phase:
            condition.set(values)
        self._coupling.solve_fields()  # the rate is still zero
        self.transient.start()
        self._currents.start()
        self.events()  # contacts of the initial lithium are not news

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        self.transient.predict(dt)
        if self._noise_at is not None:
            self._noise.x.array[:] = self._noise_at(self.time + dt)
        nonlinear, linear = self._coupling.solve()
        if self._problem.is_loose:
            self._balance.close()
        elif self._problem.withheld is not None:
            self._balance.close_lithium()
        norm = self._problem.error_norm
        # With two potentials c behind the front counts: the reaction sets the current.
        size = norm if self.equations.has_two_potentials else norm.in_electrolyte
        change = size(self._unknowns.phase.trial.x.array - self.transient.predicted)
        return Trial(self.transient.error(change) / self.numerics.tolerance, nonlinear, linear)

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        self._currents.take(self.transient.trial_rate())
        self.transient.accept()

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        if self._problem.supply is not None:
            self._problem.supply.keep_past(self._unknowns.phase)
        super().restore(scalars)
        self.events()  # what was met before is not news
