"""Terms of a quantitative front against their integrals and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.quantitative.equations import POWER
from lithode.solvers.electrodeposition.quantitative.geometry import Curvature, Redistance
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.physics import front

# Places over d, into the electrolyte.
Y = np.linspace(-30.0, 45.0, 150_001)
XI = 1 / (1 + np.exp(Y))


def mean_rise(along):
    """First and second moments of how the layer conducts, and what phi falls short by."""
    f, start = 1 / (1 + np.exp(-Y)), np.argmin(abs(Y))
    excess = along - np.where(Y > 0, 1.0, np.where(Y < 0, 0.0, 0.5))
    conducted = np.concatenate([[0], np.cumsum((along[1:] + along[:-1]) / 2 * np.diff(Y))])
    ratio = conducted / f
    upper = slice(start, np.argmin(abs(Y - 35)))
    rise = np.concatenate([[0], np.cumsum((ratio[1:] + ratio[:-1]) / 2 * np.diff(Y))])
    weight = (4 * XI * f) ** POWER
    near = np.trapezoid(weight * (rise - rise[start]), Y) / np.trapezoid(weight, Y)
    short = np.trapezoid(ratio[upper] - Y[upper], Y[upper]) - near
    return np.trapezoid(excess, Y), np.trapezoid(excess * Y, Y), short


def test_the_layer_conducts_along_itself_so_that_waves_are_exact_to_second_order():
    total, moment, short = mean_rise(front.electrolyte_along(XI))
    assert total == pytest.approx(0, abs=1e-9)
    assert short - moment == pytest.approx(0, abs=1e-6)
    across = mean_rise(1 - XI)
    assert across[2] - across[1] == pytest.approx(3.797, abs=1e-3)
    assert across[2] - short == pytest.approx(front.BENT, abs=1e-6)
    assert np.all(front.electrolyte_along(XI) >= 0)


def test_curvature_of_a_circle():
    errors = []
    for cells in (24, 48):
        domain = structured(MPI.COMM_SELF, (2.0, 2.0), (cells, cells))
        space = fem.functionspace(domain.mesh, ("P", 1))
        distance = fem.Function(space)
        radius = np.hypot(*(space.tabulate_dof_coordinates()[:, :2] + 0.5).T)
        distance.x.array[:] = 1.5 - radius
        curvature = Curvature(domain, distance, NodalWeights(domain, space))
        curvature.update()
        x, y = space.tabulate_dof_coordinates()[:, :2].T
        inside = (x > 0.3) & (x < 1.7) & (y > 0.3) & (y < 1.7)
        errors.append(np.max(np.abs(curvature.values.x.array - 1 / radius)[inside]))
    assert errors[1] < 0.01
    assert errors[0] / errors[1] > 2.5


def test_distance_from_a_front():
    domain = structured(MPI.COMM_SELF, (2.0, 2.0), (20, 20))
    space = fem.functionspace(domain.mesh, ("P", 1))
    x, y = space.tabulate_dof_coordinates()[:, :2].T
    slope = np.hypot(0.3, 1.0)
    exact = (0.8 + 0.3 * x - y) / slope
    found = Redistance(space)(5 * exact)
    # Beyond the ends of the front the nearest point is an end.
    foot = x - 0.3 * exact / slope
    inside = (foot > 0.1) & (foot < 1.9)
    assert np.abs(found - exact)[inside].max() < 0.005
    flat = Redistance(space)(np.ones_like(x))
    assert np.all(flat == 1.0)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("off", [0.0, 1e-17, -1e-17])
def test_a_front_right_on_nodes_is_found(off, sign):
    domain = structured(MPI.COMM_SELF, (0.6, 18.0), (2, 90))
    space = fem.functionspace(domain.mesh, ("P", 1))
    y = space.tabulate_dof_coordinates()[:, 1]
    exact = sign * (4.0 - y)
    exact[np.abs(exact) < 1e-9] = off
    np.testing.assert_allclose(Redistance(space)(np.sinh(exact)), exact, rtol=0, atol=1e-9)


def test_a_plane_distance_is_at_rest_and_is_not_flattened():
    domain = structured(MPI.COMM_SELF, (1.0, 1.0), (4, 4))
    space = fem.functionspace(domain.mesh, ("P", 1))
    psi, test = fem.Function(space), ufl.TestFunction(space)
    x, y = space.tabulate_dof_coordinates()[:, :2].T
    psi.x.array[:] = 0.6 * x - 0.8 * y
    normal = front.into_lithium(psi)
    rest = fem.assemble_vector(fem.form(front.relaxation(psi, normal, test) * ufl.dx))
    assert np.abs(rest.array).max() < 1e-5
    steep = fem.assemble_vector(fem.form(front.relaxation(2 * psi, normal, test) * ufl.dx))
    assert np.abs(steep.array).max() > 0.01
    along = front.missed_curvature(psi, ufl.as_vector((0.6, -0.8)), normal, test)
    assert np.abs(fem.assemble_vector(fem.form(along * ufl.dx)).array).max() < 1e-5


def test_averaged_normals_miss_zigzags_but_not_waves():
    """Both parts of the curvature of a front a cos kx over its own, for 2 to 32 elements a wave."""
    cells, seen, missed = 32, {}, {}
    domain = structured(MPI.COMM_SELF, (1.0, 1.0), (cells, cells))
    space = fem.functionspace(domain.mesh, ("P", 1))
    psi, test = fem.Function(space), ufl.TestFunction(space)
    x, y = space.tabulate_dof_coordinates()[:, :2].T
    curvature = Curvature(domain, psi, NodalWeights(domain, space))
    for elements in (2, 16, 32):
        k = 2 * np.pi * cells / elements
        wave, small = np.cos(k * x), 1e-4 / k
        psi.x.array[:] = 0.5 - y + small * wave
        curvature.update()
        normal = front.into_lithium(psi)
        term = front.missed_curvature(psi, curvature.normals, normal, test) * ufl.dx
        rest = fem.assemble_vector(fem.form(term)).array
        mass = fem.assemble_vector(fem.form(test * ufl.dx)).array
        inside = (y > 0.2) & (y < 0.8)
        power = small * k**2 * np.sum((mass * wave**2)[inside])
        missed[elements] = np.sum((rest * wave)[inside]) / power
        seen[elements] = np.sum((curvature.values.x.array * mass * wave)[inside]) / power
    assert abs(seen[2]) < 1e-6
    assert missed[2] == pytest.approx(4 / np.pi**2, rel=0.02)
    for elements in (16, 32):
        assert seen[elements] + missed[elements] == pytest.approx(
            1, abs=(2 * np.pi / elements) ** 2
        )
    assert missed[32] < 0.02
    assert missed[16] / missed[32] == pytest.approx(4, rel=0.1)
