"""Not collected: ``test_parallel.py`` runs it to see a failing rank end the job."""

from __future__ import annotations

import pytest


@pytest.mark.mpi
def test_last_rank_fails_while_the_first_waits_for_it(comm):
    last = comm.size - 1
    assert comm.rank != last
    comm.recv(source=last)
