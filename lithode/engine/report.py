"""Reports of a run, from its summary and its files: texts, tables, pictures and pages."""

from __future__ import annotations

import html as markup
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError, log_mistake
from lithode.core.files import out_of_room, refuse_links, write_atomically
from lithode.core.health import HealthLine
from lithode.core.parameters import CaseParameters
from lithode.engine import lock
from lithode.engine.case import Scenario
from lithode.engine.registry import installed
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.summary import conclusions
from lithode.engine.verdict import KINDS, Score, Value, Verdict
from lithode.engine.versions import in_words
from lithode.materials import registry
from lithode.output.history import read_history
from lithode.output.tables import aligned, markdown

logger = logging.getLogger(__name__)

RESULTS = ("result", "value", "unit")
PAPER = ("quantity", "paper", "computed", "unit", "ratio", "kind", "verdict")
_BOUNDS = {None: "", "above": "> ", "below": "< "}
_WORDS = {True: "reproduced", False: "NOT reproduced", None: "-"}


def text(summary: Mapping[str, Any]) -> str:
    """Return what a run came to, for the terminal: results first, the paper second."""
    parts = [aligned([RESULTS, *result_rows(summary)])] if summary["results"] else []
    verdicts = _verdicts(summary)
    if verdicts:
        parts += [table(verdicts), f"Score: {Score(**summary['score'])}.{of_repeats(verdicts)}"]
    else:
        parts.append(why_not_compared(summary))
    if summary["findings"]:
        parts.append("\n".join(summary["findings"]))
    return "\n\n".join(part for part in parts if part)


def html(summary: Mapping[str, Any]) -> str:
    """Return the results and the paper's table as HTML, for notebooks; texts are escaped."""

    def rows(cells: Sequence[Sequence[str]], tag: str = "td") -> str:
        return "".join(
            "<tr>" + "".join(f"<{tag}>{markup.escape(cell)}</{tag}>" for cell in row) + "</tr>"
            for row in cells
        )

    def grid(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
        return f"<table>{rows([headings], 'th')}{rows(cells)}</table>" if cells else ""

    head = f"{summary['case']}: {summary['status']}"
    verdicts = _verdicts(summary)
    paper = grid(PAPER, [paper_row(verdict) for verdict in verdicts])
    rest = f"Score: {Score(**summary['score'])}." if verdicts else why_not_compared(summary)
    return (
        f"<p><b>{markup.escape(head)}</b></p>{grid(RESULTS, result_rows(summary))}"
        f"{paper}<p>{markup.escape(rest)}</p>"
    )


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the paper against a run as a text table."""
    return aligned([PAPER, *map(paper_row, verdicts)])


def show_health(lines: Sequence[HealthLine]) -> None:
    """Log the derived numbers of a run, and warn of those that are out of their range."""
    for line in lines:
        logger.log(logging.INFO if line.healthy else logging.WARNING, "%s", line)


def conclude(
    case: Scenario[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    summary: Mapping[str, Any],
    *,
    movie: bool,
    figures: bool,
) -> None:
    """Write summary, tables, figures and report of a run that has ended; for one process."""
    directory.write_summary(summary)
    # Whoever sends a signal waits: the checkpoint and the summary are what counts then.
    if directory.history.is_file() and summary["status"] != "interrupted":
        if figures:
            draw(case, parameters, directory)
        else:
            write_tables(case, parameters, directory)
        if movie:
            film(directory)
    write(directory, summary)
    write_page(directory, summary, parameters, pictures=figures)


def draw(
    case: Scenario[Any] | None, parameters: CaseParameters | None, directory: RunDirectory
) -> list[Path]:
    """Write the tables and draw the figures of a run; what fails is logged and ends no run."""
    made = write_tables(case, parameters, directory)
    try:
        if case is not None and case.pictures is not None and parameters is not None:
            return [*made, *case.pictures(directory.path, parameters)]
        # Drawing libraries take seconds to load, and a list of cases needs none.
        from lithode.plots import figures

        return [*made, *figures.standard(directory.path)]
    except Exception as error:
        _say_what_failed("no figures", error)
    return made


def write_tables(
    case: Scenario[Any] | None, parameters: CaseParameters | None, directory: RunDirectory
) -> list[Path]:
    """Write the tables of a run; what fails is logged and ends no run."""
    try:
        if case is not None and case.tables is not None and parameters is not None:
            return list(case.tables(directory.path, parameters))
    except Exception as error:
        _say_what_failed("no tables", error)
    return []


def _say_what_failed(what: str, error: Exception) -> None:
    if full := out_of_room(error):
        logger.error("%s: %s", what, str(full))
    else:
        log_mistake(logger, what)


def write(directory: RunDirectory, summary: Mapping[str, Any]) -> None:
    """Write ``report.md``."""
    pictures = sorted(directory.figures.glob("*.png"))
    event = summary["event"] or summary["message"]
    unknowns = summary["unknowns"]
    size = f"{summary['steps']} steps, {unknowns} unknowns" if unknowns else ""
    lines = [
        f"# {summary['case']}: {summary['title']}",
        "",
        f"Status: {summary['status']}{f' ({event})' if event else ''}.",
        f"Lithode {summary['version']}, {size or str(summary['steps']) + ' rows'}, "
        f"{summary['ranks']} ranks, {summary['wall_seconds']:.0f} s.",
    ]
    if found := summary.get("versions"):
        lines.append(f"Computed with {in_words(found)}.")
    if summary["results"]:
        lines += ["", "## Results", "", markdown([RESULTS, *result_rows(summary)])]
    if summary["findings"]:
        lines += ["", "## Findings", "", *(f"* {line}" for line in summary["findings"])]
    lines += ["", "## Paper against this run", ""]
    if verdicts := _verdicts(summary):
        kinds = "; ".join(f"*{kind}*: {meaning}" for kind, meaning in KINDS.items())
        lines += [f"**{Score(**summary['score'])}**", ""]
        lines += [markdown([PAPER, *map(paper_row, verdicts)]), ""]
        lines.append(f"Kinds: {kinds}.{of_repeats(verdicts)}")
    else:
        lines.append(why_not_compared(summary))
    if pictures:
        lines += ["", "## Figures", ""]
        lines += [f"![{file.stem}](figures/{file.name})" for file in pictures]
    write_atomically(directory.report, "\n".join(lines) + "\n")


def write_page(
    directory: RunDirectory,
    summary: Mapping[str, Any],
    parameters: CaseParameters | None,
    *,
    pictures: bool,
) -> list[Path]:
    """Write ``report.html``; what fails is logged and ends no run."""
    try:
        # Templates take a while to load, and a refused input needs none.
        from lithode.engine import page

        is_over = summary["status"] != "interrupted"
        return [page.write(directory, summary, parameters, pictures=pictures and is_over)]
    except Exception as error:
        _say_what_failed("no report.html", error)
        return []


def remake(path: Path, *, pdf: bool = False) -> tuple[dict[str, Any], list[Path]]:
    """Make the report of a finished or running run again, from its files alone.

    The case is asked again if it is installed; a case file is never imported for it.

    Args:
        path: The directory of the run.
        pdf: Write every picture as PDF too.

    Returns:
        The summary as it is now, and the files made.

    Raises:
        InputError: The directory holds no run.
    """
    directory = RunDirectory(path)
    if not directory.input.is_file() or not directory.history.is_file():
        raise InputError("directory", path, "holds no run (no case.yaml or no history.csv)")
    from lithode.plots.saving import with_pdf

    with lock.owned(path), with_pdf(pdf):
        refuse_links(path)
        return _remake(directory)


def _remake(directory: RunDirectory) -> tuple[dict[str, Any], list[Path]]:
    path, given, summary = directory.path, read_input(directory.input), directory.read_summary()
    parameters: CaseParameters | None
    if given.case_file:
        if not summary:
            raise InputError("directory", path, "holds no summary.json: the run has not ended")
        parameters, made = None, draw(None, None, directory)
    else:
        case = installed(given.case)
        with registry.using(given.materials):
            parameters = case.resolve(None, given.parameters)
        found = conclusions(case, parameters, read_history(directory.history))
        summary = {**_UNFINISHED, "case": case.name, "title": case.title, **summary, **found}
        made = draw(case, parameters, directory)
    write(directory, summary)
    return summary, [*made, *write_page(directory, summary, parameters, pictures=True)]


_UNFINISHED: Mapping[str, Any] = {
    "status": "not finished",
    "event": None,
    "message": "",
    "version": "",
    "steps": 0,
    "unknowns": 0,
    "ranks": 0,
    "wall_seconds": 0.0,
}


def movie(path: Path) -> Path:
    """Make a movie of a finished run.

    Raises:
        InputError: The directory holds no fields, or somebody owns it.
    """
    directory = RunDirectory(path)
    if not directory.fields.is_file():
        raise InputError("directory", path, "holds no fields.vtkhdf")
    with lock.owned(path):
        refuse_links(path)
        return film(directory)


def film(directory: RunDirectory) -> Path:
    """Make a movie of a run whose directory is owned and holds fields."""
    from lithode.plots.movie import make_movie

    return make_movie(directory.path)


def _verdicts(summary: Mapping[str, Any]) -> list[Verdict]:
    return [Verdict.from_plain(entry) for entry in summary["targets"]]


def why_not_compared(summary: Mapping[str, Any]) -> str:
    """Return why a run is held against no paper, as a sentence."""
    departures = summary["departures"]
    if not departures:
        return "No published value belongs to this run."
    return f"Not compared with the paper, whose run has another {', '.join(departures)}."


def of_repeats(verdicts: Sequence[Verdict]) -> str:
    """Return what brackets in the column of kinds mean, if there are any."""
    if not any(verdict.target.repeats for verdict in verdicts):
        return ""
    return " Rows with their kind in brackets repeat a number that another row counts."


def result_rows(summary: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the results as texts, in the columns of `RESULTS`."""
    return [
        (entry["name"], shown(entry["value"], "-"), entry["unit"]) for entry in summary["results"]
    ]


def paper_row(verdict: Verdict) -> tuple[str, ...]:
    """Return a verdict as texts, in the columns of `PAPER`.

    The kind of a repeat is in brackets; a calibrated number has the count of constants it cost.
    """
    target = verdict.target
    kind = f"{target.kind} by {len(target.tuned)}" if target.tuned else target.kind
    return (
        target.name,
        _BOUNDS[target.bound] + shown(target.paper, "-"),
        shown(verdict.computed, "not met"),
        target.unit,
        "-" if verdict.ratio is None else f"{verdict.ratio:.2f}",
        f"({kind})" if target.repeats else kind,
        _WORDS[verdict.reproduced],
    )


def shown(value: Value, missing: str) -> str:
    """Return a value as text, to four digits."""
    if value is None:
        return missing
    return value if isinstance(value, str) else f"{value:.4g}"
