"""Runs the points of a sweep: here, one after the other, or in processes side by side."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from lithode.core.errors import InputError, Interrupted, LithodeError, SolverError
from lithode.core.files import write_atomically
from lithode.core.parallel import on_root, world
from lithode.engine.case import StudyCase
from lithode.engine.log_file import quiet
from lithode.engine.pace import Pace
from lithode.engine.runner import run
from lithode.engine.study import Study, Tables
from lithode.engine.sweep.plan import Plan
from lithode.solvers.numerics.checkpoint import newest_file

logger = logging.getLogger(__name__)

# Points that one process takes, so that it pays its start for several.
_MOST_TOGETHER = 8
# Points that a study computes at once: the others wait no longer for the first results.
_MOST_AT_ONCE = 64


def run_points(plan: Plan, numbers: Sequence[int]) -> None:
    """Run points in this process, on all of its ranks; collective.

    A point that is done is skipped, one that was cut short goes on from its checkpoint, and one
    that fails stops no other: its line goes into ``failures``.

    Raises:
        Interrupted: A signal asks to stop.
    """
    left = on_root(world(), lambda: [k for k in numbers if not plan.is_done(k)])
    if len(left) < len(numbers):
        logger.info("%d of %d points are done already", len(numbers) - len(left), len(numbers))
    pace = Pace(len(left))
    while left:
        group, left = left[:_MOST_AT_ONCE], left[_MOST_AT_ONCE:]
        at_once = _computed(plan, group)
        for number in group:
            why = _run_point(plan, number, at_once.get(number))
            if why:
                logger.warning("point %d failed: %s", number, why)
            on_root(world(), partial(_note, plan.failure_file(number), why))
            pace.done()
            pace.tell("points")


def _computed(plan: Plan, numbers: Sequence[int]) -> dict[int, Tables]:
    """Return what a study that computes several points at once has found; else nothing."""
    case = plan.case
    if not isinstance(case, StudyCase) or len(numbers) < 2:
        return {}
    build, together = case.build, case.together
    if together is None:
        return {}
    points = {}
    for number in numbers:
        with suppress(LithodeError):
            parameters = plan.parameters(number)
            build(parameters)  # checks its input
            points[number] = parameters
    compute = partial(together, list(points.values()), lambda part: None)
    try:
        found = on_root(world(), compute)
    except SolverError as error:
        logger.info("one after the other, because together: %s", error)
        return {}
    return dict(zip(points, found, strict=True))


def _run_point(plan: Plan, number: int, computed: Tables | None) -> str:
    """Run a point and return why it has failed; empty if it has not."""
    directory, case = plan.directory(number), plan.case
    if computed is not None and isinstance(case, StudyCase):
        build = case.build
        case = replace(case, build=lambda p: Study(lambda _: computed, build(p).health))
    resume = on_root(world(), lambda: _is_cut(plan, number))
    try:
        with quiet():
            run(
                case,
                plan.parameters(number),
                directory.path,
                case_file=plan.case_file,
                materials=plan.materials,
                resume=resume,
                overwrite=not resume and directory.input.is_file(),
                figures=False,
            )
    except Interrupted:
        raise
    except LithodeError as error:
        return str(error)
    except Exception as error:
        ranks = world()
        if ranks is not None and ranks.size > 1:
            raise
        logger.debug("a bug", exc_info=True)
        return f"{type(error).__name__}: {error}"
    return ""


def _is_cut(plan: Plan, number: int) -> bool:
    """Whether a point has a checkpoint to go on from."""
    directory = plan.directory(number)
    if isinstance(plan.case, StudyCase) or not directory.input.is_file():
        return False
    return newest_file(directory.checkpoints) is not None


def _note(file: Path, why: str) -> None:
    if why:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, f"{why}\n")
    else:
        file.unlink(missing_ok=True)


@dataclass
class Pool:
    """Processes side by side, each of which runs some points.

    Attributes:
        plan: The sweep.
        jobs: Number of processes, or of groups of ranks.
        ranks: Ranks of each.
    """

    plan: Plan
    jobs: int
    ranks: int
    _left: deque[int] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: int = 0
    _processes: set[subprocess.Popen[str]] = field(default_factory=set)

    def run(self, numbers: Sequence[int]) -> None:
        """Run points that are not done yet.

        Raises:
            Interrupted: A signal asks to stop.
        """
        self._left = deque(k for k in numbers if not self.plan.is_done(k))
        if len(self._left) < len(numbers):
            done = len(numbers) - len(self._left)
            logger.info("%d of %d points are done already", done, len(numbers))
        pace = Pace(len(self._left))
        threads = [threading.Thread(target=self._work, args=(pace,)) for _ in range(self.jobs)]
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt as interrupt:
            self._stopped = 2
            with self._lock:
                for process in self._processes:
                    process.terminate()
            for thread in threads:
                thread.join()
            raise Interrupted(2) from interrupt

    def _work(self, pace: Pace) -> None:
        while numbers := self._take():
            process = subprocess.Popen(
                self._command(numbers),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            with self._lock:
                self._processes.add(process)
            _, errors = process.communicate()
            with self._lock:
                self._processes.discard(process)
                for number in numbers:
                    pace.done()
                    self._tell(number, errors)
                pace.tell("points")

    def _tell(self, number: int, errors: str) -> None:
        if self._stopped or self.plan.is_done(number):
            return
        file = self.plan.failure_file(number)
        if not file.is_file():  # killed, before it could say anything
            last = (errors.strip().splitlines() or ["its process ended without a word"])[-1]
            _note(file, last)
        logger.warning("point %d failed: %s", number, file.read_text().strip())

    def _take(self) -> list[int]:
        with self._lock:
            if self._stopped:
                return []
            is_light = isinstance(self.plan.case, StudyCase)
            share = min(_MOST_TOGETHER, -(-len(self._left) // (2 * self.jobs)))
            count = share if is_light else 1
            return [self._left.popleft() for _ in range(min(count, len(self._left)))]

    def _command(self, numbers: Sequence[int]) -> list[str]:
        ranks = ["mpirun", "-n", str(self.ranks)] if self.ranks > 1 else []
        lithode = [sys.executable, "-P", "-m", "lithode", "sweep"]
        case = [str(self.plan.case_file)] if self.plan.case_file else []
        chosen = ",".join(map(str, numbers))
        return [*ranks, *lithode, *case, "--out", str(self.plan.path), "--only", chosen]


def chosen_of(text: str, size: int) -> list[int]:
    """Read which points to run: ``3``, ``0,4,7`` or ``0..15``.

    Raises:
        InputError: It does not look like that, or there is no such point.
    """
    found: list[int] = []
    for part in text.split(","):
        ends = part.strip().split("..")
        if not 1 <= len(ends) <= 2 or not all(end.isdecimal() and len(end) < 9 for end in ends):
            raise InputError("--only", text, "must look like 3, or 0,4,7, or 0..15")
        found += range(int(ends[0]), int(ends[-1]) + 1)
    if not found or max(found) >= size:
        raise InputError("--only", text, f"points go from 0 to {size - 1}")
    return found
