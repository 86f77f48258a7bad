"""Stripping against creep: the contact fraction over what has been stripped.

Lithium that is stripped faster at the edge of the contact than in its middle leaves a void; creep
closes it: h d(theta)/dx = -f(theta) + q G(theta), with the stripped thickness x, the height h of
the void, the uneven fraction f of the stripping, and q = A p^n b / v of the stripping speed v. What
vacancies carry, c, is taken from f. If lithium is plated back, x is stripped and plated in turns,
and a share r of the uneven plating returns: the mean loss is (max(0, f - c) - r f) / 2. That the
block follows its receding contact and lowers the roof of the void is left out: theta is a lower
bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY
from lithode.core.errors import InputError, SolverError

if TYPE_CHECKING:
    from scipy.interpolate import PchipInterpolator

Array = npt.NDArray[np.float64]

# From there G is a power of 1 - theta, and a sweep may be continued to 1.
_NEAR_WHOLE = 0.9
# Nearer to 1 the contact counts as whole.
_WHOLE = 1e-9
_TOLERANCE = 1e-8
# Of the way on which a steady contact is looked for.
_POINTS = 400


def stripping_speed(current: float, molar_volume: float) -> float:
    """Return v = i V_m / F in um/s.

    Args:
        current: In A/m^2.
        molar_volume: In um^3/amol.
    """
    return current * molar_volume / FARADAY


@dataclass(frozen=True)
class ContactBalance:
    """What a sweep over the contact fraction has found for one interface.

    Attributes:
        fractions: Contact fractions theta, rising, at least two.
        closure: G at each, v / (A p^n b).
        uneven: Share of the current above the mean of the contact, at each; None for the bound
            that all that is stripped must creep in, f = 1.
        carried: Share c of the current that vacancies carry.
        returned: Share r of the uneven plating that returns; None for stripping alone.

    Raises:
        InputError: Fractions that do not rise between 0 and 1.
    """

    fractions: Array
    closure: Array
    uneven: Array | None = None
    carried: float = 0.0
    returned: float | None = None

    def __post_init__(self) -> None:
        ends = np.concatenate([[0.0], self.fractions, [1.0]])
        if len(self.fractions) < 2 or np.any(np.diff(ends) <= 0):
            raise InputError("fractions", len(self.fractions), "at least two must rise in (0, 1)")

    @cached_property
    def _closure_curve(self) -> PchipInterpolator:
        from scipy.interpolate import PchipInterpolator  # slow to load, as all of SciPy

        return PchipInterpolator(-np.log(1 - self.fractions), np.log(self.closure))

    @cached_property
    def _uneven_curve(self) -> PchipInterpolator | None:
        # A whole contact has no edge.
        from scipy.interpolate import PchipInterpolator

        if self.uneven is None:
            return None
        return PchipInterpolator([*self.fractions, 1.0], [*self.uneven, 0.0])

    @property
    def reach(self) -> float:
        """Largest contact fraction that can be judged: the last one, or 1 if that is near."""
        last = float(self.fractions[-1])
        return 1.0 if last >= _NEAR_WHOLE else last

    def covers(self, fraction: float) -> bool:
        """Return whether a contact fraction can be judged."""
        return float(self.fractions[0]) <= fraction <= self.reach

    def closure_at(self, fraction: Any) -> Any:
        """Return G, beyond the sweep by its last power of 1 - theta, or its first value."""
        place = -np.log(np.maximum(1 - np.asarray(fraction), _WHOLE))
        known = self._closure_curve.x
        (before, last), ends = known[-2:], self._closure_curve(known[-2:])
        power = (ends[1] - ends[0]) / (last - before)
        inside = self._closure_curve(np.clip(place, known[0], last))
        return np.exp(inside + power * np.maximum(place - last, 0.0))

    def uneven_at(self, fraction: Any) -> Any:
        """Return f, 0 at a whole contact."""
        if self._uneven_curve is None:
            return np.ones_like(fraction)
        curve = self._uneven_curve(np.clip(fraction, self.fractions[0], 1.0))
        return np.maximum(curve, 0.0)

    def lost_at(self, fraction: Any) -> Any:
        """Return what creep must make up for, as a share of the current."""
        uneven = self.uneven_at(fraction)
        lost = np.maximum(uneven - self.carried, 0.0)
        return lost if self.returned is None else (lost - self.returned * uneven) / 2

    def needed_return(self, fraction: float, ratio: float) -> float:
        """Return the least share r of the uneven plating that keeps a contact fraction.

        Args:
            fraction: theta, below 1.
            ratio: q.
        """
        uneven = float(self.uneven_at(fraction))
        lost = max(uneven - self.carried, 0.0) - 2 * ratio * float(self.closure_at(fraction))
        return max(lost, 0.0) / uneven

    def growth(self, fraction: Any, ratio: float) -> Any:
        """Return h d(theta)/dx = q G less what is lost.

        Args:
            fraction: theta.
            ratio: q, closing A p^n b over stripping speed.
        """
        return ratio * self.closure_at(fraction) - self.lost_at(fraction)

    def steady(self, ratio: float, start: float | None = None) -> float | None:
        """Return the contact fraction that a contact tends to: the next at which creep keeps up.

        Args:
            ratio: q.
            start: Contact fraction at first; the first one of the sweep if None.

        Returns:
            theta; None if it is less than the first one of the sweep or beyond its reach.
        """
        from scipy.optimize import brentq

        low, high = float(self.fractions[0]), min(self.reach, 1 - _WHOLE)
        first = low if start is None else min(max(start, low), high)
        rises = self.growth(first, ratio) >= 0
        way = 1 - np.geomspace(1 - first, 1 - (high if rises else low), _POINTS)
        turned = np.flatnonzero((self.growth(way, ratio) >= 0) != rises)
        if len(turned):
            ends = way[turned[0] - 1], way[turned[0]]
            return float(brentq(self.growth, *ends, (ratio,)))
        return 1.0 if rises and self.reach == 1 else None

    def along(self, ratio: float, height: float, start: float, stripped: Array) -> Array:
        """Return the contact fraction over the stripped thickness.

        Args:
            ratio: q.
            height: h of the void, in um.
            start: Contact fraction at first, not below the first one of the sweep.
            stripped: Thicknesses in um, rising from 0.

        Returns:
            theta of each; the first one of the sweep from where it is reached, nan from where the
            reach of the sweep is left.

        Raises:
            InputError: The start is below the sweep.
            SolverError: It could not be integrated.
        """
        from scipy.integrate import solve_ivp

        low, high = float(self.fractions[0]), self.reach
        if start < low:
            raise InputError("start", start, f"must be at least {low:g}, where the sweep begins")
        if start > high:
            return np.full(len(stripped), np.nan)

        def rate(_: float, fraction: Array) -> Array:
            return np.asarray(self.growth(fraction, ratio) / height)

        def lost(_: float, fraction: Array) -> float:
            return float(fraction[0]) - low

        def left(_: float, fraction: Array) -> float:
            return float(fraction[0]) - high

        lost.terminal, lost.direction = True, -1  # type: ignore[attr-defined]
        left.terminal, left.direction = high < 1, 1  # type: ignore[attr-defined]
        accuracy = {"rtol": _TOLERANCE, "atol": _TOLERANCE}
        span, events = (0.0, float(stripped[-1])), (lost, left)
        found = solve_ivp(rate, span, [start], "Radau", stripped, events=events, **accuracy)
        if found.status < 0:
            raise SolverError(f"the contact fraction could not be integrated: {found.message}")
        values = np.full(len(stripped), np.nan if len(found.t_events[1]) else low)
        values[: len(found.t)] = found.y[0]
        return values
