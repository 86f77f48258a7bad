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

from lithode.core.constants import VACUUM_PERMITTIVITY


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
class Capacitor:
    """A capacitance C, 1 / (j w C)."""

    capacitance: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return 1 / (1j * w * self.capacitance)


@dataclass(frozen=True)
class Inductor:
    """An inductance L, j w L."""

    inductance: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return 1j * w * self.inductance


@dataclass(frozen=True)
class ConstantPhase:
    """A constant-phase element, 1 / (Q (j w)^a).

    Attributes:
        admittance: Q, in s^a over the unit of the impedance.
        exponent: a; 1 is a capacitor, 1/2 a semi-infinite Warburg element.
    """

    admittance: float
    exponent: float = 1.0

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return 1 / (self.admittance * (1j * w) ** self.exponent)


@dataclass(frozen=True)
class Warburg:
    """Diffusion into a half space, A / sqrt(j w).

    Attributes:
        coefficient: A, sqrt(2) times the usual sigma, in the unit of the impedance over s^(1/2).
    """

    coefficient: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return self.coefficient / np.sqrt(1j * w)


@dataclass(frozen=True)
class WarburgShort:
    """Diffusion through a layer to a reservoir, R tanh(s) / s with s = sqrt(j w tau).

    Finite length, transmissive: Franceschetti and Macdonald, J. Electroanal. Chem. 101 (1979) 307.

    Attributes:
        resistance: R, the limit at low frequency.
        time_constant: tau = d^2 / D in s, of a layer of thickness d.
    """

    resistance: float
    time_constant: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        s = np.sqrt(1j * w * self.time_constant)
        return self.resistance * np.tanh(s) / s


@dataclass(frozen=True)
class WarburgOpen:
    """Diffusion into a layer that is closed behind, R coth(s) / s with s = sqrt(j w tau).

    Finite space, reflective; of the same source as `WarburgShort`. At low frequency it is R/3 in
    series with a capacitance tau/R.

    Attributes:
        resistance: R; a third of it is the resistance at low frequency.
        time_constant: tau = d^2 / D in s, of a layer of thickness d.
    """

    resistance: float
    time_constant: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        s = np.sqrt(1j * w * self.time_constant)
        return self.resistance / (s * np.tanh(s))


@dataclass(frozen=True)
class Gerischer:
    """Diffusion with a reaction of first order on the way, R / sqrt(1 + j w tau).

    Gerischer, Z. Phys. Chem. 198 (1951) 286.

    Attributes:
        resistance: R, the limit at low frequency.
        time_constant: tau = 1/k in s, of the reaction.
    """

    resistance: float
    time_constant: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return self.resistance / np.sqrt(1 + 1j * w * self.time_constant)


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
class Parallel:
    """Elements side by side."""

    elements: tuple[Element, ...]

    def __call__(self, w: Any) -> Any:
        """Return the inverse of the sum of the admittances."""
        return 1 / sum(1 / element(w) for element in self.elements)


@dataclass(frozen=True)
class Scaled:
    """An element times a number: half of an interface, or a resistivity times a thickness."""

    element: Element
    factor: float

    def __call__(self, w: Any) -> Any:
        """Return the impedance."""
        return self.factor * self.element(w)
