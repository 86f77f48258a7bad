from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes.gaps import separation
from lithode.meshes.packing import LogNormal, Uniform, pack
from lithode.meshes.shapes import bounds

MIXED = LogNormal(median=4, deviation=1.5, smallest=2, largest=9)


def _packing(dimension, corners, seed=1):
    if dimension == 2:
        return pack((0, 5), (80, 90), 0.4, MIXED, seed=seed, gap=1.0, corners=corners)
    return pack((0, 0, 5), (30, 30, 45), 0.15, Uniform(3, 6), seed, gap=1.0, corners=corners)


@pytest.mark.parametrize(("dimension", "corners"), [(2, None), (2, 7), (3, None), (3, 12)])
def test_fraction_and_gaps(dimension, corners):
    particles = _packing(dimension, corners)
    assert {p.region for p in particles} == {"particles"}
    box = 80 * 85 if dimension == 2 else 30 * 30 * 40
    fraction = 0.4 if dimension == 2 else 0.15
    assert sum(p.shape.measure for p in particles) / box == pytest.approx(fraction, rel=1e-9)
    for a, b in itertools.combinations(particles, 2):
        assert separation(a.shape, b.shape) >= 1.0 - 1e-9
    low, high = zip(*(bounds(p.shape) for p in particles), strict=True)
    base = [0] * (dimension - 1) + [5]
    top = [80, 90] if dimension == 2 else [30, 30, 45]
    assert np.all(np.array(low) >= np.array(base) + 1 - 1e-9)
    assert np.all(np.array(high) <= np.array(top) - 1 + 1e-9)


def test_dense_packing():
    particles = pack((0, 0), (80, 90), 0.65, Uniform(3, 6), seed=1, gap=0.3)
    assert sum(p.shape.measure for p in particles) == pytest.approx(0.65 * 7200)
    gaps = [separation(a.shape, b.shape) for a, b in itertools.combinations(particles, 2)]
    assert min(gaps) >= 0.3 - 1e-9


@pytest.mark.parametrize(("dimension", "corners"), [(2, None), (2, 7), (3, 12)])
def test_seed_decides(dimension, corners):
    first, again, other = (_packing(dimension, corners, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_size_distributions():
    rng = np.random.default_rng(0)
    radii = LogNormal(median=5, deviation=1.3, smallest=1, largest=30).draw(rng, 20_000)
    assert np.median(radii) == pytest.approx(5, rel=0.02)
    assert np.exp(np.std(np.log(radii))) == pytest.approx(1.3, rel=0.02)
    cut = LogNormal(median=5, deviation=3, smallest=4, largest=7).draw(rng, 20_000)
    assert 4 <= cut.min() < 4.01
    assert 6.99 < cut.max() <= 7
    even = Uniform(2, 4).draw(rng, 20_000)
    assert (even.mean(), even.min(), even.max()) == pytest.approx((3, 2, 4), rel=0.01)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fraction": 0.9}, "cannot be packed: with the gaps, .* discs around"),
        ({"sizes": Uniform(30, 30)}, "cannot be packed|too small"),
        ({"fraction": 1e-4}, "too small for one particle"),
        ({"sizes": Uniform(0.01, 0.01)}, "needs more than"),
        ({"fraction": 0}, "between 0 and 1"),
        ({"fraction": 1.2}, "between 0 and 1"),
        ({"fraction": math.nan}, "finite"),
        ({"gap": -1}, "gap = -1 um"),
        ({"gap": math.nan}, "finite"),
        ({"seed": -3}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"upper": (40, 0)}, "positive size"),
        ({"upper": (40, math.inf)}, "finite"),
        ({"upper": (40, 40, 40)}, "coordinates"),
        ({"corners": 2}, "at least 3"),
        ({"corners": 5, "irregularity": -1}, "irregularity"),
    ],
)
def test_bad_input(changed, said):
    good = {"lower": (0, 0), "upper": (40, 40), "fraction": 0.3, "sizes": Uniform(3, 5)}
    with pytest.raises(InputError, match=said) as caught:
        pack(**{**good, "seed": 1, "gap": 0.5, **changed})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Uniform(3, 2),
        lambda: Uniform(-1, 2),
        lambda: Uniform(1, math.nan),
        lambda: LogNormal(4, 1.0, 2, 9),
        lambda: LogNormal(4, 1.5, 9, 2),
        lambda: LogNormal(-4, 1.5, 2, 9),
    ],
)
def test_bad_sizes(make):
    with pytest.raises(InputError):
        make()
