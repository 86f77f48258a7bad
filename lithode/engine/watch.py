"""What looks on while a run marches: files, signals, log lines and the progress bar."""

from __future__ import annotations

import logging
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Self

from mpi4py import MPI
from tqdm import tqdm

from lithode.core.errors import Interrupted
from lithode.core.parallel import on_root
from lithode.engine.rundir import RunDirectory
from lithode.output.fields import FieldWriter
from lithode.output.history import HistoryWriter, read_history
from lithode.solvers.numerics.checkpoint import write_checkpoint
from lithode.solvers.numerics.march import StepRecord
from lithode.solvers.numerics.model import Model

logger = logging.getLogger(__name__)

_LOG_SECONDS = 10.0
_CHECKPOINT_SECONDS = 60.0

WALL = "wall [s]"
"""History column of the time spent on the run so far, the only one that no other run repeats."""


class StopSignals:
    """Remembers SIGINT and SIGTERM while it is entered; a second one has its usual effect.

    SIGUSR1 counts as SIGTERM: mpirun hands it on, where some end the ranks on SIGTERM at once.

    Args:
        comm: Ranks that must agree on a stop.
    """

    def __init__(self, comm: MPI.Intracomm) -> None:
        self._comm, self._number = comm, 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
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


class Progress:
    """A progress bar on an interactive terminal, else a log line now and then.

    Args:
        model: At the state from which the march starts; only rank 0 of it shows anything.
        end: Where it will end.
    """

    def __init__(self, model: Model, end: float) -> None:
        self._is_root, self._end, self._steps = model.domain.mesh.comm.rank == 0, end, 0
        axis = model.axis
        self._logged = time.monotonic()
        self._bar = tqdm(
            total=end,
            initial=model.time,
            disable=not (self._is_root and sys.stderr.isatty()),
            bar_format="{percentage:3.0f}%|{bar}| "
            f"{axis.symbol} = {{n:.4g}} of {{total:.4g}}{axis.suffix} "
            "[{elapsed}<{remaining}]{postfix}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def step(self, model: Model, record: StepRecord) -> None:
        """Show where the march is."""
        self._steps += 1
        self._bar.set_postfix_str(f"step {record.dt:.3g}{model.axis.suffix}", refresh=False)
        self._bar.update(model.time - self._bar.n)
        now = time.monotonic()
        if self._bar.disable and now - self._logged > _LOG_SECONDS:
            self._log(model)

    def output(self, model: Model) -> None:
        """Log where the march is."""
        self._log(model)

    def _log(self, model: Model) -> None:
        if self._is_root:
            self._logged = time.monotonic()
            part = model.time / self._end if self._end else 1.0
            logger.info(
                "%s of %.6g%s (%.0f %%), %d steps",
                model.axis.at(model.time), self._end, model.axis.suffix, 100 * part, self._steps,
            )  # fmt: skip


class PartDone:
    """Progress of what knows its part done, for rank 0: a bar on a terminal, else log lines.

    Args:
        stop: Signals to heed.
    """

    def __init__(self, stop: StopSignals) -> None:
        self._stop, self._logged = stop, time.monotonic()
        self._bar = tqdm(
            total=1.0,
            disable=not sys.stderr.isatty(),
            bar_format="{percentage:3.0f}%|{bar}| [{elapsed}<{remaining}]",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def __call__(self, part: float) -> None:
        """Show the part done, from 0 to 1.

        Raises:
            Interrupted: A signal has asked to stop.
        """
        if self._stop.number:
            raise Interrupted(self._stop.number)
        self._bar.update(part - self._bar.n)
        now = time.monotonic()
        if self._bar.disable and now - self._logged > _LOG_SECONDS:
            self._logged = now
            logger.info("%.0f %% done", 100 * part)


class Recorder:
    """Writes fields at the output times, history after every step, and checkpoints.

    Args:
        directory: Where to write.
        model: The model, at the state from which the march starts.
        case: Name of the case.
        parameters_hash: Digest that a checkpoint must match to be resumed.
        resumed: Whether ``model`` was restored, so that files are continued.
        started: `time.monotonic` of the start of the run.
    """

    def __init__(
        self,
        directory: RunDirectory,
        model: Model,
        *,
        case: str,
        parameters_hash: str,
        resumed: bool,
        started: float,
    ) -> None:
        self._directory, self._model = directory, model
        self._case, self._hash = case, parameters_hash
        self._comm = model.domain.mesh.comm
        self._saved = time.monotonic()
        self._history: HistoryWriter | None = None
        self._started = started

        def open_history() -> None:
            self._history = HistoryWriter(
                directory.history, model.time if resumed else None, model.axis
            )
            earlier = read_history(directory.history).get(WALL) if resumed else None
            if earlier is not None and len(earlier):
                self._started -= float(earlier[-1])

        on_root(self._comm, open_history)
        self._fields = FieldWriter(directory.fields, model.domain, resumed, model.axis)
        self._skip_output = self._has_start = resumed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._fields.close()
        if self._history:
            self._history.close()

    @property
    def wall_seconds(self) -> float:
        """Time spent on the run so far, earlier sessions included; on rank 0."""
        return time.monotonic() - self._started

    def step(self, model: Model, record: StepRecord) -> None:
        """Append to the history."""
        self._append(model, record)

    def output(self, model: Model) -> None:
        """Write the fields and a checkpoint; nothing at the start of a resumed march."""
        if self._skip_output:
            self._skip_output = False
            return
        if not self._has_start:
            self._append(model, StepRecord(0.0, 0.0, 0, 0, 0))
            self._has_start = True
        self._fields.write(model.time, model.fields())
        self.save()

    def save(self) -> Path:
        """Write a checkpoint; collective."""
        path = write_checkpoint(
            self._directory.checkpoints, self._model, case=self._case, parameters_hash=self._hash
        )
        self._saved = time.monotonic()
        return path

    def save_when_due(self) -> int:
        """Write a checkpoint if the last one is old; collective, returns 0."""
        if on_root(self._comm, lambda: time.monotonic() - self._saved > _CHECKPOINT_SECONDS):
            self.save()
        return 0

    def _append(self, model: Model, record: StepRecord) -> None:
        measured = model.measure()
        if self._history:
            self._history.write(
                model.time,
                {
                    model.axis.step_column: record.dt,
                    "error": record.error,
                    "rejected": record.rejected,
                    "nonlinear_iterations": record.nonlinear_iterations,
                    "linear_iterations": record.linear_iterations,
                    WALL: self.wall_seconds,
                    **measured,
                },
            )
