"""Conductivity of a composite over its content of conductor: a power law and its scatter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PowerLaw:
    """sigma = s x^t: percolation whose threshold is below every content that was measured.

    Attributes:
        prefactor: s, in the unit of the conductivity.
        exponent: t; 1.6 to 2 of three-dimensional lattices, more where contacts differ in size.
        scatter: Largest factor between a measured value and the law.
    """

    prefactor: float
    exponent: float
    scatter: float

    @classmethod
    def fit(cls, contents: Sequence[float], conductivities: Sequence[float]) -> PowerLaw:
        """Fit it to measured values by least squares of their logarithms."""
        x, y = np.log(contents), np.log(conductivities)
        exponent, offset = np.polyfit(x, y, 1)
        scatter = float(np.exp(np.max(np.abs(y - offset - exponent * x))))
        return cls(math.exp(float(offset)), float(exponent), scatter)

    def at(self, content: float) -> float:
        """Return the conductivity at a content."""
        return float(self.prefactor * content**self.exponent)
