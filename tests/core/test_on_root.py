"""What one rank does for all."""

from __future__ import annotations

import errno
import weakref

import pytest

from lithode.core.errors import InputError, StorageError
from lithode.core.parallel import on_each, on_root

pytestmark = pytest.mark.mpi


class Solvers:
    """Stands for what is destroyed collectively."""


def fail():
    raise InputError("width", 0, "must be greater than 0", "um")


def test_an_error_is_raised_on_all_ranks(comm):
    with pytest.raises(InputError, match="width = 0 um: must be greater than 0"):
        on_root(comm, fail)
    assert on_root(comm, lambda: comm.rank) == 0


@pytest.mark.parametrize("is_alone", [False, True])
def test_a_full_disk_is_no_bug_on_one_process_either(comm, is_alone):
    def write():
        raise OSError(errno.ENOSPC, "No space left on device", "report.md")

    with pytest.raises(StorageError, match=r"report\.md cannot be written \(No space"):
        on_root(None if is_alone else comm, write)


@pytest.mark.usefixtures("no_collection")
def test_an_error_keeps_nothing_alive(comm):
    """In a cycle solvers would be destroyed at different times on each rank, and hang."""
    kept = []

    def use_solvers():
        solvers = Solvers()
        kept.append(weakref.ref(solvers))
        on_root(comm, fail)

    with pytest.raises(InputError):
        use_solvers()
    assert kept[0]() is None


def test_an_error_of_any_rank_is_raised_on_all(comm):
    done = []

    def fail_on_the_last():
        if comm.rank == comm.size - 1:
            raise InputError("width", comm.rank, "must be greater", "um")
        done.append(1)

    with pytest.raises(InputError, match=f"width = {comm.size - 1} um: must be greater"):
        on_each(comm, fail_on_the_last)
    assert len(done) == (comm.rank < comm.size - 1)
    with pytest.raises(RuntimeError, match="rank 0 failed: ZeroDivisionError"):
        on_each(comm, lambda: done.append(1 // comm.rank))
    on_each(comm, lambda: None)


@pytest.mark.usefixtures("no_collection")
def test_an_error_of_any_rank_keeps_nothing_alive(comm):
    kept = []

    def use_solvers():
        solvers = Solvers()
        kept.append(weakref.ref(solvers))
        on_each(comm, fail)

    with pytest.raises(InputError):
        use_solvers()
    assert kept[0]() is None
