"""The log of a run, ``log.txt``."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mpi4py import MPI


class _Log(logging.FileHandler):
    """A log that says nothing about itself: a full disk is told by what matters more."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


@contextmanager
def log_file(comm: MPI.Intracomm) -> Iterator[Callable[[Path], None]]:
    """Log to a file on rank 0 that is opened later; what was logged before is kept for it.

    Gives what opens it.
    """
    package = logging.getLogger("lithode")
    waiting = logging.handlers.MemoryHandler(10_000, flushLevel=100)
    file: logging.FileHandler | None = None

    def open_log(path: Path) -> None:
        nonlocal file
        file = _Log(path)
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        waiting.setTarget(file)
        waiting.flush()
        package.removeHandler(waiting)
        package.addHandler(file)

    level = package.level
    if comm.rank == 0:
        package.addHandler(waiting)
        package.setLevel(logging.INFO)
    try:
        yield open_log
    finally:
        package.setLevel(level)
        package.removeHandler(waiting)
        if file is not None:
            package.removeHandler(file)
            with suppress(OSError):
                file.close()


_quiet = 0


@contextmanager
def quiet() -> Iterator[None]:
    """Let only warnings through to whoever listens now; a log file that is opened later has all."""
    global _quiet
    handlers = logging.getLogger("lithode").handlers
    levels = [(handler, handler.level) for handler in handlers]
    for handler, level in levels:
        handler.setLevel(max(level, logging.WARNING))
    _quiet += 1
    try:
        yield
    finally:
        _quiet -= 1
        for handler, level in levels:
            handler.setLevel(level)


def shows_bars() -> bool:
    """Whether somebody looks on who wants to see progress bars."""
    return sys.stderr.isatty() and not _quiet
