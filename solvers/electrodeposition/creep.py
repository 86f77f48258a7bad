"""Lithium that creeps: the creep strain of every cell, and its stress by the end of a step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Function
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.electrodeposition.parameters import Lithium
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.clock import Clock
from lithode.solvers.numerics.forms import JIT_OPTIONS
from lithode.solvers.numerics.front_gauges import FrontCells
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.physics import creeping_solid
from lithode.solvers.physics.creeping_solid import Linearised
from lithode.theory.creep import PowerLaw

# von Mises stress over |s|, the norm of the stress deviator.
_MISES = math.sqrt(1.5)


class RateWeights:
    """Extrapolates creep strains in a straight line, and knows the weights of their rate.

    Attributes:
        now: Weights of the new and the past values in the rate of the step in hand, in 1/s; none
            before the first step, in which nothing creeps.
    """

    def __init__(self) -> None:
        self.now: tuple[float, ...] = ()

    def __call__(self, dt: float, clock: Clock) -> tuple[float, ...]:
        """Begin a step; see ``Transient.follow``."""
        self.now = bdf.rate_weights(dt, clock.past)
        return bdf.predictor_weights(dt, clock.past[:1])


class CreepStrain:
    """A creep strain per cell, of lithium whose strain there is constant; by BDF2.

    Args:
        lithium: Its shear modulus.
        law: Its creep.
        strain: Levels of the creep strain, DG0 of `creeping_solid.SIZE` components.
        weights: Of the rate, as the strain is followed with.
    """

    def __init__(
        self, lithium: Lithium, law: PowerLaw, strain: TimeLevels, weights: RateWeights
    ) -> None:
        space = strain.trial.function_space
        self._levels, self._weights = strain, weights
        self._law, self._shear = law, float(lithium.stiffness.shear)
        self._size = space.dofmap.index_map_bs
        self._past = Function(space)

    @property
    def is_elastic(self) -> bool:
        """Whether nothing creeps in the step in hand, which is none."""
        return not self._weights.now

    def begin(self) -> None:
        """Begin a step: take what the past contributes."""
        weights = self._weights.now
        if not weights:
            self._past.x.array[:] = self._levels.now.x.array
            return
        self._levels.combine([-w / weights[0] for w in weights[1:]], self._past)

    def _take(self, elastic: Array, secant: Array) -> None:
        """Take the creep strain that leaves this share of the strains without creep."""
        crept = self._rows(self._past) + (1 - secant)[:, None] * elastic
        self._levels.trial.x.array[:] = crept.ravel()

    def _relaxed(self, elastic: Array) -> tuple[Array, Array, Array]:
        """Return norms of strains without creep in the step, and secants and tangents."""
        size = creeping_solid.norms(elastic)
        weights = self._weights.now
        step = 1 / weights[0] if weights else 0.0
        before = 2 * self._shear * _MISES * size
        after = self._law.implicit(before, self._shear, step)
        secant = np.divide(after, before, out=np.ones_like(size), where=before > 0)
        pace = 3 * self._shear * step * self._law.rate * self._law.exponent
        tangent = 1 / (1 + pace * after ** (self._law.exponent - 1))
        return size, secant, tangent

    def _rows(self, function: Function[Any]) -> Array:
        return np.asarray(function.x.array.reshape(-1, self._size))


class CreepingLithium(CreepStrain):
    """The law of every cell, by a return map.

    Where there is no lithium yet its creep strain is that of lithium that had been there, so that
    new lithium begins near its flow stress.

    Args:
        lithium: Its shear modulus.
        law: Its creep.
        strain: As of `CreepStrain`.
        weights: As of `CreepStrain`.
        displacement: Levels of the displacement.
    """

    def __init__(
        self,
        lithium: Lithium,
        law: PowerLaw,
        strain: TimeLevels,
        weights: RateWeights,
        displacement: TimeLevels,
    ) -> None:
        super().__init__(lithium, law, strain, weights)
        space = strain.trial.function_space
        self._comm = lasting(space.mesh.comm)
        self._trial, self._now = (
            _deviator(u, space) for u in (displacement.trial, displacement.now)
        )
        self._strain = Function(space)
        scalar = fem.functionspace(space.mesh, ("DG", 0))
        self.linearised = Linearised(
            Function(scalar), Function(scalar), Function(space), Function(space)
        )

    def look(self) -> float:
        """Linearise about the trial displacement.

        Returns:
            Largest change of the strain since the last look, over the largest strain; collective.
        """
        before = self._strain.x.array.copy()
        self._strain.interpolate(self._trial)
        strain = self._strain.x.array
        sizes = np.array([abs(strain - before).max(initial=0), abs(strain).max(initial=0)])
        self._comm.Allreduce(MPI.IN_PLACE, sizes, op=MPI.MAX)
        elastic = self._rows(self._strain) - self._rows(self._past)
        size, secant, tangent = self._relaxed(elastic)
        direction = elastic / np.where(size > 0, size, 1.0)[:, None]
        bend = tangent - secant
        found = self.linearised
        found.secant.x.array[:], found.bend.x.array[:] = secant, bend
        found.direction.x.array[:] = direction.ravel()
        along = bend * (size + _product(direction, self._rows(self._past)))
        offset = secant[:, None] * self._rows(self._past) + along[:, None] * direction
        found.offset.x.array[:] = offset.ravel()
        return float(sizes[0] / sizes[1]) if sizes[1] > 0 else 0.0

    def settle(self) -> None:
        """Take the creep strain of the trial displacement, at which was looked last."""
        elastic = self._rows(self._strain) - self._rows(self._past)
        self._take(elastic, self._relaxed(elastic)[1])

    def mises(self) -> Array:
        """Return the von Mises stress of lithium of the accepted state in every cell, in MPa."""
        strain = Function(self._past.function_space)
        strain.interpolate(self._now)
        elastic = self._rows(strain) - self._rows(self._levels.now)
        return 2 * self._shear * _MISES * creeping_solid.norms(elastic)


class CreepGauges:
    """What lithium that creeps adds to the history.

    Args:
        creep: The law of every cell.
        space: Scalar P1 space.
    """

    def __init__(self, creep: CreepingLithium, space: fem.FunctionSpace[Any]) -> None:
        self._creep, self._comm = creep, lasting(space.mesh.comm)
        self._volumes = FrontCells(space).volumes
        self._corners = space.dofmap.list[: len(self._volumes)]

    def __call__(self, xi: Array) -> Mapping[str, float]:
        """Return history columns, of cells of which more than half is lithium; collective."""
        metal = xi[self._corners].mean(axis=1) >= 0.5
        mises = self._creep.mises()[: len(metal)][metal]
        volumes = self._volumes[metal]
        totals = np.array([(mises * volumes).sum(), volumes.sum()])
        largest = np.array([mises.max(initial=0.0)])
        self._comm.Allreduce(MPI.IN_PLACE, totals, op=MPI.SUM)
        self._comm.Allreduce(MPI.IN_PLACE, largest, op=MPI.MAX)
        is_there = totals[1] > 0
        return {
            "mises_lithium_mean [MPa]": float(totals[0] / totals[1]) if is_there else math.nan,
            "mises_lithium_max [MPa]": float(largest[0]) if is_there else math.nan,
        }


def _deviator(displacement: Function[Any], space: fem.FunctionSpace[Any]) -> Any:
    dim = displacement.function_space.mesh.geometry.dim
    deviator = ufl.dev(creeping_solid.strain(displacement))
    return fem.Expression(
        creeping_solid.components_of(deviator, dim),
        space.element.interpolation_points,
        jit_options=JIT_OPTIONS,
    )


def _product(one: Array, other: Array) -> Array:
    """Return the double contractions of deviators, given as rows."""
    normal = (one[:, :2] * other[:, :2]).sum(axis=1)
    out = one[:, :2].sum(axis=1) * other[:, :2].sum(axis=1)
    return np.asarray(normal + out + 2 * (one[:, 2:] * other[:, 2:]).sum(axis=1))
