"""What a sweep over the frequency says: its spectrum, its relaxation times, their bands."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.impedance.parameters import FREQUENCY, Parameters
from lithode.core.units import to_model
from lithode.output.history import History
from lithode.spectroscopy import drt
from lithode.spectroscopy.drt import Distribution
from lithode.spectroscopy.peaks import Peak
from lithode.spectroscopy.spectrum import Spectrum

_EDGES = 5e3, 1.5e5
BANDS: Mapping[str, tuple[float, float]] = {
    "interface": (0.0, _EDGES[0]),
    "void": _EDGES,
    "grain boundary": (_EDGES[1], math.inf),
}
"""Frequencies between which the peaks of each process lie; the paper sees voids at 1e4 to 1e5."""
ARTEFACT = 30.0
"""In ohm cm: the analysis gives the band of the voids up to 20 where there are none."""


def impedance(history: History) -> npt.NDArray[np.complex128]:
    """Return the impedance of a run in ohm cm^2, without noise."""
    real, imag = (history[f"impedance_{part} [ohm cm^2]"] for part in ("real", "imag"))
    return np.asarray(real + 1j * imag)


def spectrum(history: History, parameters: Parameters) -> Spectrum:
    """Return the spectrum of a run in ohm cm, as in Table 2, with the noise that was asked for."""
    p, z = parameters, impedance(history)
    drawn = np.random.default_rng(p.seed).standard_normal((2, len(z)))
    noisy = z + p.noise * np.abs(z) * (drawn[0] + 1j * drawn[1])
    return Spectrum(history[FREQUENCY.column], noisy / (1e-4 * p.thickness), "ohm cm")


def distribution(history: History, parameters: Parameters) -> Distribution:
    """Return the distribution of relaxation times of a run."""
    found = spectrum(history, parameters)
    return drt.analyse(found.frequency, found.impedance, parameters.regularisation)


def can_be_analysed(history: History) -> bool:
    """Whether a run got far enough for a distribution."""
    return len(history[FREQUENCY.column]) >= drt.FEWEST_POINTS


def void_peak(found: Distribution) -> Peak | None:
    """Return the largest peak in the band of the voids, None if that is but an artefact."""
    low, high = BANDS["void"]
    peaks = [peak for peak in found.peaks() if low <= peak.frequency < high]
    if sum(peak.resistance for peak in peaks) < ARTEFACT:
        return None
    return max(peaks, key=lambda peak: peak.resistance)


def difference(history: History, parameters: Parameters) -> float:
    """Return the largest relative difference of a layered cell from its series formula."""
    exact = parameters.formula(2 * np.pi * history[FREQUENCY.column]) / to_model(1.0, "ohm cm^2")
    return float(np.max(np.abs(impedance(history) / exact - 1)))
