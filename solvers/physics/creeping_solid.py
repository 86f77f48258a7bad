"""Small-strain mechanics of a mixture of an elastic solid and a metal that creeps.

Both have the same strain (Voigt), as the mixture of their moduli has it. The metal's deviatoric
stress is s = 2 mu (e - e_c) of the strain deviator e and the creep strain e_c; creep keeps volume.
Deviators are kept as vectors: (xx, yy, xy) in plane strain, (xx, yy, xy, xz, yz) in 3D.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl

Array = npt.NDArray[np.float64]

SIZE = {2: 3, 3: 5}
"""Independent components of a deviator by the dimension of the mesh."""
PLACES = ((0, 0), (1, 1), (0, 1), (0, 2), (1, 2))
"""Where they are."""


@dataclass(frozen=True)
class Linearised:
    """The metal's stress near a state: s = 2 mu [r e + g n (n : e) - q], for any strain deviator e.

    Attributes:
        secant: r, stress over the stress without creep in the step.
        bend: g, tangent less secant; not above 0.
        direction: Components of n, of norm 1.
        offset: Components of q, so that the stress of the state is exact.
    """

    secant: Any
    bend: Any
    direction: Any
    offset: Any


def tensor(components: Any) -> Any:
    """Return the deviator of shape (3, 3) with these independent components."""
    xx, yy, xy = (components[k] for k in range(3))
    xz, yz = (components[3], components[4]) if len(components) == SIZE[3] else (0, 0)
    return ufl.as_matrix([[xx, xy, xz], [xy, yy, yz], [xz, yz, -(xx + yy)]])


def components_of(deviator: Any, dim: int) -> Any:
    """Return the independent components of a deviator of shape (3, 3)."""
    return ufl.as_vector([deviator[place] for place in PLACES[: SIZE[dim]]])


def norms(components: Array) -> Array:
    """Return |e| = sqrt(e : e) of deviators, given as rows of independent components."""
    normal, shear = components[:, :2], components[:, 2:]
    squares = (normal**2).sum(axis=1) + normal.sum(axis=1) ** 2 + 2 * (shear**2).sum(axis=1)
    return np.asarray(np.sqrt(squares))


def across(components: Array, normals: Array) -> Array:
    """Return n . e . n of deviators, given as rows of independent components.

    Args:
        components: Shape (n, 3) in plane strain, (n, 5) in 3D.
        normals: Shape (n, 2) or (n, 3).
    """
    places = PLACES[: components.shape[1]]
    normal = sum(
        (1 if i == j else 2) * components[:, k] * normals[:, i] * normals[:, j]
        for k, (i, j) in enumerate(places)
    )
    if normals.shape[1] == 3:
        normal = normal - components[:, :2].sum(axis=1) * normals[:, 2] ** 2
    return np.asarray(normal)


def strain(displacement: Any) -> Any:
    """Return the small strain of shape (3, 3); plane strain in 2D."""
    gradient, dim = ufl.grad(displacement), displacement.ufl_shape[0]
    return ufl.as_matrix(
        [
            [(gradient[i, j] + gradient[j, i]) / 2 if i < dim and j < dim else 0 for j in range(3)]
            for i in range(3)
        ]
    )


def direction(vector: Any) -> Any:
    """Return a vector of the mesh's dimension as one of shape (3,)."""
    return ufl.as_vector([vector[i] if i < vector.ufl_shape[0] else 0 for i in range(3)])


def stress(
    displacement: Any, eigenstrain: Any, bulk: Any, shears: tuple[Any, Any], metal: Linearised
) -> Any:
    """Return the stress of the mixture in MPa, shape (3, 3), linear in the displacement.

    Args:
        displacement: u in um.
        eigenstrain: Stress-free strain per axis.
        bulk: Bulk modulus of the mixture in MPa.
        shears: Share of the metal times its shear modulus, and of the solid, in MPa.
        metal: The metal near the present state.
    """
    eps = strain(displacement)
    deviator, normal = ufl.dev(eps), tensor(metal.direction)
    creeping = (
        metal.secant * deviator
        + metal.bend * ufl.inner(normal, deviator) * normal
        - tensor(metal.offset)
    )
    pressure = bulk * (ufl.tr(eps) - 3 * eigenstrain)
    return pressure * ufl.Identity(3) + 2 * shears[0] * creeping + 2 * shears[1] * deviator
