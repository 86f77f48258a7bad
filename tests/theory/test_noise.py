"""The random field: reproducible anywhere, bounded, unbiased, continuous."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.meshes.structured import structured
from lithode.theory.noise import LatticeNoise, NoiseAt

NOISE = LatticeNoise(spacing=3.0, period=10.0, seed=1)


def points(number, dim=2, seed=0):
    out = np.zeros((number, 3))
    out[:, :dim] = np.random.default_rng(seed).uniform(-90.0, 90.0, (number, dim))
    return out


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_values_belong_to_places(dim):
    x = points(500, dim)
    order = np.random.default_rng(5).permutation(len(x))
    values = NOISE(x, 17.3)
    np.testing.assert_array_equal(NOISE(x[order], 17.3), values[order])
    np.testing.assert_array_equal(NOISE(x[:1], 17.3), values[:1])
    np.testing.assert_array_equal(NOISE(x, 17.3), values)


@pytest.mark.mpi
@pytest.mark.mpi3
def test_values_are_the_same_on_any_number_of_ranks(comm):
    mesh = structured(comm, (20.0, 30.0), (8, 12)).mesh
    owned = mesh.geometry.x[: mesh.geometry.index_map().size_local]
    total = comm.allreduce(NOISE(owned, 31.0).sum())
    x, y = np.meshgrid(np.linspace(0, 20.0, 9), np.linspace(0, 30.0, 13))
    whole = NOISE(np.column_stack([x.ravel(), y.ravel(), 0 * x.ravel()]), 31.0)
    assert total == pytest.approx(whole.sum(), abs=1e-9)


@pytest.mark.parametrize("dim", [2, 3])
def test_values_fill_the_interval_without_bias(dim):
    corners = np.zeros((40_000, 3))
    corners[:, :dim] = 3.0 * np.random.default_rng(2).integers(-500, 500, (40_000, dim))
    values = NOISE(corners, 0.0)
    assert -1 <= values.min() < -0.99
    assert 0.99 < values.max() <= 1
    # Uniform on [-1, 1]: mean 0 and variance 1/3, within five standard errors.
    assert abs(values.mean()) < 5 / np.sqrt(3 * len(values))
    assert values.var() == pytest.approx(1 / 3, abs=0.01)
    between = NOISE(points(40_000, dim), 4.0)
    assert abs(between.mean()) < 0.02
    assert np.abs(between).max() <= 1


def test_continuous_in_space_and_smooth_in_time():
    x = points(300)
    for time in (0.0, 9.999, 10.0, 25.0):
        step = 1e-6
        assert np.abs(NOISE(x + np.array([step, 0, 0]), time) - NOISE(x, time)).max() < 2 * step
        assert np.abs(NOISE(x, time + step) - NOISE(x, time)).max() < step
    # The rate vanishes where one set of values is left for the next.
    assert np.abs(NOISE(x, 10.001) - NOISE(x, 9.999)).max() < 1e-6


def test_independent_over_places_times_and_seeds():
    x = np.zeros((5000, 3))
    x[:, 0] = 3.0 * np.arange(5000)
    values = NOISE(x, 0.0)
    others = {
        "neighbour": np.roll(values, 1),
        "later": NOISE(x, 10.0),
        "seed": LatticeNoise(3.0, 10.0, 2)(x, 0.0),
        "transposed": NOISE(x[:, [1, 0, 2]], 0.0),
    }
    for name, other in others.items():
        assert abs(np.corrcoef(values[1:], other[1:])[0, 1]) < 0.06, name


def test_any_integer_is_a_seed():
    x = points(10)
    results = {LatticeNoise(3.0, 10.0, s)(x, 1.0).tobytes() for s in (0, -1, 2**40, 7)}
    assert len(results) == 4


def test_a_period_is_hashed_once(monkeypatch):
    x, hashed = points(200), []
    slot = LatticeNoise.slot

    def counted(self, places, number):
        hashed.append(number)
        return slot(self, places, number)

    monkeypatch.setattr(LatticeNoise, "slot", counted)
    at = NoiseAt(NOISE, x)
    times = (3.0, 7.0, 9.9, 12.0, 9.9, 31.0, 38.0)
    values = [at(time) for time in times]
    assert hashed == [0, 1, 2, 0, 3, 4]
    for time, value in zip(times, values, strict=True):
        np.testing.assert_array_equal(value, NOISE(x, time))
