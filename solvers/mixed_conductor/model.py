"""The time-dependent mixed-conductor model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.solvers.mixed_conductor.equations import OPTIONS, Equations
from lithode.solvers.mixed_conductor.observables import Observables
from lithode.solvers.mixed_conductor.parameters import PREFIX, Numerics, Observation, Parameters
from lithode.solvers.numerics.blocks import JIT_OPTIONS, NonlinearBlock
from lithode.solvers.numerics.clock import Clock, Inflow
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    NodalWeights,
    boundary_dofs,
    integral,
)
from lithode.solvers.numerics.levels import Array, TimeLevels, unknowns_of
from lithode.solvers.numerics.model import Event, Trial
from lithode.solvers.numerics.properties import nodal_fields
from lithode.solvers.numerics.transient import Stepped, Transient


class MixedConductor(Stepped):
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
        mesh = domain.mesh
        self.equations = Equations.on(domain, parameters, self.numerics)
        count = 3 if self.numerics.formulation == "poisson" else 2
        self._scalar = fem.functionspace(mesh, ("P", 1))
        self._weights = NodalWeights(domain, self._scalar)
        self._levels = TimeLevels.in_space(
            fem.functionspace(mesh, ("P", 1, (count,))), "quasi_fermi", 2
        )
        # Of (c+, c_e, V): what is conserved is known at the nodes, as its lumped rate wants it.
        triples = fem.functionspace(mesh, ("P", 1, (3,)))
        super().__init__(Transient(TimeLevels.in_space(triples, "carriers", 3)))
        self._carriers = self.transient.conserved
        self.transient.follow(self._levels, _logarithmic)
        carriers = self.equations.carriers(self._levels.trial)
        found = ufl.as_vector([carriers.cation, carriers.electron, carriers.potential])
        self._carriers_of_levels = fem.Expression(
            found, triples.element.interpolation_points, jit_options=JIT_OPTIONS
        )
        self._rate = self.transient.rate(found)
        self.conditions = self.equations.conditions(self._levels.trial.function_space)
        self._build_block()
        self.transient.solve_with(self._block)
        self._start()
        self.observables = Observables(
            domain,
            self._weights,
            self.equations,
            self._levels,
            self._carriers,
            self.observation,
        )
        self._inflows = self._build_inflows()

    def _build_block(self) -> None:
        p = self.parameters
        electrons = p.electron_concentration / p.lithium.electron_concentration
        # The rarer carrier is balanced as well as the other one.
        tolerance = self._weights.residual_tolerance(1e-12 * min(1.0, electrons))
        self._block = NonlinearBlock(
            self.equations.residual(self._levels.trial, self._rate, self.transient.step_scale),
            self._levels.trial,
            self.conditions,
            PREFIX,
            {**OPTIONS[self.numerics.solver], "snes_atol": tolerance},
            keeps_jacobian=False,
            assembly=self.numerics.assembly,
        )

    def _build_inflows(self) -> list[Inflow]:
        eq, levels, rate = self.equations, self._levels.trial, self._rate

        def through(boundary: str, residual: Any) -> BoundaryResidual:
            dofs = boundary_dofs(self.domain, self._scalar, boundary)
            return BoundaryResidual(residual, self._scalar, dofs, eq.measure)

        cations = through(
            "counter_electrode", lambda test, dx: eq.cation(levels, rate[0], test, dx)
        )
        electrons = through("electrode", lambda test, dx: eq.electron(levels, rate[1], test, dx))
        plating, self._cation_supply = self.observables.plating, cations
        return [
            self.transient.inflow("cation_inflow", lambda: cations() - integral(plating)),
            self.transient.inflow("electron_inflow", electrons),
        ]

    def _start(self) -> None:
        p = self.parameters
        start = -math.log(p.electron_concentration / p.cation_concentration)
        count = self._levels.trial.function_space.dofmap.index_map_bs
        values = self._levels.trial.x.array
        values[:] = 0.0
        values[1::count] = start
        self._carriers.trial.interpolate(self._carriers_of_levels)
        self.transient.start()

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        return unknowns_of(self._levels.trial)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        self.transient.predict(dt)
        nonlinear, linear = self._solve()
        self._carriers.trial.interpolate(self._carriers_of_levels)
        change = self._change(self._carriers.trial.x.array - self.transient.predicted)
        # At the start c_e jumps at the lithium, however short the step: that is no error of time.
        error = self.transient.error(change) if self.clock.past else 0.0
        return Trial(error / self.numerics.tolerance, nonlinear, linear)

    def _solve(self) -> tuple[int, int]:
        """Solve for the levels of the new time."""
        levels = self._levels
        if self.clock.past:
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

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/wang2024-transport.md for each."""
        return self.observables.measure([inflow.total for inflow in self._inflows])

    def fields(self) -> Sequence[Function[Any]]:
        """Return concentrations (mol/m^3), potentials (V), growth (A/m^2), nucleation (1)."""
        return nodal_fields(self._scalar, self.observables.nodal())

    def events(self) -> Sequence[Event]:
        """Return nothing: transport alone has no events."""
        return ()


def _logarithmic(dt: float, clock: Clock) -> tuple[float, float]:
    """Extrapolate as a + b ln t.

    So go potentials while a jump at a surface spreads by diffusion; for steps far shorter than the
    time passed this is linear in t.
    """
    time, past = clock.time, clock.past
    ahead = math.log1p(dt / time) / -math.log1p(-past[0] / time) if len(past) > 1 else 0.0
    return 1 + ahead, -ahead
