"""The same run on any number of ranks."""

from __future__ import annotations

import pytest
from mpi4py import MPI


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize(
    ("solver", "tolerance"), [("direct", 1e-12), ("iterative", 1e-8), ("multigrid", 1e-8)]
)
def test_lithium_does_not_depend_on_the_ranks(comm, growth, solver, tolerance):
    amounts = []
    for where in (MPI.COMM_SELF, comm):
        model = growth.model(where, solver=solver)
        result = growth.run(model, 25.0)
        assert result.steps > 30
        assert result.rejected > 0
        row = model.measure()
        amounts.append((result.steps, row["lithium [um^2]"], row["tip_height [um]"]))
    (steps, lithium, tip), (steps_here, lithium_here, tip_here) = amounts
    assert steps_here == steps
    assert lithium_here == pytest.approx(lithium, rel=tolerance)
    assert tip_here == pytest.approx(tip, rel=100 * tolerance)
    assert comm.allgather(lithium_here) == [lithium_here] * comm.size
