"""What a run leaves while it marches: fields, history and checkpoints.

A checkpoint holds the state at the last refresh, a few steps back: from there a run goes on as if
it had never stopped, whenever the checkpoint itself was written.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from lithode.core.files import storage_error
from lithode.core.parallel import lasting, on_root
from lithode.engine.rundir import RunDirectory
from lithode.output.field_writer import FieldWriter
from lithode.output.history import HistoryWriter, read_history
from lithode.solvers.numerics.checkpoint import newest_file, write_checkpoint
from lithode.solvers.numerics.march import StepRecord
from lithode.solvers.numerics.model import Model, Snapshot

_CHECKPOINT_SECONDS = 60.0
# Share of the time that checkpoints may take: one can be as large as the fields of many times.
_CHECKPOINT_SHARE = 0.05

WALL = "wall [s]"
"""History column of the time spent on the run so far, the only one that no other run repeats."""


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
        self._comm = lasting(model.domain.mesh.comm)
        self._saved, self._cost = time.monotonic(), 0.0
        self._history: HistoryWriter | None = None
        self._started = started
        self._failure: OSError | None = None
        self._snapshot, self._is_saved = Snapshot.of(model), resumed
        self.last_checkpoint: Path | None = (
            on_root(self._comm, lambda: newest_file(directory.checkpoints)) if resumed else None
        )

        def open_history() -> tuple[bool, bool]:
            is_there = resumed and directory.history.is_file()
            walls = read_history(directory.history).get(WALL, ()) if is_there else ()
            self._history = HistoryWriter(
                directory.history, model.time if resumed else None, model.axis
            )
            if kept := len(read_history(directory.history).get(WALL, ())):
                self._started -= float(walls[kept - 1])
            return kept > 0, resumed and directory.fields.exists()

        # On several ranks a checkpoint is there before either; and files get lost.
        self._has_start, self._skip_output = on_root(self._comm, open_history)
        self._fields = FieldWriter(directory.fields, model.domain, resumed, model.axis)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:  # else other ranks may not come
            self._fields.close()
        if self._history:
            with suppress(OSError):  # was met, and told, when the last row was written
                self._history.close()

    @property
    def wall_seconds(self) -> float:
        """Time spent on the run so far, earlier sessions included; on rank 0."""
        return time.monotonic() - self._started

    def step(self, model: Model, record: StepRecord) -> None:
        """Append to the history."""
        self._append(model, record)

    def refreshed(self, model: Model) -> None:
        """Keep the state: it is what the next checkpoint will hold."""
        self._snapshot, self._is_saved = Snapshot.of(model), False

    def output(self, model: Model) -> None:
        """Write the fields, and a checkpoint unless that would take too large a share of the time.

        Nothing is written again at the start of a resumed march.
        """
        if not self._has_start:
            self._append(model, StepRecord(0.0, 0.0, 0, 0, 0))
            self._has_start = True
        if self._skip_output:
            self._skip_output = False
            return
        self._fields.write(model.time, model.fields(), model.domain)
        if self.last_checkpoint is None or on_root(self._comm, lambda: self._is_due(0.0)):
            self.save()

    def save(self) -> Path:
        """Write a checkpoint; collective.

        Raises:
            StorageError: It cannot be written; the checkpoint before is as it was.
        """
        started = self._saved = time.monotonic()
        if self._is_saved and self.last_checkpoint is not None:
            return self.last_checkpoint
        with self._snapshot.shown() as state:
            self.last_checkpoint = write_checkpoint(
                self._directory.checkpoints,
                self._model,
                case=self._case,
                parameters_hash=self._hash,
                state=state,
            )
        self._is_saved, self._saved = True, time.monotonic()
        self._cost = self._saved - started
        return self.last_checkpoint

    def save_when_due(self) -> int:
        """Write a checkpoint if the last one is old; collective, returns 0.

        Raises:
            StorageError: It, or the history before it, cannot be written.
        """

        def is_due() -> bool:
            if self._failure is not None:
                raise storage_error(self._directory.history, self._failure)
            return self._is_due(_CHECKPOINT_SECONDS)

        if on_root(self._comm, is_due):
            self.save()
        return 0

    def _is_due(self, seconds: float) -> bool:
        since = time.monotonic() - self._saved
        return since > max(seconds, self._cost / _CHECKPOINT_SHARE)

    def _append(self, model: Model, record: StepRecord) -> None:
        measured = model.measure()
        if self._history is None:
            return
        row = {
            model.axis.step_column: record.dt,
            "error": record.error,
            "rejected": record.rejected,
            "nonlinear_iterations": record.nonlinear_iterations,
            "linear_iterations": record.linear_iterations,
            WALL: self.wall_seconds,
            **measured,
        }
        try:
            self._history.write(model.time, row)
        except OSError as error:
            self._failure = error  # the other ranks hear of it before the next step
