"""The cases that hold the code against known answers: run them all, and say what holds.

A case belongs here by its name, which begins with ``verification/``; so may cases of installed
packages. All of its targets are run, each scenario once.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters
from lithode.engine.case import AnyCase
from lithode.engine.registry import entries, find
from lithode.engine.report import shown
from lithode.engine.result import load
from lithode.engine.scores import scenarios
from lithode.engine.verdict import Target, Verdict
from lithode.output.tables import aligned, markdown

logger = logging.getLogger(__name__)

ROOM = "verification/"
HEADINGS = ("quantity", "known", "ours", "unit", "off by", "allowed", "holds")


@dataclass(frozen=True)
class Check:
    """A known answer and what a run gave.

    Attributes:
        case: Name of the case.
        target: The known answer.
        verdict: What the run gave; None if no run could be held against it.
    """

    case: str
    target: Target[Any]
    verdict: Verdict | None

    @property
    def holds(self) -> bool:
        """Whether the run agrees within the tolerance."""
        return self.verdict is not None and bool(self.verdict.reproduced)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        target, computed = self.target, None if self.verdict is None else self.verdict.computed
        known, off = target.paper, "-"
        if isinstance(known, float | int) and isinstance(computed, float | int):
            off = f"{computed - known:+.2g}" if known == 0 else f"{computed / known - 1:+.2%}"
        allowed = f"{target.tolerance:.2g}" if known == 0 else f"{target.tolerance:.2%}"
        if target.bound is not None:
            allowed = target.bound
        elif isinstance(known, str):
            allowed = "the same"
        holds = "yes" if self.holds else "NO"
        return (
            target.name,
            shown(known, "-"),
            shown(computed, "-"),
            target.unit,
            off,
            allowed,
            holds,
        )


@dataclass(frozen=True)
class Book:
    """All checks of some cases."""

    checks: Sequence[Check]

    @property
    def holds(self) -> bool:
        """Whether every check does; there must be some."""
        return bool(self.checks) and all(check.holds for check in self.checks)

    @property
    def headline(self) -> str:
        """How many do."""
        good = sum(check.holds for check in self.checks)
        return f"{good} of {len(self.checks)} known answers are met"

    def text(self) -> str:
        """Return the table for the terminal."""
        rows = [(check.case.removeprefix(ROOM), *check.cells) for check in self.checks]
        return f"{aligned([('case', *HEADINGS), *rows])}\n\n{self.headline}"

    def plain(self) -> dict[str, Any]:
        """Return the table as JSON can hold it."""
        rows = [
            {"case": check.case, **dict(zip(HEADINGS, check.cells, strict=True))}
            for check in self.checks
        ]
        return {"holds": self.holds, "checks": rows}

    def markdown(self) -> str:
        """Return the page of documentation."""
        lines = [
            "# Verification book",
            "",
            "Published and closed-form answers beside those of Lithode.",
            "`lithode verify` runs the cases below `cases/verification/` and makes this page",
            "(`--book`). It ends with exit code 0 only if every line holds.",
            "[verification.md](verification.md) says how to add a case.",
            "",
            f"{self.headline.capitalize()}.",
        ]
        for case in dict.fromkeys(check.case for check in self.checks):
            own = [check for check in self.checks if check.case == case]
            sources = dict.fromkeys(check.target.source for check in own)
            lines += ["", f"## {case}", "", f"{find(case).title}. Known from:", ""]
            lines += [*(f"* {source}" for source in sources), ""]
            lines.append(markdown([HEADINGS, *(check.cells for check in own)]))
        return "\n".join(lines) + "\n"


def cases(names: Sequence[str] = ()) -> list[AnyCase]:
    """Return the verification cases, or those of them that are named.

    Raises:
        InputError: A name is of no verification case.
    """
    known = [name for name in entries() if name.startswith(ROOM)]
    for name in names:
        if name not in known:
            raise InputError("case", name, f"verification cases are {', '.join(known)}")
    return [find(name) for name in known if not names or name in names]


def verify(chosen: Sequence[AnyCase], out: Path, jobs: int) -> Book:
    """Run the scenarios of cases, some at a time, and hold them against what is known.

    Args:
        chosen: The cases.
        out: Where a directory is made for each run; one that is there is replaced.
        jobs: Number of runs at a time, each of one process.
    """
    runs: dict[tuple[str, str], Run] = {}
    for case in chosen:
        for number, parameters in enumerate(scenarios(case), 1):
            key = case.name, parameters.parameters_hash
            runs[key] = Run(out / case.name / str(number), case, parameters)
    with ThreadPoolExecutor(jobs) as pool:
        found = dict(zip(runs, pool.map(Run.verdicts, runs.values()), strict=True))
    checks = []
    for case in chosen:
        for target in case.targets:
            own = next(scenarios(replace(case, targets=(target,))))
            verdicts = found[case.name, own.parameters_hash]
            checks.append(Check(case.name, target, verdicts.get(target.name)))
    return Book(checks)


@dataclass(frozen=True)
class Run:
    """A scenario and where it is run."""

    path: Path
    case: AnyCase
    parameters: CaseParameters

    def verdicts(self) -> Mapping[str, Verdict]:
        """Run it in a process of its own, as anyone would by hand; return verdicts by name."""
        words = [sys.executable, "-m", "lithode", "run", self.case.name, "--out", str(self.path)]
        words += ["--overwrite", "--no-figures"]
        for pair in _pairs(self.case, self.parameters):
            words += ["--set", pair]
        # One thread each: the runs side by side have the cores.
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            logger.warning("%s: %s", self.path, lines[-1])
            return {}
        logger.info("%s: done", self.path)
        return {verdict.target.name: verdict for verdict in load(self.path).verdicts}


def _pairs(case: AnyCase, parameters: CaseParameters) -> list[str]:
    """Return what differs from the defaults, as texts ``name=value``."""
    values: Mapping[str, Any] = parameters.plain()
    defaults = case.parameters().plain()
    return [
        f"{name}={_as_text(v)}" for name, v in values.items() if v != defaults[name] and v != ""
    ]


def _as_text(value: Any) -> str:
    if value is None:
        return "unset"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
