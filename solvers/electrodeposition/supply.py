"""Li+ within their bounds: where they run out no more lithium plates than Li+ arrive.

The reaction gives way, not the balance of Li+: a rate p is withheld from plating, with

    c >= 0,  p >= 0,  p c = 0        (and p <= 0 where c has reached its upper limit).

A step takes p as the two steps before let expect it, and then, node by node, exchanges metal for
Li+ and p for what that withholds. This is the operator splitting of Ikonen and Toivanen (Appl.
Math. Lett. 17 (2004) 809) for variational inequalities; c + (c_s / c_0) xi does not change. A node
has no more to give than its metal: what c lacks elsewhere is an error of transport, and neighbours
share it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Constant, Function

from lithode.core.errors import StepFailed
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.sharing import Sharing


class Supply:
    """Keeps c of a trial within its bounds.

    Args:
        phase: Trial (xi, c).
        held: Local nodes where xi, and where c, is prescribed.
        weights: Nodal weights.
        withheld: The rate p in 1/s.
        step_scale: One over the weight of a new value in its rate.
        site_ratio: c_s / c_0.
        limit: Largest c, infinite without any.
        most: Largest p. A deficit that was there before is made good at once, and must not be
            expected again in each step that follows, however short.
        keeps_metal: Whether the current is held: what is withheld at one place plates elsewhere.
    """

    def __init__(
        self,
        phase: Function[Any],
        held: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
        weights: NodalWeights,
        withheld: TimeLevels,
        step_scale: Constant[Any],
        site_ratio: float,
        limit: float,
        most: float,
        keeps_metal: bool = False,
    ) -> None:
        self._phase, self._withheld, self._scale = phase, withheld.trial, step_scale
        self._withheld_before = withheld.now
        self._held, self._weights = held[0], weights
        self._sharing = Sharing(weights, ~held[1])
        self._site_ratio, self._limit, self._most = site_ratio, limit, most
        self._keeps_metal = keeps_metal

    def expect(self) -> None:
        """Let what is extrapolated for the trial withhold, and release, only where some was."""
        expected, before = self._withheld.x.array, self._withheld_before.x.array
        expected[expected * before <= 0.0] = 0.0
        np.clip(expected, -self._most, self._most, out=expected)

    def keep(self) -> bool:
        """Exchange metal and Li+ of the trial, and renew what is withheld; collective.

        Returns:
            Whether xi has changed anywhere.

        Raises:
            StepFailed: There are too few Li+ all around.
        """
        step = float(self._scale.value) * self._site_ratio
        xi, c = self._phase.x.array[0::2], self._phase.x.array[1::2]
        withheld = self._withheld.x.array
        released = np.clip(c - step * withheld, 0.0, self._limit) - c
        # At an electrode too, but nothing can be withheld there.
        metal = np.maximum(xi, 0.0) * self._site_ratio
        sites = np.where(xi > 0.0, np.maximum(1.0 - xi, 0.0), 0.0) * self._site_ratio
        withheld += released / step
        np.clip(withheld, np.maximum(-self._most, -sites / step), self._most, out=withheld)
        np.minimum(withheld, metal / step, out=withheld)
        np.clip(released, -sites, metal, out=released)
        xi -= released / self._site_ratio
        c += released
        if self._keeps_metal:
            self._plate_elsewhere(released)
        self._sharing.keep(c, self._limit)
        withheld[self._held | ((c > 0.0) & (c < self._limit))] = 0.0
        return bool(self._weights.maxima(np.abs(released))[0] > 0.0)

    def keep_past(self, phase: TimeLevels) -> None:
        """Bring accepted states within their bounds, which may come from another mesh."""
        for level in phase.past:
            self._sharing.keep(level.x.array[1::2], self._limit)

    def _plate_elsewhere(self, released: Array) -> None:
        """Plate what was released along the front, in proportion to the Li+ there."""
        xi, c = self._phase.x.array[0::2], self._phase.x.array[1::2]
        along = np.maximum(c, 0.0) * np.clip(xi * (1.0 - xi), 0.0, None) ** 2
        along[self._held] = 0.0
        whole = self._weights.whole
        wanted, there = self._weights.sums(whole * released, whole * along)
        if wanted == 0.0:
            return
        plated = wanted / there * along if there > 0.0 else np.full_like(c, np.inf)
        if self._weights.maxima(plated - np.maximum(c, 0.0))[0] > 0.0:
            raise StepFailed("the front has too few Li+ for the current")
        xi += plated / self._site_ratio
        c -= plated
