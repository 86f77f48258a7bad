"""Residuals and Dirichlet conditions of the current distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import lasting
from lithode.solvers.current_distribution.parameters import (
    LithiumSurface,
    Parameters,
    Reaction,
)
from lithode.solvers.numerics.blocks import EXPONENTIAL_NEWTON, MUMPS, Options
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.properties import (
    Property,
    spread,
    spread_graded,
    with_constants,
)
from lithode.solvers.numerics.quadrature import VERTEX
from lithode.solvers.physics import kinetics, transport

_GMRES: Options = {"ksp_type": "gmres", "ksp_rtol": 1e-10, "ksp_max_it": 300}

# Conductivities are linear in a cell, gradients of potentials constant.
FLUX = {"quadrature_degree": 1}


@dataclass(frozen=True)
class Layout:
    """Which component of the unknowns is what; the first is the potential of Li+.

    Attributes:
        electronic: Potential of electrons, None in an ionic conductor.
        surface: Overpotential left for the reaction at lithium under a film; None without film.
    """

    electronic: int | None
    surface: int | None

    @classmethod
    def of(cls, parameters: Parameters) -> Layout:
        """Return the layout that the parameters need."""
        electronic = 1 if parameters.is_mixed else None
        has_film = parameters.lithium.film_resistance > 0
        return cls(electronic, 1 + (electronic or 0) if has_film else None)

    @property
    def count(self) -> int:
        """Number of components."""
        return 1 + (self.electronic is not None) + (self.surface is not None)

    def options(self, solver: Literal["direct", "iterative"]) -> Options:
        """Return the preset of PETSc options."""
        if solver == "direct":
            return {**EXPONENTIAL_NEWTON, **MUMPS}
        if self.surface is None:
            return {**EXPONENTIAL_NEWTON, **_GMRES, "pc_type": "hypre"}
        # The block of the film is diagonal: its Schur complement is that of an unfilmed surface.
        return {
            **EXPONENTIAL_NEWTON,
            **_GMRES,
            "pc_type": "fieldsplit",
            "pc_fieldsplit_type": "schur",
            "pc_fieldsplit_schur_fact_type": "full",
            "pc_fieldsplit_schur_precondition": "selfp",
            "pc_fieldsplit_0_fields": str(self.surface),
            "pc_fieldsplit_1_fields": ",".join(map(str, range(self.surface))),
            "fieldsplit_0_ksp_type": "preonly",
            "fieldsplit_0_pc_type": "jacobi",
            "fieldsplit_1_ksp_type": "preonly",
            "fieldsplit_1_pc_type": "hypre",
        }


@dataclass(frozen=True)
class Equations:
    """The model's residuals, as functions of whatever stands for the unknowns.

    Attributes:
        domain: The mesh.
        parameters: The model's parameters.
        layout: Components of the unknowns.
        load: Current density at the counter electrode, or its potential.
        inverse_thermal_voltage: F / (R T) in 1/V.
        lithium: The lithium surface, its numbers as constants of forms.
        ionic: Conductivity for Li+.
        electronic: Conductivity for electrons, None in an ionic conductor.
        reactions: Reactions, their numbers as constants of forms, with their share of each
            cell, 0 or 1.
    """

    domain: Domain
    parameters: Parameters
    layout: Layout
    load: Constant[Any]
    inverse_thermal_voltage: Constant[Any]
    lithium: LithiumSurface
    ionic: Function[Any]
    electronic: Function[Any] | None
    reactions: Sequence[tuple[Reaction, Function[Any]]]

    @classmethod
    def on(cls, domain: Domain, parameters: Parameters) -> Equations:
        """Spread the conductors over the mesh.

        Raises:
            InputError: A region of the mesh has no conductor, or electrons move in some regions
                only, or a conductivity is not positive.
        """
        regions, layout = parameters.regions, Layout.of(parameters)
        for name, region in regions.items():
            if parameters.is_mixed and region.electronic is None:
                raise InputError("electronic", "unset", f"region {name} needs one as the others")
            if region.reaction is not None and not parameters.is_mixed:
                raise InputError("reaction", "set", f"region {name} conducts no electrons")
        electronic = None
        if parameters.is_mixed:
            electronic = _conductivity(
                domain, "electronic", {k: r.electronic or 0.0 for k, r in regions.items()}
            )
        found = {region.reaction for region in regions.values() if region.reaction is not None}
        return cls(
            domain,
            parameters,
            layout,
            fem.Constant(domain.mesh, 0.0),
            fem.Constant(domain.mesh, parameters.inverse_thermal_voltage),
            with_constants(domain.mesh, parameters.lithium),
            _conductivity(domain, "ionic", {k: r.ionic for k, r in regions.items()}),
            electronic,
            [
                (
                    with_constants(domain.mesh, reaction),
                    spread(domain, {k: r.reaction == reaction for k, r in regions.items()}, float),
                )
                for reaction in sorted(found, key=repr)
            ],
        )

    @property
    def measure(self) -> ufl.Measure:
        """Quadrature of the fluxes; what reacts is lumped."""
        return ufl.Measure("dx", domain=self.domain.mesh, metadata=FLUX)

    def parts(self, unknown: Any) -> tuple[Any, ...]:
        """Return the components of the unknowns, or of their test function."""
        count = self.layout.count
        return (unknown,) if count == 1 else tuple(unknown[k] for k in range(count))

    def on_boundary(self, density: Any, boundary: str) -> Any:
        """Return the integral of a density over a named boundary, lumped."""
        mesh = self.domain.mesh
        ds = ufl.Measure("ds", domain=mesh, subdomain_data=self.domain.facet_tags)
        # The end of an interval is a point: there is nothing to lump.
        rule = VERTEX if mesh.topology.dim > 1 else FLUX
        return density * ds(self.domain.boundaries[boundary], metadata=rule)

    def overpotential(self, state: Any) -> Any:
        """Return eta = phi_Li+ - phi_e- in V; lithium is at 0 V."""
        electronic = self.layout.electronic
        return state[0] - (0.0 if electronic is None else state[electronic])

    def reaction_current(self, state: Any) -> Any:
        """Return the current per volume that plates inside, in A/m^2 per um."""
        f, eta = self.inverse_thermal_voltage, self.overpotential(state)
        terms = [share * reaction.current(eta, f) for reaction, share in self.reactions]
        return sum(terms[1:], terms[0]) if terms else ufl.as_ufl(0.0)

    def plating_current(self, state: Any) -> Any:
        """Return the current density in A/m^2 into lithium, were its surface here."""
        surface = self.layout.surface
        eta = state[0] if surface is None else state[surface]
        lithium = self.lithium
        return kinetics.surface_current(
            eta,
            self.inverse_thermal_voltage,
            lithium.symmetry_factor,
            lithium.exchange_current_density,
        )

    def cation(self, state: Any, test: Any, dx: Any = None) -> Any:
        """Li+ inside: div i_Li+ = -j."""
        dx = self.measure if dx is None else dx
        current = transport.ohmic_current(state[0], self.ionic)
        balance = -ufl.inner(current, ufl.grad(test)) * dx
        if self.reactions:
            balance += self.reaction_current(state) * test * dx(metadata=VERTEX)
        return balance

    def electron(self, state: Any, test: Any, dx: Any = None) -> Any:
        """Electrons inside: div i_e- = j."""
        dx = self.measure if dx is None else dx
        current = transport.ohmic_current(state[self.layout.electronic], self.electronic)
        balance = -ufl.inner(current, ufl.grad(test)) * dx
        if self.reactions:
            balance -= self.reaction_current(state) * test * dx(metadata=VERTEX)
        return balance

    def film(self, state: Any, test: Any) -> Any:
        """The film on the lithium: eta = eta_s + R i(eta_s)."""
        drop = self.lithium.film_resistance * self.plating_current(state)
        across = state[self.layout.surface] + drop - state[0]
        return self.on_boundary(across * test, "electrode")

    def residual(self, state: Function[Any]) -> Any:
        """All equations."""
        parts = self.parts(state)
        tests = self.parts(ufl.TestFunction(state.function_space))
        balance = self.cation(parts, tests[0])
        balance += self.on_boundary(self.plating_current(parts) * tests[0], "electrode")
        if self.parameters.drive == "galvanostatic":
            balance -= self.on_boundary(self.load * tests[0], "counter_electrode")
        if self.layout.electronic is not None:
            balance += self.electron(parts, tests[self.layout.electronic])
        if self.layout.surface is not None:
            balance += self.film(parts, tests[self.layout.surface])
        return balance

    def conditions(self, space: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
        """Lithium at 0 V; what is held; no surface overpotential off the lithium."""
        found = []
        if self.parameters.drive == "potentiostatic":
            found.append(self._held(space, 0, self.load, "counter_electrode"))
        if self.layout.electronic is not None:
            zero = fem.Constant(self.domain.mesh, 0.0)
            found.append(self._held(space, self.layout.electronic, zero, "electrode"))
        if self.layout.surface is not None:
            sub, nodes = space.sub(self.layout.surface), space.dofmap.index_map
            every = np.arange(nodes.size_local + nodes.num_ghosts) * self.layout.count
            off = np.setdiff1d(
                every + self.layout.surface, boundary_dofs(self.domain, sub, "electrode")
            )
            found.append(fem.dirichletbc(0.0, off.astype(np.int32), sub))
        return found

    def _held(
        self, space: FunctionSpace[Any], component: int, value: Constant[Any], boundary: str
    ) -> DirichletBC[Any]:
        part = space if self.layout.count == 1 else space.sub(component)
        return fem.dirichletbc(value, boundary_dofs(self.domain, part, boundary), part)


def _conductivity(domain: Domain, name: str, values: Mapping[str, Property]) -> Function[Any]:
    """Spread a conductivity; refused on every rank if it is not positive on one."""
    out = spread_graded(domain, values, lambda value: value)
    lowest = lasting(domain.mesh.comm).allreduce(
        float(np.min(out.x.array, initial=np.inf)), op=MPI.MIN
    )
    if not lowest > 0:
        raise InputError(f"{name}_conductivity", lowest, "must be greater than 0", "uS/m")
    return out
