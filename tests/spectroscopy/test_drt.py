"""Distribution of relaxation times: areas, closed forms, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from lithode.core.errors import InputError
from lithode.spectroscopy import drt, kernels
from lithode.theory.circuit import (
    Capacitor,
    ConstantPhase,
    Inductor,
    Parallel,
    Resistor,
    Series,
    Warburg,
    Zarc,
)

FREQUENCY = np.geomspace(1.0, 3e6, 66)
W = 2 * np.pi * FREQUENCY


def spectrum(*arcs, series=20.0):
    return Series((Resistor(series), *arcs))(W)


def noisy(z, size=2e-3, seed=1):
    drawn = np.random.default_rng(seed).standard_normal((2, len(z)))
    return z + size * np.abs(z) * (drawn[0] + 1j * drawn[1])


@pytest.mark.parametrize("exponent", [1.0, 0.8])
def test_one_arc_has_its_area_and_frequency(exponent):
    found = drt.analyse(FREQUENCY, spectrum(Zarc(100.0, 1e3, exponent)))
    (peak,) = found.peaks()
    assert peak.resistance == pytest.approx(100.0, rel=0.01)
    assert peak.frequency == pytest.approx(1e3, rel=0.1)
    assert peak.time_constant == pytest.approx(1 / (2e3 * math.pi), rel=0.1)
    assert peak.capacitance == pytest.approx(peak.time_constant / 100.0, rel=0.01)
    assert found.series_resistance == pytest.approx(20.0, rel=0.02)
    assert found.polarisation == pytest.approx(peak.resistance, rel=1e-3)
    assert peak.is_inside


# The tails of a depressed arc lie below its neighbours: they get 2.5 of its 50 ohm.
@pytest.mark.parametrize(
    ("exponent", "seen"), [(1.0, (80.0, 50.0, 100.0)), (0.9, (82.2, 46.6, 102.8))]
)
def test_three_peaks_come_back(exponent, seen):
    arcs = Zarc(80.0, 1e5), Zarc(50.0, 1e3, exponent), Zarc(100.0, 10.0)
    for z in (spectrum(*arcs), noisy(spectrum(*arcs))):
        found = drt.analyse(FREQUENCY, z)
        peaks = found.peaks()
        assert [peak.resistance for peak in peaks] == pytest.approx(seen, rel=0.02)
        assert [peak.frequency for peak in peaks] == pytest.approx([1e5, 1e3, 10.0], rel=0.1)
        for arc, expected in zip(arcs, seen, strict=True):
            band = arc.frequency / 5, 5 * arc.frequency
            assert found.resistance_between(*band) == pytest.approx(expected, rel=0.03)
        assert sum(p.resistance for p in peaks) == pytest.approx(found.polarisation, rel=2e-3)
        assert found.polarisation == pytest.approx(230.0, rel=0.01)


def test_distribution_of_an_arc_against_the_closed_form():
    arc = Zarc(100.0, 1e3, 0.8)
    found = drt.analyse(FREQUENCY, spectrum(arc), 1e-5)
    exact = arc.distribution(found.log_tau)
    middle = np.abs(found.log_tau + np.log(2 * np.pi * 1e3)) < 5
    np.testing.assert_allclose(found.gamma[middle], exact[middle], atol=0.05 * exact.max())
    assert quad(lambda x: arc.distribution(x), -60, 60, limit=200)[0] == pytest.approx(100.0)


def test_inductance_and_series_resistance():
    z = spectrum(Zarc(100.0, 1e3, 0.9)) + 1j * W * 5e-7
    found = drt.analyse(FREQUENCY, z)
    assert found.inductance == pytest.approx(5e-7, rel=0.01)
    assert found.series_resistance == pytest.approx(20.0, rel=0.01)
    assert found.residual < 3e-3


def test_unit_and_order_do_not_matter():
    z = noisy(spectrum(Zarc(100.0, 10.0), Zarc(50.0, 1e4, 0.9)))
    found = drt.analyse(FREQUENCY, z)
    backwards = drt.analyse(FREQUENCY[::-1].copy(), 1e-4 * z[::-1])
    np.testing.assert_allclose(1e4 * backwards.gamma, found.gamma, rtol=1e-6, atol=1e-8)
    assert np.all(np.diff(found.log_tau) > 0)


def test_kernel_and_penalty_against_quadrature():
    shape, centres = 2.5, np.array([3.0, 7.0, 2e4])
    kernel = kernels.kernel(np.array([11.0]), centres, shape)[0]
    for centre, value in zip(centres, kernel, strict=True):

        def part(x, k, f=centre):
            arc = 1 / (1 + 1j * 11.0 / f * math.exp(x))
            return (arc.real, arc.imag)[k] * math.exp(-((shape * x) ** 2))

        exact = [quad(part, -4, 4, args=(k,), epsabs=1e-14)[0] for k in (0, 1)]
        assert value == pytest.approx(complex(*exact), abs=1e-12)
    places = np.log(centres)
    root = kernels.slope_root(places, shape)

    def slope(x, m):
        return -2 * shape**2 * (x - m) * math.exp(-((shape * (x - m)) ** 2))

    for i, a in enumerate(places[:2]):
        for j, b in enumerate(places[:2]):

            def pair(x, m=a, n=b):
                return slope(x, m) * slope(x, n)

            exact = quad(pair, -5, 8, epsabs=1e-13)[0]
            assert (root.T @ root)[i, j] == pytest.approx(exact, abs=1e-10)


def test_a_stronger_penalty_is_smoother():
    z = noisy(spectrum(Zarc(100.0, 10.0), Zarc(50.0, 1e4, 0.9)))
    weak, strong = (drt.analyse(FREQUENCY, z, value) for value in (1e-5, 1e-1))
    assert strong.residual > weak.residual
    assert np.abs(np.diff(strong.gamma)).max() < np.abs(np.diff(weak.gamma)).max()


def test_cross_validation_follows_the_noise():
    exact = spectrum(Zarc(100.0, 1e3, 0.7), Zarc(50.0, 1e5, 0.9))
    quiet, loud = (drt.cross_validated(FREQUENCY, noisy(exact, size)) for size in (2e-3, 2e-2))
    assert 1e-6 < quiet < loud < 1.0

    def error(value):
        found = drt.analyse(FREQUENCY, noisy(exact, 2e-3), value)
        return float(np.linalg.norm(found.fitted - exact))

    assert error(None) == error(quiet)
    assert error(quiet) < min(error(0.03), 2 * error(1e-6))


def test_cross_validation_keeps_one_arc_whole():
    for seed in range(3):
        z = noisy(spectrum(Zarc(100.0, 1e3, 0.8)), 2e-3, seed)
        (peak,) = (each for each in drt.analyse(FREQUENCY, z, None).peaks() if not each.is_minor)
        assert peak.resistance == pytest.approx(100.0, rel=0.07)


def test_a_shorted_cell_is_a_resistance_and_an_inductance():
    found = drt.analyse(FREQUENCY, noisy(16.0 + 1j * W * 1e-6, 1e-3))
    assert found.series_resistance == pytest.approx(16.0, rel=2e-3)
    assert found.inductance == pytest.approx(1e-6, rel=2e-3)
    assert abs(found.polarisation) < 0.05
    assert found.extras == drt.PLAIN


@pytest.mark.parametrize(
    ("tail", "exponent"),
    [
        (Capacitor(1e-4), 1.0),
        (Capacitor(1e-6), 1.0),
        (ConstantPhase(1e-5, 0.85), 0.85),
        (Warburg(200.0), 0.5),
    ],
)
def test_a_tail_does_not_smear_an_arc(tail, exponent):
    found = drt.analyse(FREQUENCY, noisy(spectrum(Zarc(100.0, 1e4, 0.9)) + tail(W)))
    assert found.tail is not None
    assert found.tail.exponent == pytest.approx(exponent, abs=0.03)
    np.testing.assert_allclose(found.tail(W[:20]), tail(W[:20]), rtol=0.08)
    assert found.resistance_between(1e3, 1e5) == pytest.approx(100.0, rel=0.05)
    assert found.residual < 0.01


def test_without_the_tail_the_arc_would_be_smeared():
    z = noisy(spectrum(Zarc(100.0, 1e4)) + Capacitor(1e-4)(W))
    found = drt.analyse(FREQUENCY, z, extras=drt.PLAIN)
    assert found.residual > 0.2


def test_an_inductive_loop_is_a_negative_peak():
    loop = Parallel((Resistor(30.0), Inductor(30.0 / (2 * np.pi * 3))))
    found = drt.analyse(FREQUENCY, noisy(spectrum(Zarc(100.0, 1e4), loop), 1e-3))
    assert found.loop is not None
    *others, last = (peak for peak in found.peaks() if not peak.is_minor)
    assert last.resistance == pytest.approx(-30.0, rel=0.03)
    assert last.frequency == pytest.approx(3.0, rel=0.03)
    assert [peak.resistance for peak in others] == [pytest.approx(100.0, rel=0.03)]
    assert found.series_resistance == pytest.approx(50.0, rel=0.02)
    assert found.polarisation == pytest.approx(70.0, rel=0.02)


def test_noise_and_arcs_ask_for_no_extras():
    for arcs in ((Zarc(100.0, 1e3, 0.7),), (Zarc(50.0, 1e5, 0.9), Zarc(80.0, 10.0))):
        assert drt.analyse(FREQUENCY, noisy(spectrum(*arcs), 1e-2)).extras == drt.PLAIN


def test_resolution_tells_what_merges():
    closest = drt.analyse(FREQUENCY, spectrum(Zarc(100.0, 1e3))).resolution
    assert 0.4 < closest < 0.7

    def count(decades):
        arcs = (Zarc(100.0, 2e3 * 10 ** (sign * decades / 2)) for sign in (-1, 1))
        return len(drt.analyse(FREQUENCY, spectrum(*arcs)).peaks())

    assert count(0.85 * closest) == 1
    assert count(1.15 * closest) == 2


def test_peaks_at_the_edge_are_marked():
    found = drt.analyse(FREQUENCY, spectrum(Zarc(100.0, 0.8), Zarc(50.0, 1e4)))
    assert [peak.is_inside for peak in found.peaks()] == [True, False]


def test_nothing_but_a_resistor_has_no_peaks():
    found = drt.analyse(FREQUENCY, spectrum())
    assert found.series_resistance == pytest.approx(20.0)
    assert found.polarisation == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf])
def test_bad_weight(weight):
    with pytest.raises(InputError, match="greater than 0"):
        drt.analyse(FREQUENCY, spectrum(), weight)


def test_too_few_points():
    with pytest.raises(InputError, match="at least 10 points"):
        drt.analyse(FREQUENCY[:9], spectrum()[:9])


def test_too_many_points():
    frequency = np.geomspace(1e-3, 1e6, drt.MOST_POINTS + 1)
    with pytest.raises(InputError, match="at most 500 points"):
        drt.analyse(frequency, 1 / (1 + 1j * frequency))
