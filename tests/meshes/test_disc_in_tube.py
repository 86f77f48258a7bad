"""The tube: lengths of its named boundaries, its grading, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes.disc_in_tube import EDGE, REGION, DiscInTube, build
from lithode.solvers.numerics.gauges import boundary_size


@pytest.mark.mpi
def test_boundaries_and_sizes(comm):
    tube = DiscInTube(2.0, 0.01, 1.6)
    domain = build(tube, comm)
    sizes = {name: boundary_size(domain, name) for name in domain.boundaries}
    assert sizes == pytest.approx(
        {"electrode": EDGE, "electrode_gap": 1 - EDGE, "counter_electrode": 1.0, "sides": 4.0}
    )
    assert set(domain.regions) == {REGION}
    places = tube.graded(2.0)
    spacings = np.diff(places)
    assert places[[0, -1]].tolist() == [0.0, 2.0]
    assert 0.8 * 0.01 < spacings[0] <= 0.01
    assert spacings.max() <= 0.1
    assert np.max(spacings[1:] / spacings[:-1]) < 1.6 + 1e-9


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.0, 0.01), "height"),
        ((2.0, -0.01), "size"),
        ((2.0, 0.01, 0.9), "growth"),
        ((2.0, 0.2), "size_far"),
        ((2.0, 0.01, 1.5, 0.3), "size_far"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(InputError, match=words):
        DiscInTube(*arguments)
