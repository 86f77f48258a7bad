"""The norms in which steps are controlled and Newton ends."""

from __future__ import annotations

import numpy as np

from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.theory.free_energy import interpolation


class ErrorNorm:
    """Size of a difference of (xi, c): its largest value, of c with a weight over max(1, c).

    Args:
        weights: Nodal weights, which know the ranks.
        phase: (xi, c).
        weight: Of c.
    """

    def __init__(self, weights: NodalWeights, phase: TimeLevels, weight: float) -> None:
        self._weights, self._phase, self._weight = weights, phase, weight
        self._owned = 2 * phase.trial.function_space.dofmap.index_map.size_local

    def __call__(self, difference: Array) -> float:
        """Return the size; infinite where something is not finite. Collective.

        Args:
            difference: Of (xi, c) at the owned nodes; what follows does not count.
        """
        return self._size(np.abs(difference[: self._owned]))

    def in_electrolyte(self, difference: Array) -> float:
        """Return the size where c counts by the share 1 - h(xi) of electrolyte; collective.

        Behind the front c follows the reaction, and has a kink whenever it reaches or leaves a
        bound.
        """
        size = np.abs(difference[: self._owned])
        with np.errstate(invalid="ignore"):
            size[1::2] *= 1.0 - interpolation(self._phase.now.x.array[: self._owned : 2])
        return self._size(size)

    def _size(self, each: Array) -> float:
        # MPI's maximum may lose a NaN of another rank.
        each = np.nan_to_num(each, nan=np.inf)
        now = self._phase.now.x.array
        xi, c, largest = self._weights.maxima(each[0::2], each[1::2], now[1::2])
        return float(max(xi, self._weight * c / max(1.0, largest)))
