"""Commands on stored runs: report, movie, runs, compare, scores, export."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.options import Json, RunPath
from lithode.cli.terminal import on_terminal, say, show_table
from lithode.core.errors import InputError
from lithode.core.parallel import on_root, world


def report(
    directory: RunPath,
    pdf: Annotated[bool, typer.Option("--pdf", help="Every picture as PDF too.")] = False,
) -> None:
    """Make the tables, the figures, report.md and report.html again from the files in DIR."""
    from lithode.engine import report as reports

    def make() -> None:
        summary, made = reports.remake(directory, pdf=pdf)
        say(reports.text(summary))
        say("\n".join(map(str, made)))

    once(make)


def movie(directory: RunPath) -> None:
    """Make a movie from the fields in DIR."""
    from lithode.engine import report as reports

    once(lambda: say(str(reports.movie(directory))))


def runs(
    directories: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Runs, or folders that hold runs.")
    ],
    as_json: Json = False,
) -> None:
    """Show one line per run: case, status, first results, score, time."""
    from lithode.engine.catalogue import entry_of, find_runs

    def make() -> None:
        entries = [entry_of(path) for path in find_runs(directories)]
        if as_json:
            say(json.dumps([entry.plain() for entry in entries], indent=2))
            return
        rows = [entry.cells() for entry in entries]
        if on_terminal():
            stacked = [
                (f"{directory}\n{case}", f"{status}\n{time}", f"{results}\n{score}")
                for directory, case, status, time, score, results in rows
            ]
            show_table(("directory, case", "status, time", "results, score"), {"": stacked})
        else:
            show_table(("directory", "case", "status", "time", "score", "results"), {"": rows})

    once(make)


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="Directory of a run.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Directory of another run.")],
    as_json: Json = False,
) -> None:
    """Show what differs between two runs, in their input and in their results."""
    from lithode.engine import catalogue

    def make() -> None:
        found = catalogue.compare(first, second, catalogue.known_units(first))
        if as_json:
            say(json.dumps(found.plain(), indent=2))
            return
        headings = ("quantity", str(first), str(second), "unit", "ratio")
        groups = {"input": found.inputs, "results": found.results}
        rows = {title: [line.cells() for line in lines] for title, lines in groups.items() if lines}
        if rows:
            show_table(headings, rows)
        counts = len(found.inputs), len(found.results), found.same
        say("{} inputs and {} results differ, {} results do not".format(*counts))

    once(make)


def scores(
    directories: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[DIR...]", help="Runs, or folders that hold runs."),
    ] = None,
    anew: Annotated[
        bool, typer.Option("--run", help="Run all scenarios of all cases first; takes long.")
    ] = False,
    preset: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --run: numerics of the runs.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="With --run: where the runs go.")] = Path(
        "results/scores"
    ),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace runs there.")] = False,
    as_json: Json = False,
) -> None:
    """Count the published numbers that runs meet: predicted x of y, calibrated x of y."""
    from lithode.engine import scores as engine
    from lithode.engine.catalogue import find_runs
    from lithode.engine.registry import entries, find

    if bool(directories) == anew:
        raise InputError("DIR", "", "name directories of runs, or --run to run all cases anew")
    cases = [find(name) for name in entries()]
    if anew:
        paths = engine.run_anew(cases, out, preset=preset, overwrite=overwrite)
    else:
        paths = find_runs(directories or [])

    def make() -> None:
        found = engine.gather(paths, cases)
        say(json.dumps(found.plain(), indent=2) if as_json else found.text())

    once(make)


def export(
    path: Annotated[
        Path, typer.Argument(metavar="DIR", help="Directory of a run, or a table with a voltage.")
    ],
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="FORMAT", help="Fields: vtu, pvd, xdmf, csv. bdf. What the case knows."
        ),
    ] = None,
    named: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="The same, as an option.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="File or folder to write.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help="Of the electrode, for currents per area.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=TEXT", help="Rows of a table, as layer=Li3N."),
    ] = None,
) -> None:
    """Write the fields of a run, or its history, for other programs."""
    from lithode.core import units
    from lithode.core.parameters import parse_pairs
    from lithode.engine import export as engine

    size = None if area is None else units.parse("--area", area, "cm^2")
    if size is not None and not size > 0:
        raise InputError("--area", area or "", "must be greater than 0")
    if (kind is None) == (named is None):
        raise InputError("FORMAT", named or "", "give one: lithode export DIR pvd")
    chosen, made = parse_pairs(where or ()), kind or named or ""
    once(lambda: say(str(engine.export(path, made, out=out, area=size, where=chosen))))


def once(action: Callable[[], None]) -> None:
    """Do something on one rank, collectively."""
    ranks = world()
    if ranks is not None:
        # PETSc starts when it is imported, and on all ranks or it breaks the messages between them.
        importlib.import_module("petsc4py.PETSc")
    on_root(ranks, action)
