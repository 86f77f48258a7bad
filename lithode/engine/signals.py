"""Signals that ask a run to stop, agreed on by all ranks."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Self

from mpi4py import MPI

_ASKING = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGXCPU,
    signal.SIGUSR1,
)


class StopSignals:
    """Remembers signals that ask to stop while it is entered; a second one has its usual effect.

    They are SIGINT, SIGTERM, SIGHUP (a terminal that is gone), SIGQUIT and SIGXCPU (a limit of
    CPU time). SIGUSR1 counts as SIGTERM: mpirun hands it on, where some end the ranks on SIGTERM
    at once. What is ignored, as SIGHUP under nohup, stays so.

    Args:
        comm: Ranks that must agree on a stop.
    """

    def __init__(self, comm: MPI.Intracomm) -> None:
        self._comm, self._number = comm, 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in _ASKING:
            if signal.getsignal(number) is signal.SIG_IGN:
                continue
            try:
                self._before[number] = signal.signal(number, self._note)
            except ValueError:  # not on the main thread: the caller's own business
                break
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._number = signal.SIGTERM if number == signal.SIGUSR1 else number
        signal.signal(number, signal.SIG_DFL)

    @property
    def number(self) -> int:
        """The signal that this rank has got, 0 if none."""
        return self._number

    def agreed(self) -> int:
        """Return the signal that any rank has got, 0 if none; collective."""
        return int(self._comm.allreduce(self._number, MPI.MAX))
