"""What one rank does for all, with its failure made known to all.

MPI takes half a second to start: nothing here starts it where one process is alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from lithode.core.errors import LithodeError
from lithode.core.files import out_of_room

if TYPE_CHECKING:
    from mpi4py import MPI

Result = TypeVar("Result")

# What mpirun, mpiexec and srun tell the processes that they start: Open MPI, MPICH and its kin,
# whatever speaks PMIx, Intel MPI, Cray, Flux.
_LAUNCHERS = (
    "OMPI_COMM_WORLD_SIZE",
    "PMI_RANK",
    "PMIX_RANK",
    "MPI_LOCALRANKID",
    "PALS_RANKID",
    "FLUX_TASK_RANK",
)


def world() -> MPI.Intracomm | None:
    """Return all ranks; None where one process is alone and has not started MPI."""
    if "mpi4py.MPI" in sys.modules or any(name in os.environ for name in _LAUNCHERS):
        from mpi4py import MPI

        return MPI.COMM_WORLD
    return None


def lasting(comm: MPI.Intracomm) -> MPI.Intracomm:
    """Return a communicator of the same ranks that no mesh owns; the one to send Python objects on.

    Where mpi4py has sent a pickled object, it takes a lock when the communicator is freed. A mesh
    frees its communicator while an exception unwinds; the lock then stays locked for good, and the
    next mesh that is freed waits for ever (mpi4py 4.1, ``commlock_free_cb``).

    Args:
        comm: Communicator, such as that of a mesh; collective the first time.
    """
    from mpi4py import MPI

    same = (MPI.IDENT, MPI.CONGRUENT)
    for known in (MPI.COMM_WORLD, MPI.COMM_SELF, *_duplicates):
        if MPI.Comm.Compare(comm, known) in same:
            return known
    _duplicates.append(comm.Dup())
    return _duplicates[-1]


_duplicates: list[MPI.Intracomm] = []


def on_root(comm: MPI.Intracomm | None, action: Callable[[], Result]) -> Result:
    """Run ``action`` on rank 0 and return its result, or raise its error, on every rank.

    An `OSError` of a disk that is full, or that cannot be written any more, is a `StorageError`.

    Args:
        comm: Communicator, collective; None for a process alone.
        action: Takes nothing and returns something that pickles.
    """
    if comm is None:
        try:
            return action()
        except OSError as error:
            if full := out_of_room(error):
                raise full from error
            raise
    comm = lasting(comm)
    result: Result | None = None
    failure: Exception | None = None
    if comm.rank == 0:
        try:
            result = action()
        except Exception as error:
            failure = error if isinstance(error, LithodeError) else out_of_room(error)
            if failure is None:
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


def on_each(comm: MPI.Intracomm, action: Callable[[], None]) -> None:
    """Run ``action`` on every rank; the error of the first rank that fails is raised on all.

    Args:
        comm: Communicator, collective.
        action: Communicates with no other rank.
    """
    from mpi4py import MPI

    comm = lasting(comm)
    failure: Exception | None = None
    try:
        action()
    except LithodeError as error:
        failure = error
    except Exception as error:
        # Not every exception survives pickling.
        failure = RuntimeError(f"rank {comm.rank} failed: {error!r}")
    first = comm.allreduce(comm.rank if failure else comm.size, op=MPI.MIN)
    failure = comm.bcast(failure, root=first) if first < comm.size else None
    try:
        if failure is not None:
            raise failure
    finally:
        # As above.
        del failure


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
