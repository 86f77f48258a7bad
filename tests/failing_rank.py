"""Not collected: ``test_parallel.py`` runs it to see a failing rank end the job."""

from __future__ import annotations

import pytest


@pytest.mark.mpi
def test_last_rank_fails_before_a_collective(comm):
    assert comm.rank != comm.size - 1
    comm.Barrier()
