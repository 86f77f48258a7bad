"""Contact of lithium lost by stripping and partly won back by plating, in a symmetric cell.

Rate-independent: each face has a share theta of contact that falls with what is stripped from it,
and the cell fails once the current per contact reaches a limit. Within a step of constant current
all is linear, so the time of failure has a closed form. Two numbers, Q0 and i*, are calibrated on
charges passed one way until failure (CAC). Derived in docs/tang2026-protocols.md.

All quantities are in the coherent units of ``lithode.core.units``: A/m^2, C/m^2, s. Numbers may be
arrays, one element per cell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lithode.core.protocol import Protocol

Array = npt.NDArray[np.float64]

RecoveryLaw = Literal["share", "creep", "threshold"]
Loss = Literal["spots", "edge", "opposite"]
Faces = Literal["apart", "series"]

FACES: Mapping[Loss, Faces] = {"spots": "apart", "edge": "apart", "opposite": "series"}
"""Where contact is lost, to whether the faces share their current paths."""

# A failure this part of a step after its end still counts: rounding must not decide.
_ROUNDING = 1e-9
_SHARES = 201
_TINY = 1e-300


@dataclass(frozen=True)
class Contact:
    """What the contact of a cell does; numbers or arrays that fit each other.

    Attributes:
        capacity: Q0, what a face loses all of its contact by, in C/m^2.
        limiting_current: i* per contact, in A/m^2.
        recovery: r, the share of plated lithium that returns to voids.
        law: How r depends on the current: not at all, as min(1, i_r/i), or not above i_r.
        recovery_current: i_r in A/m^2.
        initial: Contact at the start.
        faces: "apart": each face spreads the current over its own contact. "series": the current
            goes straight through a thin pellet, and what one face has lost carries none at the
            other; so they lose different places, and what is left is what neither has lost.
    """

    capacity: Any
    limiting_current: Any
    recovery: Any = 0.0
    law: RecoveryLaw = "share"
    recovery_current: float = math.inf
    initial: Any = 1.0
    faces: Faces = "apart"

    def recovered_share(self, current: float) -> Any:
        """Return which share of what is plated at a current density returns to voids."""
        match self.law:
            case "share":
                return self.recovery
            case "creep":
                return self.recovery * min(1.0, self.recovery_current / current)
            case "threshold":
                return self.recovery * (current <= self.recovery_current * (1 + _ROUNDING))

    def pressed(self, ratio: float) -> Contact:
        """Return the contact under another pressure of the stack.

        The true contact goes as the root of the pressure (of Li6PS5Cl, arXiv 2501.00600), and with
        it the currents i* and i_r that are per contact, and the charge Q0 that takes all of it.

        Args:
            ratio: The pressure over that of the tests that the numbers are from.
        """
        contact = math.sqrt(ratio)
        return replace(
            self,
            capacity=contact * self.capacity,
            limiting_current=contact * self.limiting_current,
            recovery_current=contact * self.recovery_current,
        )

    def one_way_capacity(self, current: float) -> Any:
        """Return the charge passed one way until failure, Q0 (theta_0 - i/i*), at least 0."""
        return self.capacity * np.maximum(self.initial - current / self.limiting_current, 0.0)


@dataclass(frozen=True)
class Course:
    """What became of cells under a protocol; the last axes are those of the cells.

    Attributes:
        step: Index of the step in which each failed, the number of steps if it did not.
        since: Time of failure in s after the start of that step.
        contact: Of the faces left and right, at the end.
        charge: Net charge passed in C/m^2; a positive current strips the left face.
        stripped: From each face, in C/m^2.
        recovered: What each face won back, in C/m^2.
        trace: Contact at the start and after each step, shape (steps + 1, 2, ...), if asked for;
            shorter if all have failed.
    """

    step: npt.NDArray[np.intp]
    since: Array
    contact: Array
    charge: Array
    stripped: Array
    recovered: Array
    trace: Array | None = None


def follow(protocol: Protocol, contact: Contact, *, trace: bool = False) -> Course:
    """Take cells through a protocol, each until it fails or the protocol ends.

    A cell fails when the current per contact reaches i*. With faces apart that is at the start of
    a step at the plating face, whose contact only grows from there, or within it at the stripping
    face; with faces in series within it, at what neither has lost.
    """
    capacity, limit, initial = np.broadcast_arrays(
        contact.capacity, contact.limiting_current, contact.initial
    )
    shape = np.broadcast_shapes(capacity.shape, np.shape(contact.recovery))
    faces = np.broadcast_to(initial, (2, *shape)).copy()
    step, since = np.full(shape, len(protocol.steps)), np.zeros(shape)
    charge, stripped, recovered = np.zeros(shape), np.zeros_like(faces), np.zeros_like(faces)
    alive, states = np.ones(shape, dtype=bool), [faces.copy()] if trace else []
    for k, each in enumerate(protocol.steps):
        signed, duration = float(each.current), float(each.duration)
        if current := abs(signed):
            strips, plates = (0, 1) if signed > 0 else (1, 0)
            least = current / limit
            margin = _margin(faces[strips], faces[plates], least, contact, current)
            until = margin * (capacity / current)
            fails = alive & (until <= duration * (1 + _ROUNDING))
            passes = np.where(alive, current * np.minimum(until, duration), 0.0)
            wins = np.minimum(
                contact.recovered_share(current) * passes, (initial - faces[plates]) * capacity
            )
            faces[strips] -= passes / capacity
            faces[plates] += wins / capacity
            stripped[strips] += passes
            recovered[plates] += wins
            charge += math.copysign(1.0, signed) * passes
            step = np.where(fails, k, step)
            since = np.where(fails, np.minimum(until, duration), since)
            alive &= ~fails
        if trace:
            states.append(faces.copy())
        if not alive.any():
            break
    found = np.array(states) if trace else None
    return Course(step, since, faces, charge, stripped, recovered, found)


def _margin(strips: Array, plates: Array, least: Array, contact: Contact, current: float) -> Array:
    """Return the share of Q0 that a cell can strip in a step until it fails.

    Args:
        strips: Contact of the face that is stripped.
        plates: Of the one that is plated.
        least: Contact at which the cell fails, i/i*.
        contact: The model.
        current: i.
    """
    if contact.faces == "apart":
        fails = plates <= least * (1 + _ROUNDING)
        return np.where(fails, 0.0, np.maximum(strips - least, 0.0))
    spare = np.maximum(strips + plates - contact.initial - least, 0.0)
    share = contact.recovered_share(current)
    partly = spare / np.maximum(1 - share, _TINY)
    # Once the plated face is whole again, all that is stripped is lost.
    won = contact.initial - plates
    return np.asarray(np.where(share * partly > won, spare + won, partly))


def completed_cycles(protocol: Protocol, course: Course) -> npt.NDArray[np.intp]:
    """Return how many cycles each cell completed."""
    cycles = [0, *accumulate((step.cycle for step in protocol.steps), max)]
    return np.array(cycles)[_completed_steps(protocol)[course.step]]


def critical_current(protocol: Protocol, course: Course) -> Array:
    """Return the largest current density that each cell completed, in A/m^2.

    Of a cycle all steps must be; a step outside of cycles counts by itself.
    """
    currents = [0.0, *accumulate((abs(float(step.current)) for step in protocol.steps), max)]
    return np.array(currents)[_completed_steps(protocol)[course.step]]


def _completed_steps(protocol: Protocol) -> npt.NDArray[np.intp]:
    """Return, for a failure in each step and none, the steps before it less those of its cycle."""
    found: list[int] = []
    before = 0
    for k, step in enumerate(protocol.steps):
        found.append(found[-1] if 0 < step.cycle == before else k)
        before = step.cycle
    return np.array([*found, len(protocol.steps)])


def share_that_lasts(protocol: Protocol, contact: Contact, cycles: int) -> float:
    """Return the smallest recovery r with which a cell completes that many cycles of a protocol.

    Args:
        protocol: Of equal or rising currents, so that more recovery never means fewer cycles.
        contact: Of one cell; its recovery is not used.
        cycles: One at least, and at most those of the protocol.

    Returns:
        r, nan if even r = 1 does not last that long.
    """
    # What comes after the last of them does not count.
    protocol = protocol.up_to(cycles)
    shares = np.append(1 - np.logspace(0, -6, _SHARES), 1.0)
    for _ in range(2):
        course = follow(protocol, replace(contact, recovery=shares))
        lasts = completed_cycles(protocol, course) >= cycles
        if not lasts[-1]:
            return math.nan
        first = int(np.argmax(lasts))
        found = float(shares[first])
        shares = np.linspace(shares[max(first - 1, 0)], found, _SHARES)
    return found
