"""The time-dependent interphase model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from dolfinx import fem
from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.solvers.interphase.equations import CONTENTS, OPTIONS, Contents, Equations
from lithode.solvers.interphase.observables import LINE_POINTS, Observables
from lithode.solvers.interphase.parameters import (
    ELECTROLYTE,
    METAL,
    PREFIX,
    Numerics,
    Parameters,
    choose_solver,
)
from lithode.solvers.numerics.blocks import JIT_OPTIONS, NonlinearBlock
from lithode.solvers.numerics.gauges import BoundaryResidual, LineGauge, NodalWeights, boundary_dofs
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.model import Event, Trial
from lithode.solvers.numerics.properties import nodal_fields
from lithode.solvers.numerics.transient import Stepped, Transient
from lithode.theory.interphase import lithium_of_salts

# Over which a native oxide ends, in um: a crystallite.
_EDGE = 0.004


class Interphase(Stepped):
    """Lithium metal on an oxynitride; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        domain: Mesh with the regions metal and electrolyte, and the boundary electrode in the
            metal, where lithium is at activity 1; no flux elsewhere.
        parameters: Physics, in coherent units.
        numerics: Solver and tolerance.

    Raises:
        InputError: A region or boundary is missing, or the line leaves the mesh.
    """

    name = "interphase"

    def __init__(
        self, domain: Domain, parameters: Parameters, numerics: Numerics | None = None
    ) -> None:
        self.numerics = Numerics() if numerics is None else numerics
        self.domain, self.parameters = domain, parameters
        mesh = domain.mesh
        for region in (METAL, ELECTROLYTE):
            domain.cells(region)
        self._scalar = fem.functionspace(mesh, ("P", 1))
        self._weights = NodalWeights(domain, self._scalar)
        shares = [self._share(region) for region in (METAL, ELECTROLYTE)]
        self.equations = Equations.on(domain, parameters, *shares)
        unknowns = fem.functionspace(mesh, ("P", 1, (4,)))
        self._unknowns = TimeLevels.in_space(unknowns, "interphase", 1)
        contents = fem.functionspace(mesh, ("P", 1, (CONTENTS,)))
        super().__init__(Transient(TimeLevels.in_space(contents, "contents", 3)))
        self._contents = self.transient.conserved
        self.transient.follow(self._unknowns)
        self.solver = choose_solver(
            self.numerics.solver, mesh.topology.dim, int(self._scalar.dofmap.index_map.size_global)
        )
        self._build_block()
        self.transient.solve_with(self._block)
        self._start()

    def _share(self, region: str) -> Function[Any]:
        share = Function(self._scalar, name=region)
        share.x.array[:] = self._weights.regions[region] / self._weights.whole
        return share

    def _build_block(self) -> None:
        eq, trial = self.equations, self._unknowns.trial
        weight, offset = self.transient.rate_weight, self.transient.rate_offset
        found = eq.contents(trial, weight, offset)
        self._contents_of_unknowns = fem.Expression(
            found.vector(),
            offset.function_space.element.interpolation_points,
            jit_options=JIT_OPTIONS,
        )
        self._block = NonlinearBlock(
            eq.residual(trial, weight, offset, self.transient.step_scale),
            trial,
            eq.conditions(trial.function_space),
            PREFIX,
            {**OPTIONS[self.solver], "snes_atol": self._weights.residual_tolerance(1e-13)},
            keeps_jacobian=False,
            assembly=self.numerics.assembly,
        )
        rate = eq.rates(found, weight, offset)
        outflow = BoundaryResidual(
            lambda test, dx: eq.lithium(trial, found, rate, test, dx),
            self._scalar,
            boundary_dofs(self.domain, self._scalar, "electrode"),
            eq.measure,
        )
        self._inflow = self.transient.inflow("lithium_inflow", lambda: -outflow())

    def _start(self) -> None:
        contents = Contents.of(self._contents.trial.x.array.reshape(-1, CONTENTS).T)
        contents.intact[:] = self.equations.electrolyte.x.array
        metal = self.equations.metal.x.array
        contents.salts[1][:] = self._native(metal)
        shares = lithium_of_salts(self.parameters.electrolyte)
        contents.metal[:] = metal * np.exp(
            -shares[1] * contents.salts[1] / self.parameters.capacity
        )
        self.transient.start()
        self.observables = Observables(
            self.parameters,
            self._weights,
            self.equations,
            self._unknowns,
            self._contents,
        )

    def _native(self, metal: Array) -> Array:
        """Return O of the native oxide at the nodes, per phosphorus of the electrolyte."""
        p = self.parameters
        oxide, (start, end) = p.native, p.detection.line
        if not oxide.thickness:
            return np.zeros_like(metal)
        # The metal ends where the line leaves it; the interface may be rough beside it.
        along = LineGauge(self._scalar, start, end, LINE_POINTS)
        interface = along.last_above(metal, 0.5) + start[-1]
        depth = interface - self._scalar.tabulate_dof_coordinates()[:, len(start) - 1]
        inside = np.clip((oxide.thickness - depth) / _EDGE + 0.5, 0.0, 1.0)
        return np.asarray(metal * inside * oxide.concentration / p.phosphorus)

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        return 4 * int(self._scalar.dofmap.index_map.size_global)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        self.transient.predict(dt)
        nonlinear, linear = self._block.solve()
        self._contents.trial.interpolate(self._contents_of_unknowns)
        error = self.transient.error(self._change(self.transient.predicted))
        return Trial(max(error, self._deficit()) / self.numerics.tolerance, nonlinear, linear)

    def _change(self, predicted: Array) -> float:
        """Largest difference of any species from what was predicted, over its largest amount."""
        found, guess = (
            Contents.of(values.reshape(-1, CONTENTS).T)
            for values in (self._contents.trial.x.array, predicted)
        )
        electrolyte = self.parameters.electrolyte
        pairs = [
            (found.intact, guess.intact, 1.0),
            (found.denitrided, guess.denitrided, 1.0),
            (found.metal, guess.metal, 1.0),
        ]
        released = electrolyte.nitrogen, electrolyte.free_oxygen, electrolyte.free_phosphorus
        for k, amount in enumerate(released):
            totals = [c.mobile[k] + c.salts[k] for c in (found, guess)]
            pairs.append((totals[0], totals[1], 1e-2 * amount))
        largest = self._weights.maxima(*(np.abs(values) for values, _, _ in pairs))
        changes = self._weights.maxima(*(np.abs(a - b) for a, b, _ in pairs))
        if not np.all(np.isfinite(changes)):
            raise StepFailed("the solution is not finite")
        floors = np.array([floor for _, _, floor in pairs])
        return float(np.max(changes / np.maximum(np.maximum(largest, floors), 1e-300)))

    def _deficit(self) -> float:
        """By how much the trial's worst amount is negative; differences of 2nd order may be."""
        worst = self._weights.maxima(-self._contents.trial.x.array)[0]
        return max(float(worst), 0.0)

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/cheng2020-interphase.md for each."""
        return self.observables.measure(self._inflow.total)

    def fields(self) -> Sequence[Function[Any]]:
        """Return activity, shares, volume fractions of salts, and amounts per phosphorus."""
        return nodal_fields(self._scalar, self.observables.nodal())

    def events(self) -> Sequence[Event]:
        """Return that the electrolyte is used up, as soon as its far end decomposes."""
        if not self.observables.is_used_up():
            return ()
        return (Event("electrolyte used up", "the front has reached the far end", final=True),)
