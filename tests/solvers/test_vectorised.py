"""Vectorised assembly against DOLFINx, form by form."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from basix.ufl import element, mixed_element
from dolfinx import fem
from dolfinx.fem.petsc import create_matrix

from lithode.meshes.structured import structured
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.quadrature import VERTEX, leaning_measure
from lithode.solvers.numerics.vectorised.compiler import SETS, instructions
from lithode.solvers.numerics.vectorised.errors import NotVectorised
from lithode.solvers.numerics.vectorised.kernels import Kernels
from lithode.solvers.numerics.vectorised.storage import checked_type
from lithode.solvers.numerics.vectorised.vectors import VectorAssembler
from tests.solvers.assembled import (
    compiled,
    matrix_assembler,
    matrix_errors,
    scattered,
    vector_error,
)

pytestmark = [pytest.mark.mpi, pytest.mark.mpi3]

TOLERANCE = 1e-13
# No number of cells is a multiple of the lanes on every rank.
CELLS = {1: (23,), 2: (7, 5), 3: (3, 4, 3)}


class Pieces:
    """Spaces and functions of all kinds that the models have, on a box."""

    def __init__(self, comm, dim):
        self.domain = structured(comm, (1.0, 0.7, 0.9)[:dim], CELLS[dim])
        self.mesh = self.domain.mesh
        self.scalars = fem.functionspace(self.mesh, ("P", 1))
        self.pairs = fem.functionspace(self.mesh, ("P", 1, (2,)))
        self.vectors = fem.functionspace(self.mesh, ("P", 1, (dim,)))
        self.cells = fem.functionspace(self.mesh, ("DG", 0))
        self.s, self.p = fem.Function(self.scalars), fem.Function(self.pairs)
        self.u, self.d = fem.Function(self.vectors), fem.Function(self.cells)
        self.k = fem.Constant(self.mesh, 0.7)
        self.tensor = fem.Constant(self.mesh, np.arange(1.0, dim + 1))
        numbers = np.arange(self.mesh.topology.index_map(dim).size_local, dtype=np.int32)
        parts = [(1, numbers[::3]), (5, numbers[1::3])]
        self.parts = ufl.Measure("dx", domain=self.mesh, subdomain_data=parts)
        self.faces = ufl.Measure("ds", domain=self.mesh, subdomain_data=self.domain.facet_tags)
        self.face = self.domain.boundaries["electrode"]

    def residuals(self):
        """Linear forms by name."""
        s, p, u, d, k = self.s, self.p, self.u, self.d, self.k
        v, q, w = (ufl.TestFunction(x) for x in (self.scalars, self.pairs, self.vectors))
        lean, nodal = leaning_measure(self.mesh), ufl.Measure("dx", metadata=VERTEX)
        strain = ufl.sym(ufl.grad(u))
        either = ufl.Or(ufl.gt(s, 0.5), ufl.And(ufl.lt(p[1], k), ufl.Not(ufl.le(p[0], 0.3))))
        return {
            "diffusion": d * k * ufl.inner(ufl.grad(s), ufl.grad(v)) * ufl.dx,
            "reaction": (ufl.exp(3 * p[0]) - ufl.ln(p[1]) * s) * q[0] * lean
            + ufl.max_value(p[0], 0.5) * ufl.min_value(p[1], k) * q[1] * lean,
            "powers": (s**2 + s**3 + s**-2 + s**0.5 + s**1.7 + s ** p[0]) * v * ufl.dx(degree=3),
            "functions": (ufl.sin(s) + ufl.cos(s) + ufl.tan(s) + ufl.tanh(s) + ufl.sinh(s))
            * v
            * lean
            + (ufl.asin(s) + ufl.acos(s) + ufl.atan(s) + ufl.cosh(s) + abs(s - k)) * v * lean,
            "choices": ufl.conditional(either, s, 1) * v * lean
            + ufl.conditional(ufl.gt(k, 0.5), 1, 0) * v * lean,
            "kink": ufl.derivative(ufl.max_value(s, 0.5) ** 2 * lean, s, v),
            "mechanics": d * ufl.inner(strain + s * ufl.Identity(len(u)), ufl.grad(w)) * ufl.dx,
            "rules": s * v * nodal + s**2 * v * lean + s**3 * v * ufl.dx(degree=5),
            "parts": s * v * self.parts(1) + d * v * self.parts(5) + k * v * ufl.dx,
            "faces": ufl.exp(s) * v * self.faces(self.face) + d * s * v * ufl.ds,
            "normals": ufl.inner(ufl.FacetNormal(self.mesh), ufl.grad(s)) * v * ufl.ds,
            "constants": ufl.inner(self.tensor, ufl.grad(v)) * ufl.dx + k * v * ufl.dx,
            "places": ufl.SpatialCoordinate(self.mesh)[0] * s * v * ufl.dx(degree=2),
            "by cells": ufl.dot(u, u) * ufl.TestFunction(self.cells) * ufl.dx,
        }

    def conditions(self, space):
        """Of all components on one face, and of the last one on the other."""
        last = space.dofmap.bs - 1
        near = boundary_dofs(self.domain, space, "electrode")
        if not last:
            return [fem.dirichletbc(2.0, near, space)]
        far = boundary_dofs(self.domain, space.sub(last), "counter_electrode")
        whole = fem.dirichletbc(np.arange(1.0, last + 2), near, space)
        return [whole, fem.dirichletbc(fem.Constant(self.mesh, -3.0), far, space.sub(last))]


@pytest.fixture(params=[1, 2, 3])
def pieces(comm, request):
    return Pieces(comm, request.param)


def derivative(form, function):
    return ufl.derivative(form, function, ufl.TrialFunction(function.function_space))


def test_linear_forms_are_those_of_dolfinx(pieces):
    for name, form in pieces.residuals().items():
        with scattered(form):
            assert vector_error(form) < TOLERANCE, name


def test_what_stays_is_computed_once(comm):
    pieces = Pieces(comm, 2)
    residuals, s, p = pieces.residuals(), pieces.s, pieces.p
    cases = [(name, [s, p]) for name in ("reaction", "choices", "parts", "faces", "normals")]
    cases += [("reaction", [s]), ("reaction", [p]), ("choices", [p]), ("mechanics", [s])]
    residuals["both"] = residuals["rules"] + residuals["choices"]
    cases += [("both", [s]), ("both", [p]), ("both", [])]
    for name, changing in cases:
        with scattered(residuals[name]):
            assert vector_error(residuals[name], changing=changing) < TOLERANCE, (name, changing)


def test_what_stays_is_not_looked_at_again(comm):
    pieces = Pieces(comm, 2)
    form = pieces.d * pieces.s * ufl.TestFunction(pieces.scalars) * ufl.dx
    with scattered(form):
        assembler = VectorAssembler(Kernels(form, compiled(form), changing=[pieces.s]))
        vectors = np.zeros((3, len(pieces.s.x.array)))
        assembler.keep()
        for k, vector in enumerate(vectors):
            pieces.d.x.array[:] *= 2.0
            assembler.add_to(vector)
            if k == 1:
                assembler.keep()
    assert np.array_equal(vectors[0], vectors[1])
    np.testing.assert_allclose(vectors[2], 4 * vectors[0], rtol=1e-14)


@pytest.mark.parametrize("kind", ["aij", "baij"])
def test_matrices_and_lifting_are_those_of_dolfinx(pieces, kind):
    residuals = pieces.residuals()
    unknowns = {"diffusion": pieces.s, "reaction": pieces.p, "mechanics": pieces.u}
    unknowns |= {"faces": pieces.s, "kink": pieces.s, "rules": pieces.s, "normals": pieces.s}
    for name, unknown in unknowns.items():
        form = derivative(residuals[name], unknown)
        with scattered(form):
            conditions = pieces.conditions(unknown.function_space)
            assert max(matrix_errors(form, conditions, kind)) < TOLERANCE, name
            assert max(matrix_errors(form, (), kind)) < TOLERANCE, name


def test_matrices_between_two_spaces_are_those_of_dolfinx(pieces):
    residuals = pieces.residuals()
    for name, unknown in (("mechanics", pieces.s), ("reaction", pieces.s), ("by cells", pieces.u)):
        form = derivative(residuals[name], unknown)
        with scattered(form):
            conditions = pieces.conditions(unknown.function_space)
            assert max(matrix_errors(form, conditions)) < TOLERANCE, name


def test_mixed_elements_are_those_of_dolfinx(pieces):
    linear = element("P", pieces.mesh.basix_cell(), 1)
    space = fem.functionspace(pieces.mesh, mixed_element([linear, linear]))
    function = fem.Function(space)
    (a, b), (v, w) = ufl.split(function), ufl.TestFunctions(space)
    form = ufl.exp(a) * b * v * ufl.dx + ufl.inner(ufl.grad(b), ufl.grad(w)) * a * ufl.dx
    with scattered(form):
        assert vector_error(form) < TOLERANCE
        assert max(matrix_errors(derivative(form, function))) < TOLERANCE


@pytest.mark.parametrize("chosen", SETS, ids=lambda chosen: chosen.name)
def test_every_set_of_instructions_gives_the_same(comm, chosen):
    if chosen.lanes > instructions(comm).lanes:
        pytest.skip("not on this machine")
    pieces = Pieces(comm, 2)
    residuals = pieces.residuals()
    for name in ("reaction", "choices", "powers", "functions", "faces"):
        with scattered(residuals[name]):
            assert vector_error(residuals[name], instructions=chosen) < TOLERANCE, name
    form = derivative(residuals["reaction"], pieces.p)
    with scattered(form):
        conditions = pieces.conditions(pieces.pairs)
        assert max(matrix_errors(form, conditions, instructions=chosen)) < TOLERANCE


def test_values_that_change_are_those_of_the_next_assembly(comm):
    pieces = Pieces(comm, 2)
    form = derivative(pieces.residuals()["reaction"], pieces.p)
    by_dolfinx = compiled(form)
    matrix = create_matrix(by_dolfinx, "baij")
    with scattered(form):
        assembler = matrix_assembler(Kernels(form, by_dolfinx), by_dolfinx, matrix, [])
        assembler.assemble()
        before, state = matrix.norm(), matrix.stateGet()
        pieces.k.value = np.asarray(0.2)
        pieces.p.x.array[:] *= 0.5
        assembler.assemble()
        assert matrix.norm() != pytest.approx(before)
        assert matrix.stateGet() > state  # or a preconditioner would not be made anew


def test_what_has_no_version_for_vectors_is_refused_by_all_ranks(comm):
    pieces = Pieces(comm, 2)
    s, v = pieces.s, ufl.TestFunction(pieces.scalars)
    jump = ufl.jump(s) * ufl.jump(v) * ufl.dS
    edges = fem.functionspace(pieces.mesh, ("N1curl", 1))
    turned = ufl.inner(fem.Function(edges), ufl.grad(v)) * ufl.dx
    bessel = ufl.bessel_J(1, s) * v * ufl.dx
    for form, reason in (
        (jump, "interior_facet"),
        (turned, "transformations"),
        (bessel, "function jn"),
    ):
        with pytest.raises(NotVectorised, match=reason):
            Kernels(form, compiled(form))
    form = derivative(s**2 * v * ufl.dx, s)
    by_dolfinx = compiled(form)
    matrix = create_matrix(by_dolfinx, "sbaij")
    with pytest.raises(NotVectorised, match="sbaij"):
        checked_type(matrix)
