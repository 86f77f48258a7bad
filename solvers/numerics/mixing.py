"""Where to go on from after an alternation, by Anderson acceleration."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Array = npt.NDArray[np.float64]

# Growth of the change above which what is known of earlier alternations is forgotten.
_WORSE = 1.0
# Of an alternation's way that is gone at least, and growth of that part.
_LEAST_FACTOR, _RECOVERY = 0.1, 1.2
# Part of the normal equations that counts as nothing: changes that are as good as parallel.
_SMALL = 1e-10


class Mixing:
    """Extrapolates the alternations of one load (Walker, Ni, SIAM J. Numer. Anal. 49, 1715, 2011).

    Of all mixtures of the last alternations it takes the one whose change is expected to be
    least; the first one is multiplied by the relaxation.

    Args:
        comm: Communicator, for sums.
        owned: Number of values of this rank that are no ghosts.
        depth: Earlier alternations that are mixed.
        relaxation: Factor on the change where none is known, at most.
    """

    def __init__(self, comm: MPI.Intracomm, owned: int, depth: int, relaxation: float) -> None:
        self._comm, self._owned = comm, owned
        self._depth, self._relaxation = depth, relaxation
        self._factor = relaxation
        self._last: tuple[Array, Array] | None = None
        self._steps: list[tuple[Array, Array]] = []

    def next(self, before: Array, after: Array) -> Array:
        """Return what the next alternation begins with, which may leave the bounds; collective.

        Args:
            before: Nodal values before an alternation, ghosts included.
            after: Those after it; kept, so not to be changed in place.
        """
        change = after - before
        if self._last is not None:
            change_then, after_then = self._last
            self._steps.append((change - change_then, after - after_then))
            del self._steps[: -self._depth]
            # At a given volume alternations may cycle, until each goes a part of its way.
            turned = self._product(change, change_then) < 0
            faster = min(_RECOVERY * self._factor, self._relaxation)
            self._factor = max(self._factor / 2, _LEAST_FACTOR) if turned else faster
            if self._product(change, change) > _WORSE**2 * self._product(change_then, change_then):
                self._steps.clear()
        self._last = change, after
        if not self._steps:
            return before + self._factor * change
        changes = [step for step, _ in self._steps]
        normal = np.array([[self._product(a, b) for b in changes] for a in changes])
        right = [self._product(a, change) for a in changes]
        shares = np.linalg.lstsq(normal, right, rcond=_SMALL)[0]
        steps = np.array([step for _, step in self._steps])
        return np.asarray(after - shares @ steps)

    def _product(self, a: Array, b: Array) -> float:
        local = float(a[: self._owned] @ b[: self._owned])
        return float(self._comm.allreduce(local, op=MPI.SUM))
