"""Nodal values within bounds by what neighbours have: integrals stay, and so does the rest."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import StepFailed
from lithode.meshes.structured import structured
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.sharing import Sharing


def weights_on(comm):
    domain = structured(comm, (1.0, 1.0), (16, 16))
    return NodalWeights(domain, fem.functionspace(domain.mesh, ("P", 1)))


def nodal(weights, function):
    return function(*weights.space.tabulate_dof_coordinates().T[:2])


@pytest.mark.mpi
@pytest.mark.parametrize("limit", [np.inf, 0.9])
def test_bounds_are_kept_and_the_integral_is(comm, limit):
    weights = weights_on(comm)
    values = nodal(weights, lambda x, y: 0.4 + np.sin(9 * x) * np.cos(7 * y))
    free = nodal(weights, lambda x, y: y < 0.99)
    before, shared = values.copy(), values.copy()
    Sharing(weights, free).keep(shared, limit)
    assert shared[free].min() >= 0.0
    assert shared[free].max() <= limit
    np.testing.assert_array_equal(shared[~free], before[~free])
    kept = weights.sums(weights.whole * before, weights.whole * shared)
    assert kept[1] == pytest.approx(kept[0], rel=1e-12)


def test_only_neighbours_give():
    weights = weights_on(MPI.COMM_SELF)
    lacks = nodal(weights, lambda x, y: (abs(x - 0.5) < 1e-9) & (abs(y - 0.5) < 1e-9))
    values = np.where(lacks, -0.1, 1.0)
    Sharing(weights, np.ones(len(values), dtype=bool)).keep(values)
    far = nodal(weights, lambda x, y: np.hypot(x - 0.5, y - 0.5) > 0.1)
    assert values[lacks] == 0.0
    assert np.all(values[far] == 1.0)
    assert 0.9 < values[~far & ~lacks].min() < 1.0


def test_a_void_takes_from_afar():
    """Where neighbours have nothing either, all that have something give the same share."""
    weights = weights_on(MPI.COMM_SELF)
    values = nodal(weights, lambda x, y: np.where(x > 0.9, 2.0, 0.0) - np.where(x < 0.05, 1e-3, 0))
    before = weights.sums(weights.whole * values)[0]
    Sharing(weights, np.ones(len(values), dtype=bool)).keep(values)
    assert values.min() == 0.0
    assert weights.sums(weights.whole * values)[0] == pytest.approx(before, rel=1e-12)


def test_nothing_changes_within_bounds_and_too_little_is_refused():
    weights = weights_on(MPI.COMM_SELF)
    values = nodal(weights, lambda x, y: abs(x * y))
    kept = values.copy()
    sharing = Sharing(weights, np.ones(len(values), dtype=bool))
    sharing.keep(kept, 1.0)
    np.testing.assert_array_equal(kept, values)
    with pytest.raises(StepFailed, match="too little"):
        sharing.keep(values - 1.0)
