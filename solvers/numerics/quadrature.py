"""Quadrature rules: for diffuse interfaces that few P1 elements resolve, and for lumping."""

from __future__ import annotations

import math
from typing import Any

import basix
import numpy as np
import ufl
from dolfinx.mesh import Mesh

# Points at the vertices: P1 mass matrices become diagonal, nonlinear terms nodal.
VERTEX = {"quadrature_rule": "vertex", "quadrature_degree": 1}


def leaning_measure(mesh: Mesh[Any], lumping: float = 1.0 / 3.0) -> ufl.Measure:
    """Return a cell measure with one point per corner, each leaning towards its corner.

    With Gauss points (``lumping`` = 0, degree 2) a P1 front runs too fast, with the corners
    themselves (``lumping`` = 1, lumped) too slow. The points are placed so that the P1 mass
    matrix is (1 - lumping) consistent + lumping lumped; at one third the leading errors of the
    front speed cancel, at the cost of the plain degree-2 rule (docs/numerics.md).

    Args:
        mesh: Mesh of simplices.
        lumping: Between 0 and 1.
    """
    dim = mesh.topology.dim
    corners = basix.geometry(mesh.basix_cell())
    lean = (1 - math.sqrt(1 - (dim + 1) / (dim + 2) * (1 - lumping))) / (dim + 1)
    # Barycentric coordinates: 1 - dim * lean at the own corner, lean at the others.
    points = lean * corners.sum(axis=0) + (1 - (dim + 1) * lean) * corners
    weights = np.full(dim + 1, 1 / math.factorial(dim) / (dim + 1))
    metadata = {
        "quadrature_rule": "custom",
        "quadrature_degree": 2,
        "quadrature_points": points,
        "quadrature_weights": weights,
    }
    return ufl.Measure("dx", domain=mesh, metadata=metadata)
