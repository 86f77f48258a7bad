"""Integrals, fronts and boundary fluxes against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.fem.petsc import LinearProblem

from lithode.core.errors import InputError
from lithode.meshes import electrolyte
from lithode.meshes.shapes import Circle, Particle, Polygon
from lithode.meshes.structured import structured
from lithode.solvers.numerics.blocks import MUMPS
from lithode.solvers.numerics.front_gauges import FrontGauge, Overhang
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    Neighbourhood,
    NodalWeights,
    RegionInterface,
    boundary_dofs,
    boundary_size,
    roller_dofs,
)
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.solvers.numerics.ranked import quantile, widest_gap

pytestmark = pytest.mark.mpi

SIZES = {2: (4.0, 3.0), 3: (4.0, 2.0, 3.0)}
CELLS = {2: (9, 7), 3: (5, 3, 4)}


def box(comm, dim):
    return structured(comm, SIZES[dim], CELLS[dim])


def scalars(domain):
    return fem.functionspace(domain.mesh, ("P", 1))


def nodes(space):
    """Coordinates, one array per axis."""
    return space.tabulate_dof_coordinates().T


@pytest.mark.parametrize("dim", [2, 3])
def test_nodal_weights_integrate_linear_functions(comm, dim):
    domain = box(comm, dim)
    space = scalars(domain)
    weights, x = NodalWeights(domain, space), nodes(space)
    volume = math.prod(SIZES[dim])
    whole, moment = weights.sums(weights.whole, weights.whole * (1 + x[dim - 1]))
    assert whole == pytest.approx(volume, rel=1e-13)
    assert moment == pytest.approx(volume * (1 + SIZES[dim][-1] / 2), rel=1e-13)


def test_regional_weights_share_the_whole(comm):
    disc = Particle(Circle((2.0, 1.5), 1.0))
    domain = electrolyte.build(electrolyte.Electrolyte(4.0, 3.0, 0.2, particles=(disc,)), comm)
    weights = NodalWeights(domain, scalars(domain))
    np.testing.assert_allclose(sum(weights.regions.values()), weights.whole, rtol=1e-12)
    area = weights.sums(weights.regions["particles"])[0]
    assert area == pytest.approx(math.pi, rel=0.02)


def two_layers(comm, dim):
    """Two layers that meet at 1.2 um, and a particle that lies flat below the upper one."""
    corners = ((1.0, 0.5), (2.0, 0.5), (2.0, 1.2), (1.0, 1.2))
    stack = (electrolyte.Layer("electrolyte", 1.2), electrolyte.Layer("lzc", 0.8))
    slab = electrolyte.Electrolyte(
        3.0,
        2.0,
        0.25 if dim == 2 else 0.4,
        depth=None if dim == 2 else 1.5,
        layers=stack,
        particles=(Particle(Polygon(corners)),) if dim == 2 else (),
    )
    return electrolyte.build(slab, comm)


@pytest.mark.parametrize("dim", [2, 3])
def test_interface_of_two_regions(comm, dim):
    domain = two_layers(comm, dim)
    space = scalars(domain)
    front, x = RegionInterface(domain, space, "electrolyte", "lzc"), nodes(space)
    size = 2.0 if dim == 2 else 4.5
    assert front.size == pytest.approx(size, rel=1e-12)
    np.testing.assert_allclose(front.points[:, dim - 1], 1.2, atol=1e-9)
    weights = NodalWeights(domain, space)
    whole, moment = weights.sums(front.weights, front.weights * x[0])
    assert whole == pytest.approx(size, rel=1e-12)
    assert moment == pytest.approx(1.5 * size, rel=1e-12)
    # x + 1 reaches 3.4 from x = 2.4 on.
    covered = 0.6 / 2 if dim == 2 else 0.6 / 3
    assert front.share_above(x[0] + 1, 3.4) == pytest.approx(covered, abs=0.01)
    assert front.share_above(x[0], 5.0) == 0.0
    if dim == 2:
        seat = RegionInterface(domain, space, "lzc", "particles")
        assert seat.size == pytest.approx(1.0, rel=1e-12)
        assert RegionInterface(domain, space, "electrolyte", "particles").size == pytest.approx(
            2.4, rel=1e-12
        )
        assert seat.points[:, 0].min() == pytest.approx(1.0)
        assert seat.points[:, 0].max() == pytest.approx(2.0)


def test_weighted_quantiles(comm):
    domain = box(comm, 2)
    space = scalars(domain)
    weights, x = NodalWeights(domain, space), nodes(space)
    # Columns of nodes 4/9 apart: those at the walls weigh half.
    level = weights.quantile(x[0], weights.whole, 0.5)
    assert level == pytest.approx(4 * 4 / 9)
    assert weights.quantile(x[0], weights.whole, 0.9) == pytest.approx(8 * 4 / 9)
    assert weights.quantile(x[0], weights.whole * (x[0] < 1), 1.0) == pytest.approx(8 / 9)
    # Weights that grow with x: 1 + 2 + ... + 6 of 40.5 is more than half.
    assert weights.quantile(x[0], weights.whole * x[0], 0.5) == pytest.approx(6 * 4 / 9)
    assert math.isnan(weights.quantile(x[0], 0 * weights.whole, 0.5))


def test_a_high_quantile_converges_where_the_largest_value_does_not(comm):
    """As pressures at corners: r^(-1/2), of which a share 1 - q lies within r = (1 - q) / pi."""
    largest, high = [], []
    for cells in (20, 40, 80):
        domain = structured(comm, (1.0, 1.0), (cells, cells))
        weights = NodalWeights(domain, scalars(domain))
        x, y, _ = nodes(weights.space)
        values = np.maximum((x - 0.5) ** 2 + (y - 0.5) ** 2, 1 / cells**2) ** -0.25
        largest.append(float(weights.maxima(values)[0]))
        high.append(weights.quantile(values, weights.whole, 0.99))
    exact = (0.01 / math.pi) ** -0.25
    assert largest[2] > 1.4 * largest[1] > 1.9 * largest[0]
    assert high == pytest.approx([exact] * 3, rel=0.1)
    assert high[2] == pytest.approx(exact, rel=0.03)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_quantiles_of_values_on_many_ranks(comm, share):
    """As sorted and summed in one place, to the last bit."""
    random = np.random.default_rng(3)
    values = np.concatenate([random.normal(size=500), random.normal(size=500) * 1e-9, [0.0, -0.0]])
    weights = random.integers(1, 9, size=len(values)).astype(float)
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    expected = values[order][np.searchsorted(reached, share * reached[-1])]
    mine = slice(comm.rank, None, comm.size)
    assert quantile(comm, values[mine], weights[mine], share) == expected
    same = np.full(5, -2.5)
    assert quantile(comm, same, same * -1, share) == -2.5
    few = slice(0, 3 if comm.rank == 0 else 0)
    assert quantile(comm, values[few], weights[few], 1.0) == values[:3].max()


def test_widest_gap_of_values_on_many_ranks(comm):
    low, high = np.linspace(0.0, 1.0, 700), np.linspace(4.0, 5.0, 500)
    values = np.concatenate([high, low])
    assert widest_gap(comm, values[comm.rank :: comm.size]) == (1.0, 4.0)
    assert widest_gap(comm, low[: 1 if comm.rank == 0 else 0]) == (0.0, 0.0)
    assert np.isnan(widest_gap(comm, low[:0])).all()


def test_neighbourhood_of_points_on_many_ranks(comm):
    interface = np.zeros((10, 3))
    interface[:, 0] = np.arange(10)
    nodes = interface[comm.rank :: comm.size] + 1e-10
    near = Neighbourhood(comm, interface, 1.5, nodes)
    point = np.array([[4.0, 1.0, 0.0]])
    found = near.reached(point if comm.rank == comm.size - 1 else point[:0])
    np.testing.assert_array_equal(found, np.abs(nodes[:, 0] - 4) < 1.1)
    assert not near.reached(point[:0]).any()
    assert not Neighbourhood(comm, interface[:0], 1.5, nodes).reached(point).any()


def test_extremes_of_nothing(comm):
    domain = box(comm, 2)
    space = scalars(domain)
    none, heights = NodalWeights(domain, space).maxima(np.empty(0), nodes(space)[1])
    assert none == -np.inf
    assert heights == pytest.approx(SIZES[2][1])


@pytest.mark.parametrize("dim", [2, 3])
def test_fronts_of_linear_functions_are_exact(comm, dim):
    domain = box(comm, dim)
    space = scalars(domain)
    gauge, x = FrontGauge(space), nodes(space)
    heights = gauge.heights(0.5 - 0.3 * (x[dim - 1] - 1.234))
    assert comm.allreduce(len(heights)) > 0
    np.testing.assert_allclose(heights, 1.234, rtol=1e-13)
    tilted = gauge.heights(0.5 - (x[dim - 1] - 1.0 - 0.25 * x[0]))
    assert NodalWeights(domain, space).maxima(tilted)[0] == pytest.approx(2.0, rel=1e-12)
    assert len(gauge.heights(np.zeros_like(x[0]))) == 0


def test_overhang_counts_surfaces_that_look_down(comm):
    domain = structured(comm, (4.0, 3.0), (40, 30))
    space = scalars(domain)
    front = fem.Function(space)
    overhang, (x, y, _) = Overhang(front, domain, 4.0), nodes(space)

    def step(z):
        return np.clip(0.5 - z / 0.4, 0, 1)

    front.x.array[:] = step(y - 1.5 - 0.5 * np.sin(3 * x))
    assert overhang() == pytest.approx(0, abs=1e-13)
    # A band of lithium above half of the width adds one surface that looks down.
    band = step(y - 2.6) * step(1.9 - y) * (x < 2.0)
    front.x.array[:] = np.maximum(step(y - 0.7), band)
    assert overhang() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("lean", [True, False])
def test_boundary_residual_is_the_flux(comm, lean):
    """-div(k grad u) = s between two walls: the fluxes are exact, and their sum is the source."""
    domain = box(comm, 2)
    space = scalars(domain)
    dx = leaning_measure(domain.mesh) if lean else ufl.dx(domain.mesh, degree=2)
    solution, source = fem.Function(space), fem.Constant(domain.mesh, 0.7)
    k = 1 + ufl.SpatialCoordinate(domain.mesh)[0]

    def residual(u, v, dx):
        return k * ufl.inner(ufl.grad(u), ufl.grad(v)) * dx - source * v * dx

    walls = {
        name: boundary_dofs(domain, space, name) for name in ("electrode", "counter_electrode")
    }
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    problem = LinearProblem(
        ufl.lhs(residual(u, v, dx)),
        ufl.rhs(residual(u, v, dx)),
        u=solution,
        bcs=[
            fem.dirichletbc(0.0, walls["electrode"], space),
            fem.dirichletbc(2.0, walls["counter_electrode"], space),
        ],
        petsc_options_prefix="flux_",
        petsc_options=dict(MUMPS),
    )

    def outflow():
        problem.solve()
        return [
            BoundaryResidual(lambda v, dx: residual(solution, v, dx), space, dofs, dx)()
            for dofs in walls.values()
        ]

    width, height = SIZES[2]
    bottom, top = outflow()
    # Each residual is what leaves through its wall, with the sign turned.
    assert bottom + top == pytest.approx(-0.7 * width * height, rel=1e-12)
    source.value = np.asarray(0.0)
    bottom, top = outflow()
    mean_k = 1 + width / 2
    assert top == pytest.approx(mean_k * width * 2.0 / height, rel=1e-12)
    assert bottom == pytest.approx(-top, rel=1e-12)


@pytest.mark.parametrize("dim", [2, 3])
def test_boundaries(comm, dim):
    domain = box(comm, dim)
    base = math.prod(SIZES[dim][:-1])
    assert boundary_size(domain, "electrode") == pytest.approx(base, rel=1e-13)
    space = scalars(domain)
    heights = nodes(space)[dim - 1][boundary_dofs(domain, space, "counter_electrode")]
    assert comm.allreduce(len(heights)) > 0
    np.testing.assert_allclose(heights, SIZES[dim][-1], rtol=1e-13)
    with pytest.raises(InputError, match="top"):
        boundary_dofs(domain, space, "top")


@pytest.mark.parametrize("dim", [2, 3])
def test_rollers_hold_what_faces_their_axis(comm, dim):
    domain = box(comm, dim)
    vectors = fem.functionspace(domain.mesh, ("P", 1, (dim,)))
    points = vectors.tabulate_dof_coordinates()
    for axis in range(dim - 1):
        dofs = roller_dofs(domain, vectors, "sides", axis)
        assert (dofs % dim == axis).all()
        held = np.zeros(len(points), dtype=bool)
        held[dofs // dim] = True
        position = points[:, axis]
        wall = np.isclose(position, 0) | np.isclose(position, SIZES[dim][axis])
        np.testing.assert_array_equal(held, wall)
