"""The paper against a run: tables and pictures, made from the files in a run directory."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters
from lithode.engine.case import Scenario, Value, Verdict, find
from lithode.engine.rundir import RunDirectory, read_input, write_atomically
from lithode.output.history import History, read_history
from lithode.output.tables import aligned, markdown

logger = logging.getLogger(__name__)

_HEADINGS = ("quantity", "paper", "computed", "unit", "ratio", "kind", "verdict")
_BOUNDS = {None: "", "above": "> ", "below": "< "}
_KINDS = (
    "An `input` was given to the model, a parameter was tuned to what is `calibrated`, and "
    "nothing was tuned to what is `predicted`."
)
_NOTHING = "Nothing in the paper was measured or computed with these parameters."


def judge(case: Scenario[Any], parameters: CaseParameters, history: History) -> list[Verdict]:
    """Compare a run with the paper."""
    return [target.judge(history, parameters) for target in case.targets_of(parameters)]


def find_out(case: Scenario[Any], parameters: CaseParameters, history: History) -> list[str]:
    """Return what a run means for its user, in sentences."""
    try:
        return list(case.findings(history, parameters)) if case.findings else []
    except (LookupError, ValueError) as error:
        logger.warning("no findings: %s", error)
        return []


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the paper against a run as a text table."""
    return aligned([_HEADINGS, *map(_cells, verdicts)])


def draw(case: Scenario[Any], parameters: CaseParameters, directory: RunDirectory) -> list[Path]:
    """Draw the figures of a run; a picture that fails is logged and does not end the run."""
    try:
        # Drawing libraries take seconds to load, and a list of cases needs none.
        from lithode.plots import figures

        if case.pictures is not None:
            return case.pictures(directory.path, parameters)
        return figures.standard(directory.path)
    except Exception:
        logger.exception("no figures")
        return []


def write(
    case: Scenario[Any],
    directory: RunDirectory,
    verdicts: Sequence[Verdict],
    summary: Mapping[str, Any],
) -> None:
    """Write ``report.md``."""
    pictures = sorted(directory.figures.glob("*.png"))
    status = summary.get("event") or summary.get("message") or ""
    rows, unknowns = summary.get("steps", "?"), summary.get("unknowns", "?")
    size = f"{rows} steps, {unknowns} unknowns" if unknowns else f"{rows} rows"
    lines = [
        f"# {case.name}: {case.title}",
        "",
        f"Status: {summary.get('status', 'not finished')}{f' ({status})' if status else ''}.",
        f"Lithode {summary.get('version', '')}, {size}, {summary.get('ranks', '?')} ranks, "
        f"{summary.get('wall_seconds', 0.0):.0f} s.",
        "",
        *(
            ["## Findings", "", *(f"* {line}" for line in summary.get("findings", ())), ""]
            if summary.get("findings")
            else []
        ),
        "## Paper against this run",
        "",
        *([markdown([_HEADINGS, *map(_cells, verdicts)]), "", _KINDS] if verdicts else [_NOTHING]),
    ]
    if pictures:
        lines += ["", "## Figures", ""]
        lines += [f"![{file.stem}](figures/{file.name})" for file in pictures]
    write_atomically(directory.report, "\n".join(lines) + "\n")


@dataclass(frozen=True)
class Report:
    """What `remake` found.

    Attributes:
        verdicts: The paper against the run.
        findings: What the run means for its user.
        pictures: Files drawn.
    """

    verdicts: list[Verdict]
    findings: list[str]
    pictures: list[Path]


def remake(path: Path) -> Report:
    """Make the report of a finished or running run again, from its files alone.

    Raises:
        InputError: The directory holds no run.
    """
    directory = RunDirectory(path)
    if not directory.input.is_file() or not directory.history.is_file():
        raise InputError("directory", path, "holds no run (no case.yaml or no history.csv)")
    given = read_input(directory.input)
    case = find(given.case)
    parameters = case.resolve(None, given.parameters)
    history = read_history(directory.history)
    verdicts = judge(case, parameters, history)
    findings = find_out(case, parameters, history)
    pictures = draw(case, parameters, directory)
    write(case, directory, verdicts, {**directory.read_summary(), "findings": findings})
    return Report(verdicts, findings, pictures)


def film(directory: RunDirectory) -> Path:
    """Make a movie of a run.

    Raises:
        InputError: The directory holds no fields.
    """
    if not directory.fields.is_file():
        raise InputError("directory", directory.path, "holds no fields.vtkhdf")
    from lithode.plots.movie import make_movie

    return make_movie(directory.path)


def _cells(verdict: Verdict) -> tuple[str, ...]:
    target = verdict.target
    words = {True: "reproduced", False: "NOT reproduced", None: "-"}
    return (
        target.name,
        _BOUNDS[target.bound] + _shown(target.paper, "-"),
        _shown(verdict.computed, "not met"),
        target.unit,
        "-" if verdict.ratio is None else f"{verdict.ratio:.2f}",
        target.kind,
        words[verdict.reproduced],
    )


def _shown(value: Value, missing: str) -> str:
    if value is None:
        return missing
    return value if isinstance(value, str) else f"{value:.4g}"
