"""Stress of one side of an interface, from what both sides share."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.solvers.physics import elasticity
from lithode.theory.elasticity import Kinematics, Stiffness

METAL, CERAMIC = Stiffness(18e3, 2.7e3), Stiffness(19e3, 19e3)
KINDS = [Kinematics.PLANE_STRESS, Kinematics.SOLID]


@pytest.mark.parametrize("kind", KINDS)
def test_stress_beside_an_interface(kind):
    """Two solids that share stretches along a plane and the traction on it."""
    dimension = 3 if kind is Kinematics.SOLID else 2
    domain = structured(MPI.COMM_SELF, (1.0,) * dimension, (1,) * dimension)
    vectors = fem.functionspace(domain.mesh, ("P", 1, (dimension,)))
    normal = np.array([0.6, 0.8, 0.0][:dimension])
    random = np.random.default_rng(1)
    gradient = random.normal(size=(dimension, dimension)) * 1e-3
    eigenstrain = 7e-4

    def strained(slope):
        displacement = fem.Function(vectors)
        displacement.interpolate(lambda x: slope @ x[:dimension])
        return displacement

    def value(expression):
        return fem.assemble_scalar(fem.form(expression * ufl.dx(domain=domain.mesh)))

    n = ufl.as_vector([float(part) for part in normal])

    def traction(slope):
        sigma = elasticity.stress(strained(slope), eigenstrain, METAL, kind)
        return value(ufl.dot(n, ufl.dot(sigma, n)))

    # Ceramic that is stretched otherwise along the normal alone, and carries the same traction.
    jump = np.outer(normal, normal) * 1e-3

    def rest(share):
        sigma = elasticity.stress(strained(gradient + share * jump), 0.0, CERAMIC, kind)
        return value(ufl.dot(n, ufl.dot(sigma, n))) - traction(gradient)

    share = rest(0) / (rest(0) - rest(1))
    other = strained(gradient + share * jump)
    sigma = elasticity.stress(other, 0.0, CERAMIC, kind)
    shared = ufl.dot(n, ufl.dot(sigma, n))
    found = elasticity.beside_interface(other, shared, n, eigenstrain, METAL, kind)
    own = elasticity.hydrostatic_stress(strained(gradient), eigenstrain, METAL, kind)
    assert value(found) == pytest.approx(value(own), rel=1e-9)
    assert value(found) != pytest.approx(
        value(elasticity.hydrostatic_stress(other, 0.0, CERAMIC, kind)), rel=0.05
    )
