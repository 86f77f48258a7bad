"""The leaning quadrature: exact for P1, and a mass matrix between consistent and lumped."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.solvers.numerics.quadrature import leaning_measure

SHAPES = [((2.0,), (4,)), ((2.0, 1.5), (3, 2)), ((2.0, 1.5, 1.2), (2, 1, 2))]


def mesh_of(shape):
    return structured(MPI.COMM_SELF, *shape).mesh


def mass_matrix(mesh, dx):
    space = fem.functionspace(mesh, ("P", 1))
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    return fem.assemble_matrix(fem.form(u * v * dx)).to_dense()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lumping", [0.0, 1 / 3, 1.0])
def test_mass_matrix_blends_consistent_and_lumped(shape, lumping):
    mesh = mesh_of(shape)
    consistent = mass_matrix(mesh, ufl.dx(domain=mesh, degree=2))
    lumped = np.diag(consistent.sum(axis=1))
    np.testing.assert_allclose(
        mass_matrix(mesh, leaning_measure(mesh, lumping)),
        (1 - lumping) * consistent + lumping * lumped,
        atol=1e-14,
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lumping", [0.0, 1 / 3, 1.0])
def test_linear_functions_are_integrated_exactly(shape, lumping):
    mesh = mesh_of(shape)
    x = ufl.SpatialCoordinate(mesh)
    linear = 1.5 + sum((k + 1) * x[k] for k in range(len(shape[0])))
    exact = np.prod(shape[0]) * (1.5 + sum((k + 1) * a / 2 for k, a in enumerate(shape[0])))
    found = fem.assemble_scalar(fem.form(linear * leaning_measure(mesh, lumping)))
    assert found == pytest.approx(exact)


@pytest.mark.parametrize("shape", SHAPES)
def test_default_is_one_third(shape):
    mesh = mesh_of(shape)
    np.testing.assert_array_equal(
        mass_matrix(mesh, leaning_measure(mesh)), mass_matrix(mesh, leaning_measure(mesh, 1 / 3))
    )
