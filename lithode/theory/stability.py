"""Growth of a wave on a flat lithium front that is plated through a single-ion conductor.

Sharp front: Ohm's law in the electrolyte, Butler-Volmer kinetics with surface energy and stress on
the front. Derived in docs/quantitative-interface.md; coherent model units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FlatFront:
    """A flat front in a half-space of electrolyte, or below a counter electrode.

    Attributes:
        current: J in A/m^2, positive where lithium plates.
        conductivity: sigma of the electrolyte in uS/m.
        surface_energy: gamma in J/m^2.
        molar_volume: V_m of lithium in um^3/amol.
        exchange: i_0 in A/m^2.
        f: F / (R T) in 1/V.
        alpha: Symmetry factor.
        pressure_slope: C B in MPa: the pressure B k a cos(k x) of a wave a cos(k x), times the
            mechanical factor (`lithode.theory.wavy_interface`).
    """

    current: float
    conductivity: float
    surface_energy: float
    molar_volume: float
    exchange: float
    f: float
    alpha: float = 0.5
    pressure_slope: float = 0.0

    @property
    def overpotential(self) -> float:
        """Eta in V at which the front carries the current, negative where it plates."""
        low = high = 0.0
        step = math.copysign(1 / self.f, -self.current)
        while abs(self._current_at(high)) < abs(self.current):
            low, high, step = high, high + step, 2 * step
        for _ in range(200):
            middle = (low + high) / 2
            if abs(self._current_at(middle)) < abs(self.current):
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _current_at(self, eta: float) -> float:
        a, f = self.alpha, self.f
        return self.exchange * (math.exp(-a * f * eta) - math.exp((1 - a) * f * eta))

    @property
    def conductance(self) -> float:
        """G = -d i / d eta of the reaction at that overpotential, in uS/um^2."""
        a, f, eta = self.alpha, self.f, self.overpotential
        rates = a * math.exp(-a * f * eta) + (1 - a) * math.exp((1 - a) * f * eta)
        return self.exchange * f * rates

    @property
    def capillarity(self) -> float:
        """Gamma = gamma V_m / F in V um."""
        return self.surface_energy * self.molar_volume / FARADAY

    @property
    def speed(self) -> float:
        """V_m J / F in um/s."""
        return self.molar_volume * self.current / FARADAY

    @property
    def critical_wave_number(self) -> float:
        """k_c in 1/um: shorter waves shrink; 0 where lithium strips.

        Where Gamma k^2 + C B V_m k / F = J / sigma; sqrt(J / (sigma Gamma)) without stress.
        """
        ohmic = max(self.current, 0.0) / self.conductivity
        half, energy = self._stiffening / 2, self.capillarity
        return (math.sqrt(half * half + energy * ohmic) - half) / energy

    @property
    def _stiffening(self) -> float:
        """C B V_m / F in V."""
        return self.pressure_slope * self.molar_volume / FARADAY

    def growth_rate(self, wave_number: Array | float, height: float = math.inf) -> Array:
        """Return s in 1/s of waves cos(k x).

        s = (V_m / F) q (J - sigma (Gamma k^2 + C B V_m k / F)) / (1 + sigma q / G), where
        q = k tanh(k H).

        Args:
            wave_number: k in 1/um.
            height: H in um, to a counter electrode at which the current density is held evenly.
        """
        k = np.asarray(wave_number, dtype=np.float64)
        q = k * np.tanh(k * height)
        held = self.capillarity * k**2 + self._stiffening * k
        drive = q * (self.current - self.conductivity * held)
        stiffness = 1 + self.conductivity * q / self.conductance
        return np.asarray(self.molar_volume / FARADAY * drive / stiffness)

    def fastest(self) -> tuple[float, float]:
        """Return wave number in 1/um and growth rate in 1/s of the wave that grows fastest."""
        k = np.linspace(0, 1, 2001)[1:] * self.critical_wave_number
        rates = self.growth_rate(k)
        best = int(np.argmax(rates))
        return float(k[best]), float(rates[best])
