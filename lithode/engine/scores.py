"""How many published numbers the package meets, over all of its cases."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError, Interrupted, LithodeError
from lithode.core.parallel import on_root, world
from lithode.core.parameters import CaseParameters, Provenance, describe, with_overrides
from lithode.engine.case import AnyCase
from lithode.engine.report import PAPER, of_repeats, paper_row
from lithode.engine.rundir import RunDirectory
from lithode.engine.runner import run
from lithode.engine.verdict import Score, Target, Verdict
from lithode.output.tables import aligned

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judged:
    """A target of a case as a stored run meets it.

    Attributes:
        case: Name of the case.
        directory: The run.
        verdict: The paper against it.
    """

    case: str
    directory: Path
    verdict: Verdict

    def plain(self) -> dict[str, Any]:
        """Return the entry of the run's summary, with its case and directory."""
        return {"case": self.case, "directory": str(self.directory), **self.verdict.plain()}


@dataclass(frozen=True)
class Scores:
    """Targets of many runs, each target once.

    Attributes:
        judged: The targets that a run was held against.
        open: Case and name of the targets that no run was held against.
    """

    judged: Sequence[Judged]
    open: Sequence[tuple[str, str]]

    @property
    def score(self) -> Score:
        """The headline; a number that several targets repeat counts once."""
        return Score.of(entry.verdict for entry in self.judged)

    def plain(self) -> dict[str, Any]:
        """Return the scores as JSON can hold them."""
        return {
            "score": self.score.plain(),
            "targets": [entry.plain() for entry in self.judged],
            "not_judged": [{"case": case, "name": name} for case, name in self.open],
        }

    def text(self) -> str:
        """Return the table and the headline for the terminal."""
        rows = [(entry.case, *paper_row(entry.verdict)) for entry in self.judged]
        repeated = of_repeats([entry.verdict for entry in self.judged])
        cases = len({entry.case for entry in self.judged})
        parts = [aligned([("case", *PAPER), *rows])] if rows else []
        parts.append(f"{cases} cases, {len(rows)} targets: {self.score}.{repeated}")
        if self.open:
            lines = "\n".join(f"  {case}: {names}" for case, names in self._open_by_case().items())
            parts.append(f"{len(self.open)} targets no run here is held against:\n{lines}")
        return "\n\n".join(parts)

    def _open_by_case(self) -> dict[str, str]:
        """Return what is not judged, in short where that is all of a case."""
        names: dict[str, list[str]] = {}
        for case, name in self.open:
            names.setdefault(case, []).append(name)
        known = {entry.case for entry in self.judged}
        return {
            case: "; ".join(found) if case in known else f"all {len(found)}"
            for case, found in names.items()
        }


def gather(runs: Iterable[Path], cases: Iterable[AnyCase] = ()) -> Scores:
    """Gather the verdicts of stored runs.

    Args:
        runs: Directories of runs; where several judge one target, the last one counts.
        cases: Whose targets should all be judged.

    Raises:
        InputError: The summary of a run is damaged.
    """
    judged: dict[tuple[object, ...], Judged] = {}
    for path in runs:
        summary = RunDirectory(path).read_summary()
        if summary.get("status") == "interrupted":
            continue  # it misses nothing: it has not come to its end
        for entry in summary.get("targets", ()):
            try:
                verdict = Verdict.from_plain(entry)
            except (LookupError, TypeError) as error:
                raise InputError("summary", path, "is damaged") from error
            key = _key(summary["case"], verdict.target)
            judged.pop(key, None)
            judged[key] = Judged(summary["case"], path, verdict)
    missed = [
        (case.name, target.name)
        for case in cases
        for target in case.targets
        if _key(case.name, target) not in judged
    ]
    return Scores(list(judged.values()), missed)


def _key(case: str, target: Target[Any]) -> tuple[object, ...]:
    """Return what tells a published number from others: scenarios may share the names of theirs."""
    return case, target.name, target.paper, target.bound, target.kind, target.source, target.repeats


def run_anew(
    cases: Iterable[AnyCase], out: Path, *, preset: str | None = None, overwrite: bool = False
) -> list[Path]:
    """Run every scenario that the targets of cases belong to; collective.

    Args:
        cases: The cases.
        out: Where a directory is made for each run.
        preset: Where the numerical parameters are from; the physics is each scenario's.
        overwrite: Replace runs that are there; else those that have ended are taken as they are.

    Returns:
        The directories of the runs that ended; why another did not is logged.
    """
    done: dict[Path, str] = {}
    for case in cases:
        others = {
            name: next(path for path, other in done.items() if other == wanted)
            for name, wanted in case.needs.items()
            if wanted in done.values()
        }
        for number, parameters in enumerate(scenarios(case, preset, others), 1):
            path = out / case.name / str(number)
            logger.info("%s: scenario %d", case.name, number)
            try:
                if overwrite or not on_root(world(), partial(_has_ended, path, parameters)):
                    run(case, parameters, path, overwrite=overwrite)
                done[path] = case.name
            except Interrupted:
                raise
            except LithodeError as error:
                logger.warning("%s: scenario %d: %s", case.name, number, str(error))
    return list(done)


def _has_ended(path: Path, parameters: CaseParameters) -> bool:
    """Whether a directory holds a run with these parameters that came to its end."""
    summary = RunDirectory(path).read_summary()
    is_same = summary.get("parameters_hash") == parameters.parameters_hash
    return is_same and summary["status"] in ("completed", "stopped")


def scenarios(
    case: AnyCase, preset: str | None = None, others: Mapping[str, object] | None = None
) -> Iterator[CaseParameters]:
    """Give the parameters of every scenario of a case that a target belongs to, each once.

    Args:
        case: The case.
        preset: Where the numerical parameters are from.
        others: Runs of other cases by the parameter that names them; see ``Scenario.needs``.
    """
    numerics = _numerics(case, preset)
    seen: set[str] = set()
    for target in case.targets:
        parameters = with_overrides(case.parameters, numerics, others or {}, target.where)
        if parameters.parameters_hash not in seen:
            seen.add(parameters.parameters_hash)
            yield parameters


def _numerics(case: AnyCase, preset: str | None) -> Mapping[str, object]:
    """Return the numerical values of a preset; none if the case has no such preset."""
    name = next(iter(case.presets)) if preset is None else preset
    numerical = {
        row.name for row in describe(case.parameters) if row.provenance == Provenance.NUMERICAL
    } - case.parameters.reach
    values = case.presets.get(name, {})
    chosen = {key: value for key, value in values.items() if key in numerical}
    return {**chosen, "preset": name if name in case.presets else ""}
