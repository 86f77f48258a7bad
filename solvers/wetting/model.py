"""The time-dependent wetting model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.solvers.numerics.blocks import MUMPS, NEWTON, NonlinearBlock, Options
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.model import Event, Trial
from lithode.solvers.numerics.transient import Stepped, Transient
from lithode.solvers.wetting.equations import Equations
from lithode.solvers.wetting.held_content import HeldContent
from lithode.solvers.wetting.observables import Observables
from lithode.solvers.wetting.parameters import (
    PREFIX,
    GrainFields,
    Numerics,
    Observation,
    Parameters,
    Solver,
    choose_solver,
)

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


class Wetting(Stepped):
    """Lithium among grains; satisfies ``lithode.solvers.numerics.model.Model``.

    Nothing flows through the boundaries, which have the contact angle 90 where none is given.

    Args:
        domain: Mesh with the boundaries electrode, counter_electrode (lithium that reaches it ends
            the run) and the walls of the parameters.
        parameters: Physics, in coherent units.
        initial: Initial order parameter at points of shape (n, 3), values in [0, 1]; None where a
            state is restored.
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
        initial: Callable[[Array], Array] | None,
        numerics: Numerics | None = None,
        observation: Observation | None = None,
    ) -> None:
        self.numerics = Numerics() if numerics is None else numerics
        self.domain, self.parameters = domain, parameters
        mesh = domain.mesh
        space = fem.functionspace(mesh, ("P", 1))
        self._space, self._weights = space, NodalWeights(domain, space)
        super().__init__(Transient(TimeLevels.in_space(space, "order_parameter", 3)))
        self._levels = self.transient.conserved
        pressure = Constant(mesh, 0.0)
        self.equations = Equations.on(domain, space, parameters, self.numerics.lumping)
        self._block = self._build_block(pressure)
        self.transient.solve_with(self._block)
        self._observation = Observation() if observation is None else observation
        self.observables = Observables(
            domain, self._weights, self.equations, self.transient, pressure, self._observation
        )
        first_change = 1e-4 * parameters.interface.barrier
        self._held = HeldContent(self._block, self.observables.content, pressure, first_change)
        self.transient.keep(self._held)
        if initial is not None:
            self._levels.trial.x.array[:] = self.equations.initial(
                initial(space.tabulate_dof_coordinates())
            )
            self.transient.start()
            self.observables.start()

    held = ()

    def rebuilt(self, domain: Domain) -> Wetting:
        """Return the same model on another mesh, with a state that is yet to be put in."""
        return Wetting(domain, self.parameters, None, self.numerics, self._observation)

    def front(self) -> tuple[fem.FunctionSpace[Any], Array]:
        """Return the order parameter of the accepted state, for ``Adaptive``."""
        return self._space, self._levels.now.x.array

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the surface; collective."""
        return self.observables.front_size()

    def _build_block(self, pressure: Constant[Any]) -> NonlinearBlock:
        vertices = int(self._space.dofmap.index_map.size_global)
        preset = choose_solver(self.numerics.solver, self.domain.mesh.topology.dim, vertices)
        tolerance = self._weights.residual_tolerance(1e-12)
        trial, test = self._levels.trial, ufl.TestFunction(self._space)
        residual = self.equations.residual(trial, self.transient.rate(trial), pressure, test)
        return NonlinearBlock(
            self.transient.step_scale * residual,
            trial,
            [],
            PREFIX,
            {**_PRESETS[preset], "snes_atol": tolerance},
            assembly=self.numerics.assembly,
        )

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        return int(self._space.dofmap.index_map.size_global)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        self.transient.predict(dt)
        if self.parameters.conserved:
            nonlinear, linear = self._held.solve(self.observables.balance.content_start)
        else:
            nonlinear, linear = self._block.solve()
        # MPI's maximum may lose a NaN of another rank.
        difference = np.abs(self._levels.trial.x.array - self.transient.predicted)
        change = float(self._weights.maxima(np.nan_to_num(difference, nan=np.inf))[0])
        return Trial(self.transient.error(change) / self.numerics.tolerance, nonlinear, linear)

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        self.observables.take(self.transient.step, first=not self.clock.past)
        super().accept()

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/wang2024-wetting.md for each."""
        self.transient.show_accepted()
        return self.observables.measure()

    def fields(self) -> Sequence[Function[Any]]:
        """Return zeta and, if there are grain fields, their sum."""
        grains = isinstance(self.parameters.solid, GrainFields)
        return [self._levels.now, self.equations.grains] if grains else [self._levels.now]

    def events(self) -> Sequence[Event]:
        """Return that lithium has reached the counter electrode, which ends the run."""
        return self.observables.events()
