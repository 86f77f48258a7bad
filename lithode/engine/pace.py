"""How fast something goes on, and when it will be done."""

from __future__ import annotations

import logging
import time

logger = logging.getLogger(__name__)

LOG_SECONDS = 10.0
"""How often a log says where something is."""


class Pace:
    """Counts parts that are done.

    Args:
        total: Number of parts.
    """

    def __init__(self, total: float) -> None:
        self._total, self._done, self._started = total, 0.0, time.monotonic()
        self._told = self._started

    def done(self, parts: float = 1.0) -> None:
        """Count some parts more."""
        self._done += parts

    def reach(self, parts: float) -> None:
        """Count parts from the start."""
        self._done = parts

    @property
    def seconds_left(self) -> float | None:
        """Estimated time that is left in s; None before anything is done."""
        if self._done <= 0:
            return None
        passed = time.monotonic() - self._started
        return max(self._total - self._done, 0.0) * passed / self._done

    def tell(self, what: str) -> None:
        """Log how far it is, now and then and at the end."""
        now = time.monotonic()
        if now - self._told > LOG_SECONDS or self._done >= self._total:
            self._told = now
            logger.info("%s", self.line(what))

    def line(self, what: str) -> str:
        """Return how far it is as a line: what is done, the time of a part, the time left."""
        passed = time.monotonic() - self._started
        each = f", {duration(passed / self._done)} each" if self._done else ""
        left = self.seconds_left
        ends = f", {duration(left)} left" if left else ""
        return f"{self._done:.0f} of {self._total:.0f} {what}{each}{ends}"


def duration(seconds: float) -> str:
    """Return a time as text with two digits: "0.4 s", "35 s", "12 min", "3.4 h", "2.1 d"."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= (2 * size if unit == "min" else size):
            value = seconds / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
