"""Mechanics against manufactured and analytic solutions, through the model's own residuals."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.mesh import exterior_facet_indices, locate_entities

from lithode.meshes import electrolyte
from lithode.meshes.electrolyte import Electrolyte
from lithode.meshes.shapes import Circle, Particle, Sphere
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.equations import Conditions, Equations, Properties
from lithode.solvers.numerics.blocks import JIT_OPTIONS, MUMPS, LinearBlock
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.theory import elasticity
from lithode.theory.elasticity import Kinematics, Stiffness
from tests.verification.layers import STRONG, ParticleLayer

PHYSICS = ParticleLayer(**STRONG).model
LITHIUM, LI3N = PHYSICS.lithium.stiffness, PHYSICS.regions["electrolyte"].stiffness
STRAINS = {name: region.eigenstrain for name, region in PHYSICS.regions.items()}
STRAIN, SOLID, STRESS = Kinematics.PLANE_STRAIN, Kinematics.SOLID, Kinematics.PLANE_STRESS


class Body:
    """A body with the model's mechanics, in which xi is prescribed."""

    def __init__(self, domain, kind, xi_space=("P", 1)):
        mesh, dim = domain.mesh, domain.mesh.geometry.dim
        self.domain, self.dim = domain, dim
        self.scalars = fem.functionspace(mesh, ("P", 1))
        self.vectors = fem.functionspace(mesh, ("P", 1, (dim,)))
        self.u = fem.Function(self.vectors)
        self.xi = fem.Function(fem.functionspace(mesh, xi_space))
        self.weights = NodalWeights(domain, self.scalars)
        self.equations = Equations(
            PHYSICS,
            Properties.on(domain, PHYSICS.regions),
            ufl.dx(mesh),
            kind,
            fem.Function(self.scalars),
        )

    def solve(self, bcs, load=None):
        u, v = ufl.TrialFunction(self.vectors), ufl.TestFunction(self.vectors)
        equation = self.equations.momentum(self.xi, u, v)
        if load is not None:
            equation -= ufl.inner(load, v) * ufl.dx(degree=4)
        LinearBlock(equation, self.u, bcs, "body_", MUMPS).solve()

    def hydrostatic_stress(self):
        """Nodal averages, as the model makes them."""
        moments = self.equations.hydrostatic_stress(self.xi, self.u, ufl.TestFunction(self.scalars))
        form = fem.form(moments, jit_options=JIT_OPTIONS)
        out = fem.Function(self.scalars)
        out.x.array[:] = self.weights.moments(form) / self.weights.whole
        return out

    def held(self, value):
        """The whole surface displaced as a UFL expression or a function says."""
        mesh = self.domain.mesh
        mesh.topology.create_connectivity(self.dim - 1, self.dim)
        facets = exterior_facet_indices(mesh.topology)
        dofs = fem.locate_dofs_topological(self.vectors, self.dim - 1, facets)
        shift = fem.Function(self.vectors)
        shift.interpolate(value)
        return [fem.dirichletbc(shift, dofs)]

    def fill(self, region):
        """Make a region lithium (xi in DG0)."""
        self.xi.x.array[self.domain.cells(region)] = 1.0


def exact_fields(dim, x):
    """A displacement, and an order parameter that takes the stiffness from one end to the other."""
    y = x[dim - 1]
    waves = [ufl.sin(x[0] + 2 * y), ufl.cos(2 * x[0] - y), ufl.sin(x[0] * y + x[dim - 1])]
    u = 1e-3 * ufl.as_vector([waves[i] for i in range(dim)])
    if dim == 3:
        u = u + 5e-4 * ufl.as_vector([x[1] ** 2, ufl.sin(x[1]), x[1] * x[2]])
    return u, 0.5 + 0.45 * ufl.sin(3 * x[0] + x[dim - 1])


def exact_stress(u, xi, kind):
    """Hooke's law in three dimensions, written out on its own; the eigenstrain acts on all axes."""
    dim = len(u)
    h = xi**3 * (6 * xi**2 - 15 * xi + 10)
    lame = h * LITHIUM.first_lame + (1 - h) * LI3N.first_lame
    shear = h * LITHIUM.shear + (1 - h) * LI3N.shear
    gradient = ufl.grad(u)
    free = STRAINS["electrolyte"] * xi
    elastic = [
        [
            (gradient[i, j] + gradient[j, i]) / 2 - (free if i == j else 0) if i < dim > j else 0
            for j in range(3)
        ]
        for i in range(3)
    ]
    if kind is STRAIN:
        elastic[2][2] = -free
    elif kind is STRESS:
        elastic[2][2] = -lame * (elastic[0][0] + elastic[1][1]) / (lame + 2 * shear)
    volume = elastic[0][0] + elastic[1][1] + elastic[2][2]
    sigma = [
        [2 * shear * elastic[i][j] + (lame * volume if i == j else 0) for j in range(3)]
        for i in range(3)
    ]
    in_plane = ufl.as_matrix([[sigma[i][j] for j in range(dim)] for i in range(dim)])
    return in_plane, (sigma[0][0] + sigma[1][1] + sigma[2][2]) / 3


def manufactured_errors(comm, kind, cells):
    """L2 errors of displacement (um) and of the nodal hydrostatic stress (MPa)."""
    dim = 3 if kind is SOLID else 2
    body = Body(structured(comm, (1.0,) * dim, (cells,) * dim), kind)
    u, xi = exact_fields(dim, ufl.SpatialCoordinate(body.domain.mesh))
    sigma, pressure = exact_stress(u, xi, kind)
    body.xi.interpolate(fem.Expression(xi, body.scalars.element.interpolation_points))
    held = fem.Expression(u, body.vectors.element.interpolation_points)
    body.solve(body.held(held), load=-ufl.div(sigma))
    stress = body.hydrostatic_stress()

    def norm(difference):
        square = fem.form(ufl.inner(difference, difference) * ufl.dx(degree=4))
        return math.sqrt(comm.allreduce(fem.assemble_scalar(square)))

    return np.array([norm(body.u - u), norm(stress - pressure)])


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("kind", "cells", "orders"),
    [(STRAIN, 16, (1.95, 1.4)), (STRESS, 16, (1.95, 1.4)), (SOLID, 5, (1.9, 1.2))],
)
def test_manufactured_solution_with_variable_stiffness(comm, kind, cells, orders):
    errors = [manufactured_errors(comm, kind, n) for n in (cells, 2 * cells)]
    assert (np.log2(errors[0] / errors[1]) > orders).all()
    assert errors[1][0] < 0.01 * 1e-3


@pytest.mark.mpi
@pytest.mark.parametrize("kind", list(Kinematics))
def test_body_that_cannot_move(comm, kind):
    """P = -K tr(eps0) exactly; without a stress out of plane -(2/3) E / (1 - nu) eps0."""
    dim = 3 if kind is SOLID else 2
    body = Body(structured(comm, (2.0, 1.0, 3.0)[:dim], (3, 2, 2)[:dim]), kind)
    body.xi.x.array[:] = 1.0
    body.solve(body.held(lambda x: np.zeros((dim, x.shape[1]))))
    strain = STRAINS["electrolyte"]
    E, nu = 7800.0, 0.42
    expected = -E / (3 * (1 - 2 * nu)) * 3 * strain
    if kind is STRESS:
        expected = -2 / 3 * E / (1 - nu) * strain
    else:
        assert elasticity.constrained_pressure(strain, LITHIUM) == pytest.approx(expected)
    np.testing.assert_allclose(body.hydrostatic_stress().x.array, expected, rtol=1e-12)
    np.testing.assert_allclose(body.u.x.array, 0, atol=1e-15)


@pytest.mark.mpi
@pytest.mark.parametrize("kind", [STRAIN, SOLID])
def test_layered_plate(comm, kind):
    """A film of lithium below Li3N, between clamped plates and rollers: P1 is exact."""
    dim = 3 if kind is SOLID else 2
    domain = structured(comm, (2.0, 1.0, 5.0)[3 - dim :], (2, 2, 10)[3 - dim :])
    body = Body(domain, kind, ("DG", 0))
    below = locate_entities(domain.mesh, dim, lambda x: x[dim - 1] < 2.0 + 1e-9)
    body.xi.x.array[below] = 1.0
    conditions = Conditions.on(
        domain,
        fem.functionspace(domain.mesh, ("P", 1, (2,))),
        body.scalars,
        body.vectors,
        body.equations.parameters,
    )
    body.solve(conditions.displacement)

    film, rest, strain = 2.0, 3.0, STRAINS["electrolyte"]
    moduli = [s.first_lame + 2 * s.shear for s in (LITHIUM, LI3N)]
    stretch = 3 * LITHIUM.bulk * strain / (moduli[0] + moduli[1] * film / rest)
    heights = body.vectors.tabulate_dof_coordinates()[:, dim - 1]
    displacement = body.u.x.array.reshape(-1, dim)
    expected = np.where(heights < film, stretch * heights, stretch * film * (5 - heights) / rest)
    np.testing.assert_allclose(displacement[:, dim - 1], expected, atol=1e-14)
    np.testing.assert_allclose(displacement[:, : dim - 1], 0, atol=1e-14)

    pressure = body.hydrostatic_stress().x.array
    in_film, above = heights < film - 0.1, heights > film + 0.1
    stress = LITHIUM.bulk * (stretch - 3 * strain)
    np.testing.assert_allclose(pressure[in_film], stress, rtol=1e-10)
    np.testing.assert_allclose(pressure[above], -LI3N.bulk * stretch * film / rest, rtol=1e-10)


def inclusion(comm, kind, size):
    """Mean hydrostatic stress well inside an inclusion of radius 1, and the exact one.

    The outer boundary follows the solution for the infinite matrix.
    """
    dim = 3 if kind is SOLID else 2
    width, centre = 4.0, (2.0,) * dim
    shape = Sphere(centre, 1.0) if dim == 3 else Circle(centre, 1.0)
    depth = width if dim == 3 else None
    box = Electrolyte(
        width,
        width,
        size,
        depth=depth,
        particles=(Particle(shape),),
    )
    body = Body(electrolyte.build(box, comm), kind, ("DG", 0))
    body.fill("particles")
    strain = STRAINS["particles"]
    # u = A r inside and A / r^(dim - 1) outside; the radial stress is continuous.
    if dim == 3:
        swelling = 3 * LITHIUM.bulk * strain / (3 * LITHIUM.bulk + 4 * LI3N.shear)
        expected = LITHIUM.bulk * 3 * (swelling - strain)
    else:
        stiff = LITHIUM.first_lame + LITHIUM.shear + LI3N.shear
        swelling = 3 * LITHIUM.bulk * strain / (2 * stiff)
        expected = LITHIUM.bulk * (2 * swelling - 3 * strain)

    def outside(x):
        away = x[:dim] - 2.0
        return swelling * away / np.linalg.norm(away, axis=0) ** dim

    body.solve(body.held(outside))
    pressure, w = body.hydrostatic_stress().x.array, body.weights
    distance = np.linalg.norm(body.scalars.tabulate_dof_coordinates()[:, :dim] - 2.0, axis=1)
    inner = w.whole * (distance < 1 - 1.5 * size)
    total, volume = w.sums(inner * pressure, inner)
    return total / volume, expected


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("kind", "sizes", "error"), [(STRAIN, (0.24, 0.12), 0.003), (SOLID, (0.4, 0.25), 0.04)]
)
def test_inclusion(comm, kind, sizes, error):
    (coarse, expected), (fine, _) = (inclusion(comm, kind, size) for size in sizes)
    if kind is SOLID:
        closed = elasticity.inclusion_pressure(STRAINS["particles"], LITHIUM, LI3N)
        assert closed == pytest.approx(expected, rel=1e-12)
    errors = np.array([coarse, fine]) / expected - 1
    assert abs(errors[1]) < error
    assert math.log(errors[0] / errors[1]) / math.log(sizes[0] / sizes[1]) > 1.6


def test_lithium_in_li3n():
    """16.5 MPa for E, nu of 7.8 GPa, 0.38 in 48 GPa, 0.25 at a trace of 2.168e-3."""
    lithium, matrix = (Stiffness.from_engineering(*s) for s in ((7800.0, 0.38), (48e3, 0.25)))
    assert lithium.bulk == pytest.approx(7800 / (3 * (1 - 2 * 0.38)))
    pressure = elasticity.inclusion_pressure(2.168e-3 / 3, lithium, matrix)
    assert pressure == pytest.approx(-16.5, abs=0.05)
