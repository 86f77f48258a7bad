"""What tells how far a spectrum and its distribution can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.spectroscopy import bands, drt, kramers_kronig
from lithode.spectroscopy.spectrum import Spectrum
from lithode.spectroscopy.warnings import warnings_of
from lithode.theory.circuit import (
    Capacitor,
    Gerischer,
    Inductor,
    Parallel,
    Resistor,
    Series,
    WarburgShort,
    Zarc,
)

FREQUENCY = np.geomspace(1.0, 1e6, 61)
W = 2 * np.pi * FREQUENCY
ARCS = Zarc(100.0, 1e4, 0.9), Zarc(50.0, 30.0, 0.9)
LOOP = Parallel((Resistor(30.0), Inductor(30.0 / (2 * np.pi * 3))))


def spectrum(*parts, size=0.0, seed=1):
    z = Series((Resistor(20.0), *parts))(W)
    drawn = np.random.default_rng(seed).standard_normal((2, len(z)))
    return z + size * np.abs(z) * (drawn[0] + 1j * drawn[1])


def warned(z, **given):
    found = drt.analyse(FREQUENCY, z, **given)
    relations = kramers_kronig.hold(FREQUENCY, z)
    return " | ".join(warnings_of(Spectrum(FREQUENCY, z, "ohm"), found, relations))


@pytest.mark.parametrize(
    "parts",
    [ARCS, (WarburgShort(100.0, 0.1),), (Gerischer(100.0, 0.1),), (LOOP,), (Capacitor(1e-4),)],
)
def test_what_a_passive_cell_gives_keeps_the_relations(parts):
    found = kramers_kronig.hold(FREQUENCY, spectrum(*parts))
    assert found.size < 1e-4
    noisy = kramers_kronig.hold(FREQUENCY, spectrum(*parts, size=2e-3))
    assert noisy.size == pytest.approx(2e-3 * np.sqrt(2), rel=0.25)
    assert noisy.typical == pytest.approx(2e-3 * np.sqrt(2), rel=0.25)
    assert abs(noisy.correlation) < 0.25
    np.testing.assert_allclose(noisy.fitted, spectrum(*parts), rtol=6e-3)


def test_what_no_passive_cell_gives_breaks_them():
    z = spectrum(*ARCS, size=1e-3)
    drift = z * (1 + 0.1 * np.clip((1.5 - np.log10(FREQUENCY)) / 1.5, 0, 1))
    for wrong in (drift, 1.1 * z.real + 1j * z.imag, z.conj()):
        found = kramers_kronig.hold(FREQUENCY, wrong)
        assert found.size > 5e-3
        assert found.correlation > 0.5
        assert "breaks the Kramers-Kronig relations" in warned(wrong)


def test_a_good_spectrum_has_no_warnings():
    assert warned(spectrum(*ARCS, size=2e-3)) == ""


def test_each_fault_is_told():
    noisy = spectrum(*ARCS, size=2e-3)
    hum = noisy.copy()
    hum[int(np.argmin(np.abs(FREQUENCY - 50.0)))] *= 1.05
    assert "do not fit their neighbours: 50.12 Hz; the mains are near" in warned(hum)
    assert "noise of" in warned(spectrum(*ARCS, size=2e-2))
    assert "Re is negative at 61 frequencies" in warned(noisy - 200.0)
    assert "still capacitive at 1 Hz" in warned(spectrum(Zarc(100.0, 1.0), size=2e-3))
    tail = spectrum(*ARCS, Capacitor(1e-4), size=2e-3)
    assert "not bounded at 1 Hz" in warned(tail)
    assert "inductive loop of 30" in warned(spectrum(ARCS[0], LOOP, size=1e-3))
    smeared = warned(tail, extras=drt.PLAIN)
    assert "misses the spectrum" in smeared
    assert "not resistances of the cell" in smeared
    sparse = slice(None, None, 4)
    found = drt.analyse(FREQUENCY[sparse], noisy[sparse])
    relations = kramers_kronig.hold(FREQUENCY[sparse], noisy[sparse])
    few = warnings_of(Spectrum(FREQUENCY[sparse], noisy[sparse], "ohm"), found, relations)
    assert "2.5 points per decade" in " ".join(few)


def test_bands_are_as_wide_as_noise_spreads_the_peaks():
    arcs, size = (Zarc(100.0, 1e4), Zarc(50.0, 30.0)), 5e-3
    ends = ((1e3, 1e5), (3.0, 300.0))
    drawn = [drt.analyse(FREQUENCY, spectrum(*arcs, size=size, seed=k)) for k in range(2, 22)]
    spread = [np.std([each.resistance_between(*end) for each in drawn]) for end in ends]
    z = spectrum(*arcs, size=size)
    found = drt.analyse(FREQUENCY, z)
    got = bands.bootstrap(found, kramers_kronig.hold(FREQUENCY, z), 40)
    large = [k for k, peak in enumerate(found.peaks()) if not peak.is_minor]
    assert len(large) == 2
    widths = (got.peaks[large, 1] - got.peaks[large, 0]) / (2 * 1.645)
    assert np.all((widths / spread > 0.5) & (widths / spread < 2.0))
    assert got.gamma.shape == (2, len(found.log_tau))
    assert got.series_resistance[0] < 20.5
    assert got.polarisation[1] > 149.0
