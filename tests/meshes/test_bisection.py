"""Meshes bisected from a base: they conform, nest, keep regions, and pass functions on."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.core.sizes import Band, is_large
from lithode.meshes import electrolyte
from lithode.meshes.bisection import Forest
from lithode.meshes.refined import arrays_of
from lithode.meshes.shapes import Particle, Polygon, faceted_ball

FLAT = electrolyte.Electrolyte(
    width=16,
    height=20,
    size=2.5,
    particles=(Particle(Polygon(((4, 9), (12, 8), (11, 15), (5, 16)))),),
)
SOLID = electrolyte.Electrolyte(
    width=9,
    depth=8,
    height=12,
    size=3.0,
    particles=(Particle(faceted_ball((4.5, 4, 7), 3.5, 12, 0.5, seed=3)),),
)
SIZE = {2: 0.4, 3: 0.9}
# What conditions hold; the sides are free.
HELD = (1, 2)


@pytest.fixture(scope="module", params=[FLAT, SOLID], ids=["2d", "3d"])
def forest(request):
    return Forest(arrays_of(electrolyte.build(request.param, MPI.COMM_SELF)))


def wavy(forest, height, reach=1.5):
    """Sizes along a front that is no plane."""
    points = forest.base.points
    dim = points.shape[1]
    rows = np.random.default_rng(1).uniform(points.min(axis=0), points.max(axis=0), (4000, dim))
    rows[:, -1] = height + np.sin(rows[:, 0] / 2)
    return Band(SIZE[dim], reach).sizes(rows)


@pytest.fixture(scope="module")
def low(forest):
    return forest.refined(wavy(forest, 4.0))


@pytest.fixture(scope="module")
def high(forest):
    return forest.refined(wavy(forest, 7.0))


def facets_of(arrays):
    cells = arrays.cells
    rows = [np.delete(cells, k, axis=1) for k in range(cells.shape[1])]
    return np.unique(np.sort(np.concatenate(rows), axis=1), axis=0, return_counts=True)


def volumes_of(arrays):
    corners = arrays.points[arrays.cells]
    return np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / [1, 1, 2, 6][corners.shape[2]]


def names_of(arrays, values, rows):
    """The rows of some vertices by their coordinates, each with its number."""
    return {
        (frozenset(map(tuple, arrays.points[row])), int(value))
        for row, value in zip(rows, values, strict=True)
    }


def test_no_vertex_hangs_and_boundaries_are_the_outer_facets(low, forest):
    rows, counts = facets_of(low.arrays)
    assert set(counts) == {1, 2}
    assert {*map(tuple, rows[counts == 1])} == {*map(tuple, low.arrays.facets)}
    dim = forest.base.points.shape[1]
    for number in (1, 2, 3):

        def size(arrays, number=number):
            corners = arrays.points[arrays.facets[arrays.boundaries == number]]
            edges = corners[:, 1:] - corners[:, :1]
            return np.sqrt(np.linalg.det(edges @ edges.swapaxes(1, 2))).sum()

        assert size(low.arrays) == pytest.approx(size(forest.base), rel=1e-12)
    heights = low.arrays.points[low.arrays.facets[low.arrays.boundaries == 1], dim - 1]
    np.testing.assert_array_equal(heights, 0.0)


def test_cells_keep_their_volume_and_region(low, forest):
    np.testing.assert_allclose(volumes_of(low.arrays), low.volumes, rtol=1e-9)
    base = volumes_of(forest.base)
    for number in (1, 2):
        here = low.volumes[low.arrays.regions == number].sum()
        assert here == pytest.approx(base[forest.base.regions == number].sum(), rel=1e-12)
    assert low.weights.sum() == pytest.approx(base.sum(), rel=1e-12)


def test_sizes_are_as_allowed_and_coarse_far_away(low, forest):
    points, cells = low.arrays.points, low.arrays.cells
    dim = points.shape[1]
    allowed = wavy(forest, 4.0)
    assert not is_large(low.volumes, allowed(points[cells].mean(axis=1)), dim).any()
    near = allowed(points[cells].mean(axis=1)) == SIZE[dim]
    assert 0.5 * SIZE[dim] < np.median(low.sizes[near]) < 1.2 * SIZE[dim]
    assert low.sizes.max() > 1.7 * SIZE[dim]


def test_cells_stay_in_shape(low, forest):
    def shapes(arrays):
        corners = arrays.points[arrays.cells]
        spans = np.linalg.norm(corners[:, :, None] - corners[:, None], axis=3).max(axis=(1, 2))
        return volumes_of(arrays) / spans ** corners.shape[2]

    # Bisection makes a few shapes out of one, none of them much flatter.
    assert shapes(low.arrays).min() > 0.2 * shapes(forest.base).min()


def test_the_way_to_a_mesh_does_not_matter(low, forest):
    shuffled = np.random.default_rng(0).permutation(low.arrays.points)
    again = forest.through(shuffled)
    found = names_of(again.arrays, again.arrays.regions, again.arrays.cells)
    assert found == names_of(low.arrays, low.arrays.regions, low.arrays.cells)
    found = names_of(again.arrays, again.arrays.boundaries, again.arrays.facets)
    assert found == names_of(low.arrays, low.arrays.boundaries, low.arrays.facets)


def test_points_of_another_base_are_refused(low, forest):
    with pytest.raises(InputError, match="not refined from"):
        forest.through(low.arrays.points * 1.5)


def test_too_many_cells_are_refused(forest):
    with pytest.raises(InputError, match="over 5000 cells"):
        forest.refined(lambda points: np.full(len(points), 0.05), most_cells=5000)


def test_there_and_back_through_a_finer_mesh_changes_nothing(low, forest):
    nothing, everything = np.array([False]), np.array([True])
    both = forest.refined(
        lambda points: np.minimum(wavy(forest, 4.0)(points), wavy(forest, 7.0)(points))
    )
    values = np.random.default_rng(2).uniform(size=(len(low.parents), 1))
    finer = both.values_of(low, values, nothing)
    assert both.weights @ finer == pytest.approx(low.weights @ values, rel=1e-13)
    np.testing.assert_array_equal(low.values_of(both, finer, nothing), values)
    np.testing.assert_allclose(low.values_of(both, finer, everything), values, atol=1e-12)


def test_linear_functions_are_passed_on_exactly(low, high):
    def linear(mesh):
        points = mesh.arrays.points
        return np.stack([points @ np.arange(1, 1 + points.shape[1]), 0 * points[:, 0] + 3], axis=1)

    moved = high.values_of(low, linear(low), np.array([True, True]), HELD)
    np.testing.assert_allclose(moved, linear(high), rtol=1e-11)


def test_integrals_are_kept_near_where_cells_were_joined(low, high, forest):
    def hump(mesh):
        points = mesh.arrays.points
        return np.exp(-((points[:, -1:] - 4) ** 2) / 8) * [1.0, 2.0] + [0.0, 1.0]

    values = hump(low)
    moved = high.values_of(low, values, np.array([True, False]), HELD)
    plain = high.values_of(low, values, np.array([False, False]), HELD)
    wanted = low.weights @ values
    assert high.weights @ moved[:, 0] == pytest.approx(wanted[0], rel=1e-13)
    # Without the correction something is lost, so the line above can fail.
    assert abs(high.weights @ plain[:, 0] / wanted[0] - 1) > 1e-5
    np.testing.assert_array_equal(moved[:, 1], plain[:, 1])
    # The correction is as small as what interpolation loses, and leaves alone what is far.
    error = np.abs(plain - hump(high))[:, 0].max()
    change = np.abs(moved - plain)[:, 0]
    assert change.max() < 3 * max(error, 0.02)
    far = high.arrays.points[:, -1] > 10
    assert change[far].max() < 1e-12
    held = np.unique(high.arrays.facets[np.isin(high.arrays.boundaries, HELD)])
    assert not change[held].any()


def test_halves_inherit_the_values_of_cells_and_merged_cells_have_the_mean(low, high):
    """A linear function at the middles of cells: at the middle of a merged cell it is the mean."""
    random = np.random.default_rng(2)
    slope = random.normal(size=low.arrays.points.shape[1])
    middles = [mesh.arrays.points[mesh.arrays.cells].mean(axis=1) for mesh in (low, high)]
    order = random.permutation(len(low.arrays.cells))
    cells, values = low.arrays.cells[order][:, ::-1], (middles[0] @ slope)[order]
    found = high.cell_values_of(low, cells, values[:, None])[:, 0]
    assert found @ high.volumes == pytest.approx(values @ low.volumes[order], rel=1e-12)
    is_mean = np.isclose(found, middles[1] @ slope, rtol=0, atol=1e-12)
    sorter = np.argsort(values)
    owner = sorter[np.minimum(np.searchsorted(values[sorter], found), len(values) - 1)]
    inherits = values[owner] == found
    assert (is_mean | inherits).all()
    assert min((is_mean & ~inherits).sum(), (inherits & ~is_mean).sum()) > 50
    # The middle of a half lies in the cell it comes from.
    corners = low.arrays.points[cells[owner[inherits]]]
    edges = (corners[:, 1:] - corners[:, :1]).swapaxes(1, 2)
    shares = np.linalg.solve(edges, (middles[1][inherits] - corners[:, 0])[..., None])[..., 0]
    assert shares.min() > -1e-9
    assert shares.sum(axis=1).max() < 1 + 1e-9
