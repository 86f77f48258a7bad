"""Runs the package's own terms against solutions that are known: shared by tests and studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.mesh import exterior_facet_indices

from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.equations import Equations, Properties
from lithode.solvers.electrodeposition.parameters import (
    ElectrolyteRegion,
    Kinetics,
    Lithium,
    Parameters,
)
from lithode.solvers.numerics.bdf import rate_weights
from lithode.solvers.numerics.blocks import MUMPS, NonlinearBlock
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.free_energy import Interface

SOFT = Stiffness(1.0, 1.0)  # mechanics has tests of its own
NEWTON = {**MUMPS, "snes_atol": 1e-12, "snes_rtol": 1e-12, "snes_stol": 1e-14, "snes_max_it": 20}


def parameters(
    interface: Interface,
    *,
    rate_constant: float = 0.0,
    diffusivity: tuple[float, float] = (1.0, 1.0),
    conductivity: tuple[float, float] = (1e9, 1.0),
    site_density: float = 1.0,
    bulk_concentration: float = 1.0,
    overpotential: float = 0.0,
    mechanical_factor: float = 0.0,
    **transport: Any,
) -> Parameters:
    """Plain numbers where a test does not care; pairs are (lithium, electrolyte)."""
    region = ElectrolyteRegion(SOFT, 0.0, rate_constant, diffusivity[1], conductivity[1])
    return Parameters(
        Lithium(SOFT, diffusivity[0], conductivity[0], 13.0, site_density),
        {"electrolyte": region},
        interface,
        Kinetics(298.15, 0.5, mechanical_factor),
        overpotential,
        bulk_concentration,
        **transport,
    )


def equations(
    domain: Domain, physics: Parameters, *, lumping: float = 1 / 3, noise: Any = 0.0
) -> Equations:
    """The model's equations on a mesh; chi may be any expression."""
    return Equations(
        physics,
        Properties.on(domain, physics.regions),
        leaning_measure(domain.mesh, lumping),
        Kinematics.PLANE_STRAIN,
        noise,
    )


def integrate(
    residual: Callable[[Any, Any], Any],
    space: Any,
    start: Any,
    clock: Any,
    steps: Sequence[float],
    *,
    boundary: Any = None,
    after: Callable[[Any], None] = lambda state: None,
) -> Any:
    """Solve residual(u, du/dt) = 0 by BDF2 with these steps; returns the last u.

    Args:
        residual: Form without the test function's arguments: called with (u, rate).
        space: Space of u.
        start: Initial value (UFL).
        clock: Constant that is kept at the new time.
        steps: Step sizes.
        boundary: Dirichlet values on the whole boundary (UFL in ``clock``); natural if None.
        after: Called with the accepted u at the start and after every step.
    """
    mesh = space.mesh
    points = space.element.interpolation_points
    levels = TimeLevels.in_space(space, "u", 2)
    levels.trial.interpolate(fem.Expression(start, points))
    levels.start()
    weight, offset = fem.Constant(mesh, 1.0), fem.Function(space)
    conditions, held = [], None
    if boundary is not None:
        held, values = fem.Expression(boundary, points), fem.Function(space)
        mesh.topology.create_connectivity(mesh.topology.dim - 1, mesh.topology.dim)
        facets = exterior_facet_indices(mesh.topology)
        dofs = fem.locate_dofs_topological(space, mesh.topology.dim - 1, facets)
        conditions = [fem.dirichletbc(values, dofs)]
    block = NonlinearBlock(
        residual(levels.trial, weight * levels.trial + offset),
        levels.trial,
        conditions,
        "manufactured_",
        NEWTON,
    )
    after(levels.now)
    past: tuple[float, ...] = ()
    for dt in steps:
        clock.value += dt
        weights = rate_weights(dt, past)
        weight.value = weights[0]
        levels.combine(weights[1:], offset)
        if held is not None:
            values.interpolate(held)
        block.solve()
        levels.accept()
        past = (dt, *past[:1])
        after(levels.now)
    return levels.now


def norm(mesh: Any, value: Any) -> float:
    """L2 norm of an expression."""
    dx = ufl.dx(domain=mesh, degree=6)
    return float(np.sqrt(fem.assemble_scalar(fem.form(ufl.inner(value, value) * dx))))


def orders(errors: Sequence[Any], ratio: float = 2.0) -> Any:
    """Observed orders between successive refinements by ``ratio``."""
    e = np.asarray(errors)
    return np.log(e[:-1] / e[1:]) / np.log(ratio)


def alternating(number: int, end: float, ratio: float) -> Any:
    """Steps to ``end``, by turns long and short by ``ratio``."""
    sizes = np.tile([1.0, ratio], number // 2)
    return end * sizes / sizes.sum()
