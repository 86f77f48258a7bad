"""Where a cell is in its protocol: by time alone, or by what it decided itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lithode.core.errors import InputError
from lithode.core.protocol import Protocol, Step


@dataclass
class Schedule:
    """A protocol without conditions: time says all, and charges are exact.

    Attributes:
        protocol: The protocol.
    """

    protocol: Protocol

    def step(self, time: float) -> Step:
        """Return the step that runs after a time in s."""
        return self.protocol.steps[self.protocol.index(time, after=True)]

    def stop(self, time: float) -> float:
        """Return the time in s at which the step that runs after a time ends at the latest."""
        return self.protocol.ends[self.protocol.index(time, after=True)]

    def cycle(self, time: float) -> int:
        """Return the cycle that runs up to a time."""
        return self.protocol.steps[self.protocol.index(time, after=False)].cycle

    def charge(self, time: float) -> float:
        """Return the net charge passed up to the accepted time, in C/m^2."""
        return float(self.protocol.charge(time))

    def throughput(self, time: float) -> float:
        """Return the charge passed in either direction, in C/m^2."""
        return float(self.protocol.throughput(time))

    @property
    def has_ended(self) -> bool:
        """Whether the cell has come to its end before the time has."""
        return False

    def accept(self, time: float, charge: float, *, ends: bool) -> None:
        """Go on to a time.

        Args:
            time: The new time in s.
            charge: What has passed since the last one, in C/m^2.
            ends: Whether the step ends here, by its time or its condition.
        """

    def scalars(self, time: float) -> dict[str, float]:
        """Return what a checkpoint must hold."""
        return {"charge": self.charge(time), "throughput": self.throughput(time)}

    def restore(self, time: float, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint.

        Raises:
            InputError: The protocol has passed another charge by then: it has been changed.
        """
        for name, value in self.scalars(time).items():
            # A last step that is prolonged ends at another rounding of the same charge.
            if abs(value - scalars[name]) > 1e-9 * scalars["throughput"]:
                allowed = (
                    f"passes a {name} of {value:.10g} C/m^2 by {time:g} s, the run that is "
                    f"resumed had passed {scalars[name]:.10g}: undo what was changed since"
                )
                raise InputError("protocol", "", allowed)


@dataclass
class Conditional(Schedule):
    """A protocol in which the cell decides about currents or ends; keeps count of both.

    Attributes:
        place: Index of the step that runs.
        start: Time at which it began, in s.
        passed: Net charge so far, in C/m^2.
        through: Charge in either direction, in C/m^2.
        last: Cycle of the step before, where one has just ended.
    """

    place: int = 0
    start: float = 0.0
    passed: float = 0.0
    through: float = 0.0
    last: int = 0

    def step(self, time: float) -> Step:
        """Return the step that runs; the last one at the end."""
        return self.protocol.steps[min(self.place, len(self.protocol.steps) - 1)]

    def stop(self, time: float) -> float:
        """Return the latest time at which it ends."""
        return math.inf if self.has_ended else self.start + float(self.step(time).duration)

    def cycle(self, time: float) -> int:
        """Return the cycle of the step up to now."""
        return self.last if time == self.start else self.step(time).cycle

    def charge(self, time: float) -> float:
        """Return the net charge passed so far, in C/m^2."""
        return self.passed

    def throughput(self, time: float) -> float:
        """Return the charge passed in either direction, in C/m^2."""
        return self.through

    @property
    def has_ended(self) -> bool:
        """Whether all steps have ended."""
        return self.place >= len(self.protocol.steps)

    def accept(self, time: float, charge: float, *, ends: bool) -> None:
        """Go on to a time, and to the next step if this one ends."""
        self.passed += charge
        self.through += abs(charge)
        if ends:
            self.last = self.step(time).cycle
            self.place, self.start = self.place + 1, time

    def scalars(self, time: float) -> dict[str, float]:
        """Return what a checkpoint must hold."""
        return {
            **super().scalars(time),
            "protocol_step": float(self.place),
            "protocol_start": self.start,
            "protocol_last": float(self.last),
        }

    def restore(self, time: float, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint.

        Raises:
            InputError: The checkpoint is of a protocol without conditions.
        """
        if "protocol_step" not in scalars:
            raise InputError("protocol", "", "has conditions, that of the stopped run had none")
        self.place, self.last = int(scalars["protocol_step"]), int(scalars["protocol_last"])
        self.start = scalars["protocol_start"]
        self.passed, self.through = scalars["charge"], scalars["throughput"]


def schedule_of(protocol: Protocol) -> Schedule:
    """Return the schedule of a protocol at its start."""
    return Conditional(protocol) if protocol.is_conditional else Schedule(protocol)
