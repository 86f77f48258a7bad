"""Terms of the phase field of fracture, against closed forms and differences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.solvers.physics import elasticity, fracture
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import (
    Regularisation,
    critical_pressure,
    opened_volume,
    seam_toughness,
)

STIFFNESS = Stiffness.from_engineering(150e3, 0.26)
PLANES = (Kinematics.PLANE_STRAIN, Kinematics.PLANE_STRESS)


class Point:
    """Energy and stress of a state that is the same everywhere."""

    def __init__(self, kind, *, split, swelling=0.0):
        dim = 3 if kind is Kinematics.SOLID else 2
        mesh = structured(MPI.COMM_SELF, (1.0,) * dim, (1,) * dim).mesh
        self.u = fem.Function(fem.functionspace(mesh, ("P", 1, (dim,))))
        self.d, self.rate = fem.Constant(mesh, 0.0), fem.Constant(mesh, np.zeros((dim, dim)))
        strain = ufl.variable(elasticity.strain(self.u))
        density = fracture.elastic_energy(
            strain, self.d, STIFFNESS, kind, split=split, eigenstrain=fem.Constant(mesh, swelling)
        )
        dx = ufl.dx(mesh)
        self._energy = fem.form(density * dx)
        self._power = fem.form(ufl.inner(ufl.diff(density, strain), self.rate) * dx)
        known = elasticity.stress(self.u, 0.0, STIFFNESS, kind)
        self._known = fem.form(ufl.inner(known, self.rate) * dx)

    def at(self, strain, d):
        self.u.interpolate(lambda x: np.asarray(strain) @ x[: len(strain)])
        self.d.value = np.asarray(d)
        return self

    def energy(self):
        return fem.assemble_scalar(self._energy)

    def stress(self, known=False):
        out = np.zeros(self.rate.value.shape)
        for place in itertools.product(range(len(out)), repeat=2):
            self.rate.value = np.zeros_like(out)
            self.rate.value[place] = 1.0
            out[place] = fem.assemble_scalar(self._known if known else self._power)
        return out


STRETCHED = np.array([[2.0, 0.4, 0.1], [0.4, -0.5, 0.2], [0.1, 0.2, 0.3]]) * 1e-3


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("kind", Kinematics)
def test_an_opened_solid_has_the_degraded_stress_of_elasticity(kind, split):
    point, dim = Point(kind, split=split), 3 if kind is Kinematics.SOLID else 2
    point.at(STRETCHED[:dim, :dim], 0.3)
    left = 0.7**2 + 1e-6
    np.testing.assert_allclose(point.stress(), left * point.stress(known=True), rtol=1e-12)
    work = np.sum(point.stress() * STRETCHED[:dim, :dim]) / 2
    assert point.energy() == pytest.approx(work, rel=1e-12)


@pytest.mark.parametrize("kind", [Kinematics.PLANE_STRAIN, Kinematics.SOLID])
def test_a_closed_crack_bears_pressure_and_no_shear(kind):
    point, dim = Point(kind, split=True), 3 if kind is Kinematics.SOLID else 2
    strain = -STRETCHED[:dim, :dim]
    expected = STIFFNESS.bulk * np.trace(strain) * np.eye(dim)
    found = point.at(strain, 1.0).stress()
    np.testing.assert_allclose(found, expected, atol=3e-6 * abs(expected).max())
    free = Point(kind, split=False).at(strain, 1.0).stress()
    assert abs(free).max() < 1e-5 * abs(expected).max()


@pytest.mark.parametrize("d", [0.0, 0.4, 1.0])
def test_plane_stress_has_no_stress_out_of_plane(d):
    """Of all strains eps_zz it has the one of least energy, in tension and in compression."""
    for sign in (1.0, -1.0):
        strain = sign * STRETCHED[:2, :2]
        plane = Point(Kinematics.PLANE_STRESS, split=True).at(strain, d).energy()
        solid = Point(Kinematics.SOLID, split=True)

        def energy(z, strain=strain, solid=solid):
            whole = np.zeros((3, 3))
            whole[:2, :2], whole[2, 2] = strain, z
            return solid.at(whole, d).energy()

        # A parabola through three places of one sign of the volume.
        trace = np.trace(strain)
        z = np.array([-0.9, -0.5, 0.0]) * trace
        curve = np.polyfit(z / trace, [energy(value) for value in z], 2)
        best = -curve[1] / (2 * curve[0])
        assert -1 < best < 0
        assert plane == pytest.approx(np.polyval(curve, best), rel=1e-9)


@pytest.mark.parametrize("kind", Kinematics)
def test_a_solid_that_cannot_swell_bears_pressure(kind):
    """3 K eps_0 between sides that hold it; in plane stress E / (1 - nu) eps_0."""
    dim = 3 if kind is Kinematics.SOLID else 2
    held = Point(kind, split=True, swelling=1e-3).at(np.zeros((dim, dim)), 0.0)
    modulus = 150e3 / (1 - 0.26) if kind is Kinematics.PLANE_STRESS else 3 * STIFFNESS.bulk
    np.testing.assert_allclose(held.stress(), -1e-3 * modulus * np.eye(dim), rtol=2e-6, atol=1e-9)
    if kind is not Kinematics.PLANE_STRAIN:
        assert held.at(1e-3 * np.eye(dim), 0.0).energy() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("law", Regularisation)
def test_a_seam_costs_between_its_own_toughness_and_that_around(law):
    """A wide seam costs its own; one without another toughness, or width, that around."""
    assert seam_toughness(6.0, 2.0, 20.0, 1.0, law) == pytest.approx(2, rel=1e-6)
    assert seam_toughness(6.0, 6.0, 0.7, 1.0, law) == pytest.approx(6)
    assert seam_toughness(6.0, 2.0, 1e-9, 1.0, law) == pytest.approx(6)
    between = [seam_toughness(6.0, 2.0, width, 1.0, law) for width in (0.3, 0.6, 1.2)]
    assert 2 < between[2] < between[1] < between[0] < 6


@pytest.mark.parametrize("law", Regularisation)
def test_the_best_profile_of_a_crack_costs_its_length(law):
    """AT1: (1 - |x| / 2l)^2 within 2 l; AT2: exp(-|x| / l)."""
    length, half = 1.5, 18.0
    mesh = structured(MPI.COMM_SELF, (2 * half,), (960,)).mesh
    d = fem.Function(fem.functionspace(mesh, ("P", 1)))

    def profile(x):
        distance = abs(x[0] - half) / length
        return np.maximum(1 - distance / 2, 0) ** 2 if law == "AT1" else np.exp(-distance)

    d.interpolate(profile)
    density = fracture.crack_density(d, length, law)
    assert fem.assemble_scalar(fem.form(density * ufl.dx)) == pytest.approx(1, abs=1e-3)


def test_the_volume_of_a_crack_is_its_opening():
    """A displacement that jumps by 2 across the place where d = 1."""
    mesh = structured(MPI.COMM_SELF, (10.0, 2.0), (400, 1)).mesh
    x = ufl.SpatialCoordinate(mesh)
    d = ufl.exp(-abs(x[0] - 5))
    u = ufl.as_vector([ufl.sign(x[0] - 5), 0.0])
    volume = fem.assemble_scalar(
        fem.form(fracture.opening_density(u, d) * ufl.dx(metadata={"quadrature_degree": 4}))
    )
    assert volume == pytest.approx(2 * 2 * (1 - np.exp(-5)), rel=1e-4)


def test_griffiths_pressure_is_where_the_release_of_energy_meets_the_toughness():
    """G = d/da of p V / 2 at a constant pressure, over two tips."""
    modulus, toughness, a, step = 160e3, 6.0, 10.0, 1e-4
    pressure = critical_pressure(modulus, toughness, a)
    energy = [pressure * opened_volume(modulus, pressure, a + k * step) / 2 for k in (-1, 1)]
    assert (energy[1] - energy[0]) / (2 * step) == pytest.approx(2 * toughness, rel=1e-9)
