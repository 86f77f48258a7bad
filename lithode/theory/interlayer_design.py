"""Nucleation and growth length in a porous mixed conductor, and the current that both bear.

The criterion l_n <= l_g < l_i of Wang et al., Nature Energy 9 (2024) 251 (text on Fig. 4, equation
1). Its derivation is in their Supplementary Notes 9 and 10; the closed form here, derived in
docs/wang2024-criterion.md, has every feature that the text names. It takes the electrons as
limiting: the lithium overpotential falls from i R at lithium by i / sigma_e per length.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY

Array = npt.NDArray[np.float64]


def growth_slope(duration: float, molar_volume: float, porosity: float) -> float:
    """Return s_g = t v_m / (F p) in um per A/m^2: lithium that fills the pores in the time t.

    Args:
        duration: t in s.
        molar_volume: v_m in um^3/amol.
        porosity: p.
    """
    return duration * molar_volume / (FARADAY * porosity)


@dataclass(frozen=True)
class Verdict:
    """Up to which current density an interlayer is stable.

    Attributes:
        current: In A/m^2.
        limit: ``nucleation``: beyond it lithium nucleates further than it grows, l_n > l_g;
            ``pores``: lithium has filled them up to the electrolyte, l_g = l_i.
        returns: Current above which l_n <= l_g holds again, if that is before the pores are full.
    """

    current: float
    limit: Literal["nucleation", "pores"]
    returns: float | None = None


@dataclass(frozen=True)
class InterlayerDesign:
    """An interlayer as the closed form sees it, a stack of layers from lithium upwards.

    Attributes:
        thicknesses: Of the layers in um.
        conductivities: Electronic conductivity of each in uS/m.
        resistance: R from lithium to where it plates, in V per A/m^2.
        critical_overpotential: eta_c in V.
        growth_slope: s_g in um per A/m^2.
    """

    thicknesses: tuple[float, ...]
    conductivities: tuple[float, ...]
    resistance: float
    critical_overpotential: float
    growth_slope: float

    @cached_property
    def _edges(self) -> Array:
        return np.concatenate([[0.0], np.cumsum(self.thicknesses)])

    @cached_property
    def _resistances(self) -> Array:
        """Resistance for electrons from lithium to each edge."""
        parts = np.array(self.thicknesses) / np.array(self.conductivities)
        return np.concatenate([[0.0], np.cumsum(parts)])

    @property
    def thickness(self) -> float:
        """l_i in um."""
        return float(self._edges[-1])

    @property
    def onset_current(self) -> float:
        """Current density i_c = eta_c / R in A/m^2 below which nothing nucleates."""
        return self.critical_overpotential / self.resistance

    @property
    def filling_current(self) -> float:
        """Current density in A/m^2 that fills the pores up to the electrolyte, l_g = l_i."""
        return self.thickness / self.growth_slope

    def spike_voltage(self, current: Array | float) -> Array:
        """Return V_sp = (i R - eta_c)+ in V, the height of the voltage spike."""
        return np.maximum(np.asarray(current) * self.resistance - self.critical_overpotential, 0.0)

    def nucleation_length(self, current: Array | float) -> Array:
        """Return l_n in um, from int_0^{l_n} dx / sigma_e = V_sp / i, at most l_i.

        sigma_e V_sp / i in a single layer: equation 1 with C = sigma_e.
        """
        available = self.spike_voltage(current) / np.asarray(current)
        return np.asarray(np.interp(available, self._resistances, self._edges))

    def growth_length(self, current: Array | float) -> Array:
        """Return l_g = s_g i in um."""
        return np.asarray(self.growth_slope * np.asarray(current))

    @property
    def tangent_ratio(self) -> float:
        """C R / (4 s_g i_c): l_n <= l_g at every current up to 1, for a single layer.

        Of several layers, that of the most conductive one, which is sufficient.
        """
        reach = max(self.conductivities) * self.resistance
        bearable = 4 * self.growth_slope * self.onset_current
        return reach / bearable if bearable else math.inf

    def crossings(self) -> list[float]:
        """Return the current densities in A/m^2 at which l_n and l_g cross, rising.

        l_n reaches x at i = eta_c / (R - r(x)), r being the resistance for electrons up to x, and
        l_g at i = x / s_g: both are equal where (R - r) x = s_g eta_c, quadratic in each layer.
        """
        level = self.growth_slope * self.critical_overpotential
        if level == 0:
            return [0.0]
        found = []
        for low, high, before, conductivity in zip(
            self._edges[:-1], self._edges[1:], self._resistances[:-1], self.conductivities,
            strict=True,
        ):  # fmt: skip
            # x^2 - top x + sigma level = 0, without cancellation in the lesser root.
            top = conductivity * (self.resistance - before) + low
            root = top**2 - 4 * conductivity * level
            if top <= 0 or root <= 0:
                continue
            larger = (top + math.sqrt(root)) / 2
            found += [x for x in (conductivity * level / larger, larger) if low <= x < high]
        return sorted(float(x) / self.growth_slope for x in found)

    @property
    def verdict(self) -> Verdict:
        """Up to which current l_n <= l_g < l_i holds without a gap."""
        full = self.filling_current
        crossings = self.crossings()
        if not crossings or crossings[0] >= full:
            return Verdict(full, "pores")
        returns = crossings[1] if len(crossings) > 1 and crossings[1] < full else None
        return Verdict(crossings[0], "nucleation", returns)


def graded_layers(
    conductivity: Callable[[Array], Array], thickness: float, count: int = 400
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return thicknesses and conductivities of thin layers that stand for a graded one.

    Args:
        conductivity: Of the depth in um, in uS/m.
        thickness: In um.
        count: Number of layers; the error falls with its square.
    """
    middles = (np.arange(count) + 0.5) * thickness / count
    values = conductivity(middles)
    return (thickness / count,) * count, tuple(float(value) for value in values)
