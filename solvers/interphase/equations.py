"""Residuals and Dirichlet conditions of the interphase model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ufl
from dolfinx import fem
from dolfinx.fem import DirichletBC, Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.solvers.interphase.parameters import ELECTROLYTE, METAL, Parameters
from lithode.solvers.numerics.blocks import MUMPS, Options
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.properties import spread, with_constants
from lithode.solvers.numerics.quadrature import VERTEX
from lithode.solvers.physics import interphase as terms
from lithode.theory.interphase import lithium_of_salts

_NEWTON: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-12,
    # Newton converges quadratically: after such a step only rounding errors are left.
    "snes_stol": 1e-8,
    "snes_max_it": 15,
    "snes_divergence_tolerance": 1e12,
}
OPTIONS: dict[str, Options] = {
    "direct": {**_NEWTON, **MUMPS},
    "iterative": {
        **_NEWTON,
        "ksp_type": "fgmres",
        "ksp_rtol": 1e-8,
        "ksp_max_it": 200,
        "pc_type": "fieldsplit",
        "pc_fieldsplit_type": "multiplicative",
        **{f"fieldsplit_{k}_ksp_type": "preonly" for k in range(4)},
        **{f"fieldsplit_{k}_pc_type": "hypre" for k in range(4)},
    },
}

FLUX = {"quadrature_degree": 2}
CONTENTS = 10
"""Number of contents: the components of ``Contents`` as a vector."""


@dataclass(frozen=True)
class Contents:
    """What is at a point, per phosphorus of the electrolyte.

    Attributes:
        dose: Lithium activity over time, in s.
        intact: Electrolyte that is whole.
        denitrided: Electrolyte that has lost N only.
        mobile: Interstitial N, O, P.
        salts: Precipitated N, O, P.
        metal: Share of lithium metal.
    """

    dose: Any
    intact: Any
    denitrided: Any
    mobile: Sequence[Any]
    salts: Sequence[Any]
    metal: Any

    @classmethod
    def of(cls, values: Any) -> Contents:
        """Take the components of a vector, or rows of an array, apart."""
        v = [values[i] for i in range(CONTENTS)]
        return cls(v[0], v[1], v[2], v[3:6], v[6:9], v[9])

    def vector(self) -> Any:
        """Return the components as a UFL vector."""
        first = [self.dose, self.intact, self.denitrided]
        return ufl.as_vector([*first, *self.mobile, *self.salts, self.metal])

    def decomposed(self, electrolyte: Any) -> Any:
        """Return what has lost O too, of ``electrolyte`` at the start."""
        return electrolyte - self.intact - self.denitrided


@dataclass(frozen=True)
class Equations:
    """The model's residuals, as functions of whatever stands for the unknowns.

    The unknowns are (1 - a, N, O, P): lithium activity, and interstitials. Measured from the metal,
    where transport is a million times faster, a keeps its digits.

    Attributes:
        domain: The mesh.
        parameters: The model's parameters; numbers in it are constants of the forms.
        metal: Share of metal at the start, P1.
        electrolyte: Share of electrolyte at the start, P1.
        in_metal: 1 in the cells of the metal, DG0.
    """

    domain: Domain
    parameters: Parameters
    metal: Function[Any]
    electrolyte: Function[Any]
    in_metal: Function[Any]

    @classmethod
    def on(
        cls,
        domain: Domain,
        parameters: Parameters,
        metal: Function[Any],
        electrolyte: Function[Any],
    ) -> Equations:
        """Make them with forms that other values of the parameters need not compile again."""
        shares = {METAL: 1.0, ELECTROLYTE: 0.0}
        in_metal = spread(domain, shares, lambda share: share)
        return cls(domain, with_constants(domain.mesh, parameters), metal, electrolyte, in_metal)

    @property
    def measure(self) -> ufl.Measure:
        """Quadrature of the fluxes; contents and reactions are nodal."""
        return ufl.Measure("dx", domain=self.domain.mesh, metadata=FLUX)

    def contents(self, unknowns: Any, weight: Any, offset: Any) -> Contents:
        """Return the contents at the end of a step.

        Args:
            unknowns: (1 - a, N, O, P).
            weight: The difference formula is dy/dt = weight y + offset.
            offset: Of all contents.
        """
        p, before = self.parameters, Contents.of(offset)
        mobile = [unknowns[1 + k] for k in range(3)]
        dose = (1 - unknowns[0] - before.dose) / weight
        salts = [
            (terms.precipitation(c, atom.precipitation) - past) / weight
            for c, atom, past in zip(mobile, p.interstitials, before.salts, strict=True)
        ]
        return Contents(
            dose,
            self.electrolyte * terms.intact(dose, p.first),
            self.electrolyte * terms.denitrided(dose, p.first, p.second),
            mobile,
            salts,
            self.metal * self.metal_left(salts),
        )

    def metal_left(self, salts: Sequence[Any]) -> Any:
        """Return the share of the metal at the start that salts have left."""
        shares = lithium_of_salts(self.parameters.electrolyte)
        displacing = sum(n * salt for n, salt in zip(shares, salts, strict=True))
        return terms.metal_left(displacing, self.parameters.capacity)

    def metal_inside(self, now: Contents) -> Any:
        """Return the share of metal inside the cells, where none is beyond the interface."""
        return self.in_metal * self.metal_left(now.salts)

    def rates(self, now: Contents, weight: Any, offset: Any) -> Contents:
        """Return the time derivatives of the contents."""
        return Contents.of(weight * now.vector() + offset)

    def released(self, rate: Contents) -> tuple[Any, Any]:
        """Return the rates of the two steps of decomposition."""
        return -rate.intact, -(rate.intact + rate.denitrided)

    def lithium(
        self, unknowns: Any, now: Contents, rate: Contents, test: Any, dx: Any = None
    ) -> Any:
        """Supply of lithium: 0 = div(D_a grad a) - u1 R1 - u2 R2 + what salts displace."""
        dx = self.measure if dx is None else dx
        p = self.parameters
        first, second = self.released(rate)
        uptake = p.electrolyte.first_uptake * first + p.electrolyte.second_uptake * second
        diffusivity = terms.lithium_diffusivity(
            p.path, self.metal_inside(now), now.salts[0] + now.salts[2]
        )
        nodal = dx(metadata=VERTEX)
        balance = diffusivity * ufl.inner(ufl.grad(unknowns[0]), ufl.grad(test)) * dx
        return balance - (uptake + p.capacity * rate.metal) * test * nodal

    def atom(self, kind: int, now: Contents, rate: Contents, test: Any) -> Any:
        """Interstitial N, O or P: dc/dt = div((D l + D_s) grad c) + source - k c."""
        p = self.parameters
        first, second = self.released(rate)
        source = (
            p.electrolyte.nitrogen * first,
            p.electrolyte.free_oxygen * second,
            p.electrolyte.free_phosphorus * second,
        )[kind]
        atom, c = p.interstitials[kind], now.mobile[kind]
        diffusivity = terms.interstitial_diffusivity(
            self.metal_inside(now), atom.diffusivity, atom.matrix_diffusivity
        )
        flux = diffusivity * ufl.inner(ufl.grad(c), ufl.grad(test)) * self.measure
        lost = terms.precipitation(c, atom.precipitation)
        nodal = self.measure(metadata=VERTEX)
        return (rate.mobile[kind] + lost - source) * test * nodal + flux

    def residual(self, unknowns: Function[Any], weight: Any, offset: Any, step: Any) -> Any:
        """All equations, times the step so that they are in units of content."""
        tests = ufl.split(ufl.TestFunction(unknowns.function_space))
        now = self.contents(unknowns, weight, offset)
        rate = self.rates(now, weight, offset)
        balance = self.lithium(unknowns, now, rate, tests[0])
        for kind in range(3):
            balance += self.atom(kind, now, rate, tests[1 + kind])
        return step * balance

    def conditions(self, space: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
        """Lithium at activity 1 at the electrode; no flux of anything else."""
        sub = space.sub(0)
        return [fem.dirichletbc(0.0, boundary_dofs(self.domain, sub, "electrode"), sub)]
