"""What one rank does for all, with its failure made known to all."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from mpi4py import MPI

from lithode.core.errors import LithodeError

Result = TypeVar("Result")


def on_root(comm: MPI.Intracomm, action: Callable[[], Result]) -> Result:
    """Run ``action`` on rank 0 and return its result, or raise its error, on every rank.

    Args:
        comm: Communicator; collective.
        action: Takes nothing and returns something that pickles.
    """
    result: Result | None = None
    failure: Exception | None = None
    if comm.rank == 0:
        try:
            result = action()
        except LithodeError as error:
            failure = error
        except Exception as error:
            # Not every exception survives pickling, and an unpickled one says less.
            comm.bcast((None, RuntimeError(f"rank 0 failed: {error!r}")), root=0)
            raise
    shared: tuple[Result, Exception | None] = comm.bcast((result, failure), root=0)
    if shared[1] is not None:
        try:
            raise shared[1]
        finally:
            # This frame is in the traceback: holding the error it would keep all frames alive.
            del shared, failure
    return shared[0]


def all_arrive(comm: MPI.Intracomm, seconds: float) -> bool:
    """Return whether every rank calls this within ``seconds``.

    Args:
        comm: A communicator that is used for nothing else.
        seconds: How long to wait.
    """
    request = comm.Ibarrier()
    deadline = time.monotonic() + seconds
    while not request.Test():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
