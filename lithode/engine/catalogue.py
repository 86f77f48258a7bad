"""Stored runs side by side: a line for each of many, and all that differs between two."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from lithode.core.errors import InputError
from lithode.core.parameters import describe
from lithode.engine.registry import installed
from lithode.engine.report import shown
from lithode.engine.rundir import RunDirectory, RunInput, read_input
from lithode.engine.verdict import Result, Score

logger = logging.getLogger(__name__)

_HEADLINE = 3
Cell: TypeAlias = object

SAME = 1e-6
"""Relative difference up to which two numbers are the same: runs on other ranks agree better."""


@dataclass(frozen=True)
class RunEntry:
    """A stored run in short.

    Attributes:
        directory: Where it is.
        case: Name of its case.
        status: How it ended; "not finished" without a summary.
        results: Its first results.
        score: How many published numbers it meets; None where it was compared with none.
        wall_seconds: Time it took.
    """

    directory: Path
    case: str
    status: str
    results: Sequence[Result]
    score: Score | None
    wall_seconds: float | None

    def plain(self) -> dict[str, Any]:
        """Return the entry as JSON can hold it."""
        return {
            "directory": str(self.directory),
            "case": self.case,
            "status": self.status,
            "results": [result.plain() for result in self.results],
            "score": None if self.score is None else self.score.plain(),
            "wall_seconds": self.wall_seconds,
        }

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """Return the entry as texts: directory, case, status, time, score, results."""
        named = ", ".join(
            f"{result.name} {shown(result.value, '-')} {result.unit}".rstrip()
            for result in self.results
        )
        score = "-" if self.score is None else str(self.score).partition(", median")[0]
        wall = "-" if self.wall_seconds is None else f"{self.wall_seconds:.0f} s"
        return str(self.directory), self.case, self.status, wall, score, named or "-"


def find_runs(folders: Iterable[Path]) -> list[Path]:
    """Return the directories of runs in folders, at any depth, sorted within each folder.

    Raises:
        InputError: A folder is missing or holds no run.
    """
    found: dict[Path, None] = {}
    for folder in folders:
        if not folder.is_dir():
            raise InputError("directory", folder, "is no directory")
        inside = dict.fromkeys(_runs_below(folder))
        if not inside:
            raise InputError("directory", folder, "holds no run (no case.yaml)")
        found |= inside
    return list(found)


def _runs_below(folder: Path) -> Iterator[Path]:
    """Give the runs in a folder; a run holds no others, and links to folders are not followed."""
    if RunDirectory(folder).input.is_file():
        yield folder
        return
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and not inner.is_symlink():
            yield from _runs_below(inner)


def entry_of(path: Path) -> RunEntry:
    """Return a stored run in short, from its files alone; a damaged one says so."""
    directory, case = RunDirectory(path), ""
    try:
        case, summary = read_input(directory.input).case, directory.read_summary()
        if not summary:
            return RunEntry(path, case, "not finished", (), None, None)
        return RunEntry(
            path,
            case,
            summary["event"] or summary["status"],
            [Result(**entry) for entry in summary["results"][:_HEADLINE]],
            Score(**summary["score"]) if summary["targets"] else None,
            summary["wall_seconds"],
        )
    except (InputError, LookupError, TypeError) as error:
        logger.warning("%s: %s", path, error)
        return RunEntry(path, case, "damaged", (), None, None)


@dataclass(frozen=True)
class Difference:
    """A value that two runs do not share.

    Attributes:
        name: Of the parameter or result.
        first: Value of the first run; None where it has none.
        second: Value of the second run.
        unit: Unit of both, empty if there is none or it is unknown.
        ratio: Second over first, for numbers.
    """

    name: str
    first: Cell
    second: Cell
    unit: str
    ratio: float | None

    @classmethod
    def between(cls, name: str, first: Cell, second: Cell, unit: str = "") -> Difference:
        """Return the difference of two values."""
        return cls(name, first, second, unit, _ratio(first, second))

    def cells(self) -> tuple[str, ...]:
        """Return it as texts: name, first, second, unit, ratio."""
        ratio = "-" if self.ratio is None else f"{self.ratio:.3f}"
        return self.name, _text(self.first), _text(self.second), self.unit, ratio


@dataclass(frozen=True)
class Comparison:
    """What differs between two stored runs.

    Attributes:
        inputs: Case, version and parameters that differ.
        results: Results that differ, or that one of the runs does not have.
        same: Number of results that do not differ.
    """

    inputs: Sequence[Difference]
    results: Sequence[Difference]
    same: int

    def plain(self) -> dict[str, Any]:
        """Return the comparison as JSON can hold it."""
        return asdict(self)


def compare(first: Path, second: Path, units: Mapping[str, str] | None = None) -> Comparison:
    """Compare two stored runs, from their files alone.

    Args:
        first: Directory of a run.
        second: Directory of another one, of the same case or of another.
        units: Unit of parameters by name, as far as it is known.

    Raises:
        InputError: A directory holds no run.
    """
    one, other = _input_of(first), _input_of(second)
    inputs = _differences(_run_of(one), _run_of(other), {})
    inputs += _differences(one.parameters, other.parameters, units or {})
    results, others = _results_of(first), _results_of(second)
    known = {name: result.unit for name, result in {**others, **results}.items()}
    differing = _differences(_values(results), _values(others), known)
    return Comparison(inputs, differing, len({**results, **others}) - len(differing))


def known_units(path: Path) -> dict[str, str]:
    """Return the units of the parameters of a run; none where its case is not installed."""
    given = _input_of(path)
    if given.case_file:
        return {}
    try:
        return {row.name: row.unit for row in describe(installed(given.case).parameters)}
    except InputError:
        return {}


def _input_of(path: Path) -> RunInput:
    directory = RunDirectory(path)
    if not directory.input.is_file():
        raise InputError("directory", path, "holds no run (no case.yaml)")
    return read_input(directory.input)


def _run_of(given: RunInput) -> dict[str, Cell]:
    options = " ".join(given.petsc_options) or None
    return {"case": given.case, "version": given.version, "PETSc options": options}


def _results_of(path: Path) -> dict[str, Result]:
    entries = RunDirectory(path).read_summary().get("results", [])
    return {entry["name"]: Result(**entry) for entry in entries}


def _values(results: Mapping[str, Result]) -> dict[str, Cell]:
    return {name: result.value for name, result in results.items()}


def _differences(
    first: Mapping[str, Cell], second: Mapping[str, Cell], units: Mapping[str, str]
) -> list[Difference]:
    return [
        Difference.between(name, first.get(name), second.get(name), units.get(name, ""))
        for name in {**first, **second}
        if name not in first or name not in second or not _same(first[name], second[name])
    ]


def _same(first: Cell, second: Cell) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return math.isclose(first, second, rel_tol=SAME, abs_tol=1e-300)
    return first == second


def _ratio(first: Cell, second: Cell) -> float | None:
    numbers = [
        float(value)
        for value in (first, second)
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(numbers) < 2 or not numbers[0]:
        return None
    ratio = numbers[1] / numbers[0]
    return ratio if math.isfinite(ratio) else None


def _text(value: Cell) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.6g}"
        case list() | tuple():
            return ", ".join(map(_text, value)) or "none"
    return str(value)
