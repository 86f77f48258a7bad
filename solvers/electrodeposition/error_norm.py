"""The norm in which steps are controlled and Newton ends."""

from __future__ import annotations

import numpy as np

from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.theory.free_energy import interpolation


class ErrorNorm:
    """Size of a difference of (xi, c): its largest value, of c with a weight over max(1, c).

    c counts by the share 1 - h(xi) of electrolyte. Behind the front it follows the reaction, and
    has a kink whenever it reaches or leaves a bound.

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
        now = self._phase.now.x.array
        size = np.abs(difference[: self._owned])
        with np.errstate(invalid="ignore"):
            size[1::2] *= 1.0 - interpolation(now[: self._owned : 2])
        # MPI's maximum may lose a NaN of another rank.
        size = np.nan_to_num(size, nan=np.inf)
        xi, c, largest = self._weights.maxima(size[0::2], size[1::2], now[1::2])
        return float(max(xi, self._weight * c / max(1.0, largest)))
