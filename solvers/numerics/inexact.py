"""Newton that ends once what is left to correct is small against the error in time.

If updates shrink by the factor q, those that follow an update d are q / (1 - q) d together (Hairer
and Wanner, Solving Ordinary Differential Equations II, section IV.8). That is measured in the norm
in which the time step is controlled. q is how much the residual or the update has shrunk, whichever
is less; the residual alone, which stiff parts dominate, says too little of the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

Array = npt.NDArray[np.float64]

# Relative tolerance of the linear solver where a solve is repeated with more care.
_CAREFUL = 1e-5
# Factor that the first update is thought to leave at least.
_UNKNOWN = 0.1


class Inexact:
    """Ends Newton's iterations, and says when its Jacobian is too old.

    Args:
        size: Norm of an update of the owned unknowns in which steps are controlled; collective.
        allowed: What may be left to correct, in that norm.
        renewal: Factor by which an iteration must reduce the residual, or else the Jacobian is
            assembled anew.
    """

    def __init__(
        self, size: Callable[[Array], float], allowed: float, renewal: float = 0.3
    ) -> None:
        self._size, self._allowed, self.renewal = size, allowed, renewal
        self._first = self._last = self._before = 0.0
        self.suspended = False

    def test(self, snes: Any, iteration: int, norms: tuple[float, float, float]) -> Any:
        """Return PETSc's reason to end, or 0 to iterate; a convergence test of SNES."""
        reasons, residual = PETSc.SNES.ConvergedReason, norms[2]
        relative, absolute, stagnation, _ = snes.getTolerances()
        if not math.isfinite(residual):
            return reasons.DIVERGED_FUNCTION_NANORINF
        if iteration == 0:
            self._first = residual
        if residual <= max(absolute, relative * self._first * (iteration > 0)):
            return reasons.CONVERGED_FNORM_ABS
        if iteration:
            if norms[1] < stagnation * norms[0]:
                return reasons.CONVERGED_SNORM_RELATIVE
            if not self.suspended and self._is_enough(snes, residual / self._last, iteration):
                return reasons.CONVERGED_SNORM_RELATIVE
            if residual > snes.getDivergenceTolerance() * self._first:
                return reasons.DIVERGED_DTOL
        self._last = residual
        return reasons.ITERATING

    def _is_enough(self, snes: Any, factor: float, iteration: int) -> bool:
        size = self._size(snes.getSolutionUpdate().getArray(readonly=True))
        before = size / _UNKNOWN if iteration == 1 else self._before
        self._before = size
        factor = max(factor, size / max(before, 1e-300))
        return factor < 1.0 and factor / (1.0 - factor) * size <= self._allowed

    @contextmanager
    def careful(self, snes: Any) -> Iterator[None]:
        """Iterate to the tolerances of SNES, with a new Jacobian and tight linear solves."""
        ksp = snes.getKSP()
        relative = ksp.getTolerances()[0]
        ksp.setTolerances(rtol=min(relative, _CAREFUL))
        self.suspended = True
        try:
            yield
        finally:
            self.suspended = False
            ksp.setTolerances(rtol=relative)
