"""Nodal values of a P1 function within bounds, by what their neighbours have.

What a node lacks comes from its neighbours in proportion to what they have, over the entries of the
mass matrix: the integral stays, nobody who gives falls below the bound, and where nothing is
lacking nothing changes. So do limiters of fluxes between nodes (Kuzmin, J. Comput. Phys. 228 (2009)
2517); here the result of a step is limited.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Function, petsc
from petsc4py import PETSc

from lithode.core.errors import StepFailed
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array

# Each reaches one node further. What is lacking then all give, by a common share.
_MOST_SWEEPS = 20
# Share of the largest value below which a lack is none.
_ROUND_OFF = 1e-14


class Sharing:
    """Keeps nodal values above a bound, or between two.

    Args:
        weights: Nodal weights of the scalar P1 space of the values.
        free: Local nodes, with ghosts, whose values may change.
    """

    def __init__(self, weights: NodalWeights, free: npt.NDArray[np.bool_]) -> None:
        self._weights, self._free = weights, free
        self._mass: PETSc.Mat | None = None
        self._into, self._out_of = Function(weights.space), Function(weights.space)

    def keep(self, values: Array, limit: float = np.inf) -> None:
        """Bring values between zero and a limit at the expense of their neighbours; collective.

        Args:
            values: At the local nodes, with ghosts; changed in place.
            limit: Largest value.

        Raises:
            StepFailed: The free nodes together have too little, or too much.
        """
        self._raise(values)
        if np.isfinite(limit):
            room = limit - values
            shared = room.copy()
            self._raise(shared)
            # Not even round-off changes elsewhere.
            changed = shared != room
            values[changed] = np.clip(limit - shared[changed], 0.0, limit)

    def _raise(self, values: Array) -> None:
        """Raise the values that are negative."""
        whole = self._weights.whole
        for _ in range(_MOST_SWEEPS):
            own = np.where(self._free, values, 0.0)
            lacking, owned = np.maximum(-own, 0.0), np.maximum(own, 0.0)
            worst, most = self._weights.maxima(lacking, owned)
            if worst <= _ROUND_OFF * most:
                values[lacking > 0.0] = 0.0
                return
            offered, lacks = self._spread(owned), lacking > 0.0
            share = np.zeros_like(offered)
            np.divide(whole * lacking, offered, out=share, where=offered > 0.0)
            np.minimum(share, 1.0, out=share)
            # What the neighbours do not have they ask of theirs.
            rest = np.where(lacks, np.maximum(whole * lacking - share * offered, 0.0), 0.0)
            asked = self._spread(rest / self._reach)
            own[lacks] = 0.0
            own -= (owned * self._spread(share) + asked) / whole
            values[self._free] = own[self._free]
        own = np.where(self._free, values, 0.0)
        lacking, owned = np.maximum(-own, 0.0), np.maximum(own, 0.0)
        wanted, there = self._weights.sums(whole * lacking, whole * owned)
        if wanted > there:
            raise StepFailed("all nodes together have too little to share")
        values[self._free] = (1.0 - wanted / there) * owned[self._free]

    def _spread(self, values: Array) -> Array:
        """Return the product of the mass matrix with nodal values; collective."""
        if self._mass is None:
            space = self._weights.space
            product: Any = ufl.TrialFunction(space) * ufl.TestFunction(space) * ufl.dx
            self._mass = petsc.assemble_matrix(fem.form(product))
            self._mass.assemble()
            self._reach = self._spread(self._free.astype(float))
        self._into.x.array[:] = values
        self._mass.mult(self._into.x.petsc_vec, self._out_of.x.petsc_vec)
        self._out_of.x.scatter_forward()
        return np.array(self._out_of.x.array, dtype=np.float64)
