"""Kramers-Kronig test of an impedance spectrum: does a passive, linear, steady cell measure so?

A chain of RC elements with given time constants, R and L in series and a series capacitance keeps
the Kramers-Kronig relations whatever its resistances, of either sign. What it cannot follow breaks
them: Schoenleber, Klotz and Ivers-Tiffee, Electrochimica Acta 131 (2014) 20 (lin-KK). The number of
elements is the one of least Bayesian information criterion; their criterion mu stops early where
there are inductive loops.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

_MOST_PER_DECADE = 6


@dataclass(frozen=True)
class KramersKronig:
    """What the chain leaves of a spectrum.

    Attributes:
        frequency: Rising, in Hz, shape (n,).
        impedance: Z, shape (n,).
        residuals: (Z - Z_chain) / |Z|, shape (n,).
        elements: Number of RC elements.
    """

    frequency: Array
    impedance: Complex
    residuals: Complex
    elements: int

    @property
    def fitted(self) -> Complex:
        """Impedance of the chain, shape (n,)."""
        return np.asarray(self.impedance - self.residuals * np.abs(self.impedance))

    @property
    def size(self) -> float:
        """Root mean square of the residuals."""
        return float(np.sqrt(np.mean(np.abs(self.residuals) ** 2)))

    @property
    def typical(self) -> float:
        """Root mean square of the residuals if all but a few were normally distributed."""
        return float(np.median(np.abs(self.residuals)) / math.sqrt(math.log(2)))

    @property
    def correlation(self) -> float:
        """Correlation of neighbouring residuals; noise has none, what breaks the relations has."""
        r = self.residuals
        neighbours = float(np.sum(r[1:] * r[:-1].conj()).real)
        return neighbours / max(float(np.sum(np.abs(r) ** 2)), 1e-300)


def hold(frequency: Array, impedance: Complex) -> KramersKronig:
    """Hold a spectrum against the Kramers-Kronig relations.

    Args:
        frequency: Rising frequencies in Hz, shape (n,), at least five.
        impedance: Complex impedances, shape (n,).
    """
    count = len(frequency)
    decades = float(np.ptp(np.log10(frequency)))
    most = int(max(2, min(count - 3, math.ceil(_MOST_PER_DECADE * decades))))
    chains = [
        KramersKronig(frequency, impedance, _residuals(frequency, impedance, elements), elements)
        for elements in range(2, most + 1)
    ]
    return min(chains, key=_criterion)


def _criterion(chain: KramersKronig) -> float:
    count = 2 * len(chain.frequency)
    return count * 2 * math.log(max(chain.size, 1e-14)) + (chain.elements + 3) * math.log(count)


def _residuals(frequency: Array, impedance: Complex, elements: int) -> Complex:
    w = 2 * np.pi * frequency
    tau = np.geomspace(1 / w.max(), 1 / w.min(), elements)
    columns = [np.ones(len(w), dtype=np.complex128), 1j * w / w.max(), -1j * w.min() / w]
    columns += [1 / (1 + 1j * w * each) for each in tau]
    matrix = np.array(columns).T / np.abs(impedance)[:, None]
    wanted = impedance / np.abs(impedance)
    real = np.vstack([matrix.real, matrix.imag])
    scale = np.linalg.norm(real, axis=0)
    solution = np.linalg.lstsq(real / scale, np.concatenate([wanted.real, wanted.imag]), None)[0]
    return np.asarray(wanted - matrix @ (solution / scale))
