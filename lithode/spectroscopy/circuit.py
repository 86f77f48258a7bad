"""Circuit elements: impedances as functions of the angular frequency, for solids and interfaces.

The convention is exp(j w t), so that capacitive impedances have negative imaginary parts. An
element stands for a resistivity, an area-specific impedance or an impedance; its unit is that of
its resistance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lithode.core.constants import VACUUM_PERMITTIVITY

Complex = npt.NDArray[np.complex128]


class Element(Protocol):
    """Something with an impedance."""

    def __call__(self, w: Any) -> Any:
        """Return the complex impedance at angular frequencies ``w`` in 1/s, a number or array."""


@dataclass(frozen=True)
class Resistor:
    """A resistance R."""

    resistance: float

    def __call__(self, w: Any) -> Any:
        """Return R."""
        return self.resistance + 0j * w


@dataclass(frozen=True)
class Zarc:
    """A resistance in parallel with a constant-phase element, R / (1 + (j w tau)^a).

    Attributes:
        resistance: R.
        frequency: Peak frequency 1 / (2 pi tau) in Hz.
        exponent: a; 1 is an ideal capacitor.
    """

    resistance: float
    frequency: float
    exponent: float = 1.0

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        tau = 1 / (2 * math.pi * self.frequency)
        return self.resistance / (1 + (1j * w * tau) ** self.exponent)

    def distribution(self, log_tau: Any) -> Any:
        """Return the distribution of relaxation times over ln tau in closed form, for a < 1.

        gamma = R/(2 pi) sin(a pi) / (cosh(a ln(tau/tau_0)) + cos(a pi)): Cole and Cole, J. Chem.
        Phys. 9 (1941) 341.
        """
        a, shift = self.exponent, log_tau + math.log(2 * math.pi * self.frequency)
        height = self.resistance / (2 * math.pi) * math.sin(a * math.pi)
        return height / (np.cosh(a * shift) + math.cos(a * math.pi))


@dataclass(frozen=True)
class Gap:
    """A void between two plane faces, g / (j w eps): area-specific, in ohm m^2.

    Attributes:
        width: g in um.
        relative_permittivity: Of what fills it; only g / eps_r counts.
    """

    width: float
    relative_permittivity: float = 1.0

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return self.width / (1j * w * self.relative_permittivity * VACUUM_PERMITTIVITY)


@dataclass(frozen=True)
class Series:
    """Elements one behind the other."""

    elements: tuple[Element, ...]

    def __call__(self, w: Any) -> Any:
        """Return the sum of the impedances."""
        return sum(element(w) for element in self.elements)


@dataclass(frozen=True)
class Scaled:
    """An element times a number: half of an interface, or a resistivity times a thickness."""

    element: Element
    factor: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return self.factor * self.element(w)
