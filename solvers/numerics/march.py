"""The time march: error-controlled steps, roll-back, events and output times.

It knows nothing of the physics: a model tries a step and reports its local error, the march
takes it or asks for a shorter one.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from lithode.core.errors import Interrupted, SolverError, StepFailed
from lithode.solvers.numerics.model import Event, Model

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StepControl:
    """How step sizes are chosen; times in s.

    Attributes:
        initial_step: First step of a fresh run.
        max_step: Largest step.
        min_step: The march gives up below this step.
        order: Order of the time integrator; the local error falls with its next power.
        max_growth: Largest ratio of two successive steps; variable-step BDF2 is stable to 2.4.
        safety: Factor on the step that would just meet the tolerance.
        gain: Power of the change called for that an accepted step makes. Below 1 where the errors
            of successive steps scatter: steps that follow them all the way are rejected more often.
        many_iterations: A step that took more Newton iterations than this does not grow.
        fixed: Take every step as large as ``initial_step`` and accept it (convergence studies).
        refresh: After how many steps the model forgets what its solvers keep. From there a run
            can go on as if it had never stopped.
    """

    initial_step: float
    max_step: float
    min_step: float
    order: int = 2
    max_growth: float = 1.4
    safety: float = 0.8
    gain: float = 1.0
    many_iterations: int = 8
    fixed: bool = False
    refresh: int = 20


@dataclass(frozen=True)
class StepRecord:
    """One accepted step, with what it cost (rejected trials included)."""

    dt: float
    error: float
    rejected: int
    nonlinear_iterations: int
    linear_iterations: int


@dataclass(frozen=True)
class MarchResult:
    """What a march did and why it ended."""

    status: Literal["completed", "stopped"]
    event: Event | None
    steps: int
    rejected: int
    step_failures: int
    nonlinear_iterations: int
    linear_iterations: int


class Observer(Protocol):
    """Something that looks on: writers, progress bars, audits."""

    def step(self, model: Model, record: StepRecord) -> None:
        """Called after every accepted step."""

    def output(self, model: Model) -> None:
        """Called at the start, at the output times and at the end."""


def march(
    model: Model,
    control: StepControl,
    end_time: float,
    output_times: Sequence[float] = (),
    observers: Sequence[Observer] = (),
    interrupted: Callable[[], int] = lambda: 0,
    refreshed: Callable[[Model], None] = lambda _: None,
) -> MarchResult:
    """Advance ``model`` to ``end_time`` or to a final event.

    Args:
        model: The model, at its initial or restored state.
        control: Choice of the steps.
        end_time: When to end, in s.
        output_times: Times, in s, that steps land on exactly.
        observers: Called in this order.
        interrupted: Signal number once a stop is wanted, 0 before; the same on every rank.
        refreshed: Called at the start, and whenever the state has come to say all that follows.

    Raises:
        SolverError: No step down to ``min_step`` could be taken; the state is the last good one.
        Interrupted: ``interrupted`` returned a signal; the state is the last good one.
    """
    start = model.time
    stops = sorted({t for t in output_times if _before(start, t) and _before(t, end_time)})
    stops.append(end_time)
    totals = {"steps": 0, "rejected": 0, "failures": 0, "nonlinear": 0, "linear": 0}

    def output() -> None:
        for observer in observers:
            observer.output(model)

    def refresh() -> None:
        model.refresh()
        refreshed(model)

    refresh()
    output()
    final = _final_event(model)  # a resumed run may stand at one
    wanted = model.next_step or control.initial_step
    while final is None and _before(model.time, end_time):
        if signal := interrupted():
            raise Interrupted(signal)
        while not _before(model.time, stops[0]):
            stops.pop(0)
        rejected = nonlinear = linear = 0
        while True:
            dt = _landing_step(wanted, stops[0] - model.time)
            if dt < control.min_step and dt < stops[0] - model.time:
                raise SolverError(
                    f"no step of at least {control.min_step:g}{model.axis.suffix} could be taken "
                    f"at {model.axis.at(model.time)}"
                )
            try:
                trial = model.advance(dt)
            except StepFailed as failure:
                at, unit = model.axis.at(model.time), model.axis.suffix
                # As text: a kept log record would keep the traceback, and with it the solvers.
                logger.info("%s: step of %g%s failed: %s", at, dt, unit, str(failure))
                rejected += 1
                totals["failures"] += 1
                wanted = _rounded(0.3 * dt)
                continue
            nonlinear += trial.nonlinear_iterations
            linear += trial.linear_iterations
            if control.fixed or trial.error <= 1.0:
                break
            rejected += 1
            wanted = _rounded(dt * min(_ratio(control, trial.error), 0.9))
        model.accept()
        dt = trial.taken or dt
        if not control.fixed:
            ceiling = 1.0 if trial.nonlinear_iterations > control.many_iterations else 9.9
            damped = _ratio(control, trial.error) ** control.gain
            ratio = min(damped, control.max_growth, ceiling)
            # A step cut short to land on an output time says little about the next one.
            base = wanted if dt < wanted and ratio >= 1.0 else dt
            largest = min(dt * control.max_growth**2, control.max_step)
            # An output time may be nearer than the smallest step; the next step is not bound by it.
            wanted = max(_rounded(min(base * ratio, largest)), control.min_step)
        model.next_step = wanted
        totals["steps"] += 1
        totals["rejected"] += rejected
        totals["nonlinear"] += nonlinear
        totals["linear"] += linear
        record = StepRecord(dt, trial.error, rejected, nonlinear, linear)
        for observer in observers:
            observer.step(model, record)
        if totals["steps"] % control.refresh == 0:
            refresh()
        final = _final_event(model)
        if final is not None or not _before(model.time, stops[0]):
            output()

    return MarchResult(
        status="completed" if final is None else "stopped",
        event=final,
        steps=totals["steps"],
        rejected=totals["rejected"],
        step_failures=totals["failures"],
        nonlinear_iterations=totals["nonlinear"],
        linear_iterations=totals["linear"],
    )


def _final_event(model: Model) -> Event | None:
    """Log what has happened and return the first event that ends the run."""
    events = model.events()
    for event in events:
        logger.info("%s: %s", model.axis.at(model.time), event.message)
    return next((event for event in events if event.final), None)


def _before(time: float, target: float) -> bool:
    return time < target - 1e-9 * max(1.0, abs(target))


def _landing_step(wanted: float, remaining: float) -> float:
    """Split what remains so that the last steps before a target are of equal size."""
    # Equal steps to the end must not leave a rest of round-off, which would halve the last one.
    if wanted >= remaining * (1 - 1e-9):
        return remaining
    return remaining / 2 if wanted > remaining / 2 else wanted


def _ratio(control: StepControl, error: float) -> float:
    """Return the ratio of steps that would just meet the tolerance, less the safety."""
    return float(max(control.safety * max(error, 1e-10) ** (-1.0 / (control.order + 1)), 0.2))


def _rounded(dt: float) -> float:
    """Keep three digits, so that rounding noise between rank counts does not enter the steps."""
    return float(f"{dt:.2e}") if math.isfinite(dt) and dt > 0 else dt
