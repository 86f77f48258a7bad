"""How far the noise of a spectrum carries into its distribution of relaxation times.

Spectra are drawn anew (bootstrap): the chain of the Kramers-Kronig test with its own residuals,
exchanged among the frequencies. Each is analysed as the first was. The bands hold what noise does,
not what the penalty does to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.spectroscopy import drt
from lithode.spectroscopy.drt import Distribution
from lithode.spectroscopy.kramers_kronig import KramersKronig
from lithode.spectroscopy.peaks import Peak

Array = npt.NDArray[np.float64]

PERCENTILES = (5.0, 95.0)


@dataclass(frozen=True)
class Bands:
    """From the 5th to the 95th percentile of the draws.

    Attributes:
        gamma: Of the distribution at its ``log_tau``, shape (2, m).
        peaks: Of the area between the ends of each peak, shape (peaks, 2).
        series_resistance: Of R_inf, shape (2,).
        polarisation: Of the polarisation, shape (2,).
        draws: Number of draws.
    """

    gamma: Array
    peaks: Array
    series_resistance: Array
    polarisation: Array
    draws: int


def bootstrap(found: Distribution, relations: KramersKronig, draws: int, seed: int = 1) -> Bands:
    """Return the bands of a distribution.

    Args:
        found: The distribution.
        relations: The Kramers-Kronig test of its spectrum.
        draws: Number of spectra to draw, two at least.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    moduli, residuals = np.abs(relations.impedance), relations.residuals
    peaks, rows = found.peaks(), []
    for _ in range(draws):
        drawn = residuals[rng.integers(len(residuals), size=len(residuals))]
        # Any sign of either part is as likely, so that residuals with a trend are no bias.
        signs = rng.choice([-1.0, 1.0], size=(2, len(drawn)))
        noise = signs[0] * drawn.real + 1j * signs[1] * drawn.imag
        z = relations.fitted + moduli * noise
        rows.append(drt.analyse(relations.frequency, z, found.regularisation, found.extras))
    return Bands(
        np.percentile([row.gamma for row in rows], PERCENTILES, axis=0),
        np.array([np.percentile([_area(row, peak) for row in rows], PERCENTILES) for peak in peaks])
        if peaks
        else np.empty((0, 2)),
        np.percentile([row.series_resistance for row in rows], PERCENTILES),
        np.percentile([row.polarisation for row in rows], PERCENTILES),
        draws,
    )


def _area(found: Distribution, peak: Peak) -> float:
    if peak.resistance < 0:
        return -found.loop.resistance if found.loop else 0.0
    inside = (found.log_tau >= peak.ends[0]) & (found.log_tau <= peak.ends[1])
    return float(np.trapezoid(found.gamma[inside], found.log_tau[inside]))
