"""Creep of the lithium at a front, which shares stretches along it and its traction."""

from __future__ import annotations

from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Function

from lithode.solvers.electrodeposition.creep import CreepStrain, RateWeights
from lithode.solvers.electrodeposition.parameters import Lithium
from lithode.solvers.numerics.forms import JIT_OPTIONS
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.physics import creeping_solid
from lithode.theory.creep import PowerLaw

_ITERATIONS, _ROUND_OFF = 60, 1e-15


class Lamella(CreepStrain):
    """A thin sheet of lithium along the front, in every cell.

    In the middle of a diffuse front the mixture is stretched across the front as neither side is,
    and the faster the thinner it is drawn. The sheet has lithium's own stretch across: the one that
    its traction asks for. It has no shear across the front.

    Args:
        lithium: Its stiffness.
        law: Its creep.
        strain: As of `CreepStrain`.
        weights: As of `CreepStrain`.
        displacement: In um.
        normal: Unit vector across the front.
        traction: Stress of the mixture along it, in MPa.
        eigenstrain: Of lithium, per axis.
    """

    def __init__(
        self,
        lithium: Lithium,
        law: PowerLaw,
        strain: TimeLevels,
        weights: RateWeights,
        displacement: Function[Any],
        normal: Any,
        traction: Any,
        eigenstrain: Any,
    ) -> None:
        super().__init__(lithium, law, strain, weights)
        self._bulk = float(lithium.stiffness.bulk)
        mesh = strain.trial.function_space.mesh
        dim = mesh.geometry.dim
        n = creeping_solid.direction(normal)
        along = ufl.Identity(3) - ufl.outer(n, n)
        stretch = ufl.dot(along, ufl.dot(creeping_solid.strain(displacement), along))
        push = traction - self._bulk * (ufl.tr(stretch) - 3 * eigenstrain)
        deviator = creeping_solid.components_of(ufl.dev(stretch), dim)
        felt = [*(deviator[k] for k in range(self._size)), *(normal[i] for i in range(dim)), push]
        space = fem.functionspace(mesh, ("DG", 0, (len(felt),)))
        self._felt, points = Function(space), space.element.interpolation_points
        self._expression = fem.Expression(ufl.as_vector(felt), points, jit_options=JIT_OPTIONS)

    @property
    def crept(self) -> Function[Any]:
        """Its creep strain of the trial."""
        return self._levels.trial

    def solve(self) -> None:
        """Find the creep strain of the trial displacement."""
        self.begin()
        self._felt.interpolate(self._expression)
        columns = self._felt.function_space.dofmap.index_map_bs
        felt = np.asarray(self._felt.x.array, dtype=np.float64).reshape(-1, columns)
        flat = felt[:, : self._size] - self._rows(self._past)
        elastic = self._stretched(flat, felt[:, self._size : -1], felt[:, -1])
        self._take(elastic, self._relaxed(elastic)[1])

    def _stretched(self, flat: Array, normals: Array, push: Array) -> Array:
        """Return strains without creep in the step, for the stretch across that bears the push.

        K x + n . s . n = push for the stretch x; slopes are K to K + 4 mu / 3, so that Newton ends.

        Args:
            flat: The same without that stretch.
            normals: Unit vectors.
            push: What is left of the traction, in MPa.
        """
        places = creeping_solid.PLACES[: self._size]
        unit = np.stack([normals[:, i] * normals[:, j] - (i == j) / 3 for i, j in places], axis=1)
        x = push / self._bulk
        for _ in range(_ITERATIONS):
            elastic = flat + x[:, None] * unit
            size, secant, tangent = self._relaxed(elastic)
            normal = creeping_solid.across(elastic, normals)
            bend = (tangent - secant) * (normal / np.where(size > 0, size, 1.0)) ** 2
            slope = self._bulk + 2 * self._shear * (2 / 3 * secant + bend)
            change = (self._bulk * x + 2 * self._shear * secant * normal - push) / slope
            x = x - change
            if np.all(np.abs(change) <= _ROUND_OFF * np.abs(x).max(initial=0)):
                break
        return np.asarray(flat + x[:, None] * unit)
