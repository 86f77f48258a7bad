"""A film that grows by what passes through it, and what it adds to a resistance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np


@dataclass(frozen=True)
class FilmGrowth:
    """dL/dt = K/L on an interface of constant resistance: R = R_0 + sqrt(F^2 + k (n - n_1)).

    Any unit of resistance and of time, or cycles of equal length; F is the film's part at n_1.

    Attributes:
        fresh: R_0, without a film.
        film: F.
        start: n_1.
        rate: k, the growth of the film's square per time.
    """

    fresh: float
    film: float
    start: float
    rate: float

    @classmethod
    def through(cls, fresh: float, first: tuple[float, float], last: tuple[float, float]) -> Self:
        """Return the growth through two measured resistances.

        Args:
            fresh: R_0.
            first: Time and resistance of the first.
            last: Of the last, later one.
        """
        parts = [max(resistance - fresh, 0.0) for _, resistance in (first, last)]
        rate = (parts[1] ** 2 - parts[0] ** 2) / (last[0] - first[0])
        return cls(fresh, parts[0], first[0], rate)

    def at(self, time: Any) -> Any:
        """Return the resistance from ``start`` on; of a film that shrinks at least R_0."""
        squared = self.film**2 + self.rate * (np.asarray(time) - self.start)
        return self.fresh + np.sqrt(np.maximum(squared, 0.0))

    @property
    def growth_time(self) -> float:
        """Time after ``start`` in which the film grows by the root of two."""
        return self.film**2 / self.rate if self.rate > 0 else math.inf
