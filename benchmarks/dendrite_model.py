"""A lithium dendrite as a model of one's own: two blocks and a ``Transient``, for the march.

The equations are in data/amrex-dendrite/README.md; growth is along the last coordinate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem

from lithode.core.domain import Domain
from lithode.solvers.numerics.blocks import NEWTON, LinearBlock, NonlinearBlock
from lithode.solvers.numerics.front_gauges import FrontGauge
from lithode.solvers.numerics.gauges import NodalWeights, boundary_dofs
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.model import Event, Trial
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.solvers.numerics.transient import Stepped, Transient
from lithode.solvers.physics import free_energy, kinetics, transport

F, VOLTAGE = 38.68388, 0.3
BARRIER, KAPPA = 12.0, 1.5 * 1.26**2
UPTAKE, DIFFUSIVITY, METAL, ELECTROLYTE = 76.4, 7500.0, 1e7, 1.19
BOUND = 1e5  # rate that brings c < 0 back, where the reference clips it
NONLINEAR = {
    **NEWTON,
    "ksp_type": "gmres",
    "ksp_rtol": 3e-2,
    "ksp_max_it": 60,
    "pc_type": "bjacobi",
}
# Some thousand unknowns: multigrid would pay for more.
LINEAR = {
    "ksp_type": "cg",
    "ksp_norm_type": "unpreconditioned",
    "ksp_rtol": 1e-3,
    "pc_type": "bjacobi",
    "sub_pc_type": "icc",
    "sub_pc_factor_levels": 1,
}


class Dendrite(Stepped):
    """Order parameter and concentration in one block, the potential above the electrode before."""

    name = "dendrite"

    def __init__(self, domain: Domain, start: Any, tolerance: float) -> None:
        self.domain, self.tolerance = domain, tolerance
        mesh, dx = domain.mesh, leaning_measure(domain.mesh, 1.0)
        pair, scalar = (fem.functionspace(mesh, ("P", 1, shape)) for shape in ((2,), ()))
        super().__init__(Transient(TimeLevels.in_space(pair, "phase", 3)))
        self._phase = self.transient.conserved
        self._psi = self.transient.follow(TimeLevels.in_space(scalar, "potential", 2))
        self._oxidation, self._reduction = fem.Function(scalar), fem.Function(scalar)
        self._weights, self._front = NodalWeights(domain, scalar), FrontGauge(scalar)

        def held(space: Any, first: float, last: float) -> Any:
            ends = {"electrode": first, "counter_electrode": last}
            return [
                fem.dirichletbc(v, boundary_dofs(domain, space, b), space) for b, v in ends.items()
            ]

        xi, c = ufl.split(self._phase.trial)
        xi_rate, c_rate = self.transient.rate(self._phase.trial)
        v, q = ufl.split(ufl.TestFunction(pair))
        diffusivity = free_energy.mixture(xi, 0.0, DIFFUSIVITY)
        flux = transport.nernst_planck_flux(c, self._psi.trial, diffusivity, F)
        plating = kinetics.plating_rate(xi, c, self._oxidation, self._reduction, 1.0)
        phase = (xi_rate + free_energy.double_well_force(xi, BARRIER) - plating) * v * dx
        phase += KAPPA * ufl.inner(ufl.grad(xi), ufl.grad(v)) * dx
        phase += (c_rate + UPTAKE * xi_rate + BOUND * ufl.min_value(c, 0.0)) * q * dx
        phase -= ufl.inner(flux, ufl.grad(q)) * dx
        conditions = [*held(pair.sub(0), 1.0, 0.0), *held(pair.sub(1), 0.0, 1.0)]
        self._phase_block = NonlinearBlock(
            self.transient.step_scale * phase,
            self._phase.trial,
            conditions,
            "phase_",
            {**NONLINEAR, "snes_atol": self._weights.residual_tolerance(1e-2 * tolerance)},
            keeps_jacobian=False,
            matrix="baij",
        )
        psi, w = ufl.TrialFunction(scalar), ufl.TestFunction(scalar)
        current = transport.ohmic_current(psi, free_energy.mixture(xi, METAL, ELECTROLYTE))
        self._potential_block = LinearBlock(
            (fem.Constant(mesh, 0.0) * w - ufl.inner(current, ufl.grad(w))) * dx,
            self._psi.trial,
            held(scalar, 0.0, VOLTAGE),
            "potential_",
            LINEAR,
            keep=20,
        )
        self.transient.solve_with(self._phase_block, self._potential_block)
        first = start(scalar.tabulate_dof_coordinates()[:, :2])
        self._phase.trial.x.array[:] = np.column_stack([first, 1 - first]).ravel()
        for condition in conditions:
            condition.set(self._phase.trial.x.array)
        self._potential_block.solve()
        self.transient.start()

    @property
    def unknowns(self) -> int:
        return 3 * int(self._weights.space.dofmap.index_map.size_global)

    def advance(self, dt: float) -> Trial:
        self.transient.predict(dt)
        linear = self._potential_block.solve()
        for factor, rate in ((0.5, self._oxidation), (-0.5, self._reduction)):
            rate.x.array[:] = np.exp(factor * F * (self._psi.trial.x.array - VOLTAGE))
        nonlinear, more = self._phase_block.solve()
        change = np.abs(self._phase.trial.x.array - self.transient.predicted)[::2]
        largest = float(self._weights.maxima(np.nan_to_num(change, nan=np.inf))[0])
        return Trial(self.transient.error(largest) / self.tolerance, nonlinear, linear + more)

    def measure(self) -> Mapping[str, float]:
        xi, c = self._phase.now.x.array.reshape(-1, 2).T
        whole = self._weights.whole
        area, content = self._weights.sums(whole * xi, whole * c)
        tip = self._weights.maxima(self._front.heights(xi))[0]
        return {"tip": float(tip), "area": float(area), "content": float(content)}

    def fields(self) -> Sequence[Any]:
        return [self._phase.now, self._psi.now]

    def events(self) -> Sequence[Event]:
        return []
