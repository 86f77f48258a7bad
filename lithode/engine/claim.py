"""A run directory that belongs to one run, from before it is checked until the run has ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from mpi4py import MPI

from lithode.core.parallel import on_root
from lithode.engine import lock
from lithode.engine.rundir import RunDirectory


@contextmanager
def claimed(
    directory: RunDirectory, comm: MPI.Intracomm, *, resume: bool, overwrite: bool
) -> Iterator[None]:
    """Own a run directory for a run; collective.

    A directory that was made for it is removed again if the run fails before it writes anything.

    Args:
        directory: Where the run will write.
        comm: Ranks of the run; rank 0 owns the directory for all.
        resume: Whether it must hold a run.
        overwrite: Whether it may hold one.

    Raises:
        InputError: The directory is used, owned by somebody else, or cannot be written.
    """
    held, is_new = ExitStack(), False

    def claim() -> None:
        nonlocal is_new
        is_new = directory.make(resume=resume)
        with ExitStack() as stack:
            stack.callback(_remove_if_empty, directory, is_new)
            stack.enter_context(lock.owned(directory.path))
            directory.check_free(resume=resume, overwrite=overwrite)
            held.push(stack.pop_all())

    on_root(comm, claim)
    with held:
        yield


def _remove_if_empty(directory: RunDirectory, is_new: bool) -> None:
    if is_new:
        with suppress(OSError):
            directory.path.rmdir()
