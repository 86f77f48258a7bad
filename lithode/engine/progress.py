"""Where a run is: a progress bar on a terminal, else a log line now and then."""

from __future__ import annotations

import logging
import time
from typing import Self

from tqdm import tqdm

from lithode.core.errors import Interrupted
from lithode.engine.log_file import shows_bars
from lithode.engine.pace import LOG_SECONDS, Pace, duration
from lithode.engine.signals import StopSignals
from lithode.solvers.numerics.march import StepRecord
from lithode.solvers.numerics.model import Model

logger = logging.getLogger(__name__)


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
        self._places = [(self._logged, model.time)]
        self._bar = tqdm(
            total=end,
            initial=model.time,
            disable=not (self._is_root and shows_bars()),
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
        if self._bar.disable and now - self._logged > LOG_SECONDS:
            self._log(model)

    def output(self, model: Model) -> None:
        """Log where the march is."""
        self._log(model)

    def _log(self, model: Model) -> None:
        if self._is_root:
            self._logged = time.monotonic()
            part = model.time / self._end if self._end else 1.0
            logger.info(
                "%s of %.6g%s (%.0f %%), %d steps%s",
                model.axis.at(model.time), self._end, model.axis.suffix, 100 * part, self._steps,
                self._pace(model.time),
            )  # fmt: skip

    def _pace(self, place: float) -> str:
        """Return the time of a step, and the time left at the pace of the later half."""
        self._places.append((self._logged, place))
        since, before = self._places[len(self._places) // 2 - 1]
        passed, gone = self._logged - since, place - before
        if not self._steps or gone <= 0:
            return ""
        each = (self._logged - self._places[0][0]) / self._steps
        left = max(self._end - place, 0.0) * passed / gone
        return f", {duration(each)} each" + (f", {duration(left)} left" if left else "")


class PartDone:
    """Progress of what knows its part done, for rank 0: a bar on a terminal, else log lines.

    Args:
        stop: Signals to heed.
    """

    def __init__(self, stop: StopSignals) -> None:
        self._stop, self._logged, self._pace = stop, time.monotonic(), Pace(1.0)
        self._bar = tqdm(
            total=1.0,
            disable=not shows_bars(),
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
        self._pace.reach(part)
        now = time.monotonic()
        if self._bar.disable and now - self._logged > LOG_SECONDS:
            self._logged = now
            left = self._pace.seconds_left
            logger.info("%.0f %% done%s", 100 * part, f", {duration(left)} left" if left else "")
