"""Kernels are remembered; meshes, functions, constants and marks are those of each form."""

from __future__ import annotations

import dolfinx.fem
import numpy as np
import pytest
import ufl

from lithode.meshes.structured import structured
from lithode.solvers.numerics.forms import compiled


def integrals(comm, cells, factor):
    """A linear and a bilinear form over all cells and one boundary, with a constant."""
    domain = structured(comm, (1.0, 1.0), (cells, cells))
    space = dolfinx.fem.functionspace(domain.mesh, ("P", 1))
    values, weight = dolfinx.fem.Function(space), dolfinx.fem.Constant(domain.mesh, factor)
    values.interpolate(lambda x: factor + x[0])
    trial, test = ufl.TrialFunction(space), ufl.TestFunction(space)
    ends = ufl.Measure("ds", domain=domain.mesh, subdomain_data=domain.facet_tags)
    end = ends(domain.boundaries["electrode"])
    linear = weight * values**2 * test * ufl.dx + values * test * end
    return linear, weight * ufl.inner(ufl.grad(trial), ufl.grad(test)) * ufl.dx


@pytest.mark.mpi
def test_another_mesh_has_the_same_kernels_and_its_own_data(comm):
    first = [compiled(form) for form in integrals(comm, 3, 2.0)]
    for cells, factor in ((5, 0.5), (3, 3.0)):
        for form, other in zip(integrals(comm, cells, factor), first, strict=True):
            found, expected = compiled(form), dolfinx.fem.form(form)
            assert found.module is other.module
            assert found.mesh is not other.mesh
            if form.arguments()[1:]:
                ours = dolfinx.fem.assemble_matrix(found).data
                theirs = dolfinx.fem.assemble_matrix(expected).data
            else:
                ours = dolfinx.fem.assemble_vector(found).array
                theirs = dolfinx.fem.assemble_vector(expected).array
            np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-15)
            assert np.abs(theirs).max() > 0.0
