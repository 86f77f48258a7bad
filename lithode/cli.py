"""The command line: ``lithode list | show | run | report | movie | fit | drt | warmup``."""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import click
import typer
from mpi4py import MPI
from tqdm import tqdm

import lithode
from lithode.core.errors import LithodeError
from lithode.core.parallel import all_arrive, on_root
from lithode.output.tables import aligned

# A rank whose partners do not come to report the same error is alone with it.
_PATIENCE_SECONDS = 20.0

app = typer.Typer(
    help="FEniCSx multiphysics for lithium growth in solid-state batteries. "
    "Every command also runs under mpirun -n N.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Name, as in lithode list.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Preset = Annotated[str | None, typer.Option(metavar="NAME", help="Set of values to start from.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help='Change a parameter; units are accepted: --set "current=4 mA/cm^2".',
    ),
]
RunPath = Annotated[Path, typer.Argument(metavar="DIR", help="Directory of a run.")]


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        _say(f"lithode {lithode.__version__}")
    elif context.invoked_subcommand is None:
        _say(context.get_help())


@app.command("list")
def list_cases(as_json: Json = False) -> None:
    """List the cases."""
    from lithode.engine.registry import entries

    known = entries()
    if as_json:
        listed = [
            {"name": name, "title": entry.title, "presets": list(entry.presets)}
            for name, entry in known.items()
        ]
        _say(json.dumps(listed, indent=2))
    else:
        rows = [(name, ", ".join(entry.presets), entry.title) for name, entry in known.items()]
        _say(aligned([("case", "presets", "title"), *rows]))


@app.command()
def show(
    case: CaseName, preset: Preset = None, settings: Settings = None, as_json: Json = False
) -> None:
    """Show the parameters of a case: value, unit, meaning, source."""
    from lithode.core.parameters import describe
    from lithode.engine.registry import find

    found = find(case)
    rows = describe(found.resolve(preset, pairs=settings or ()))
    if as_json:
        targets = [
            {
                "name": target.name,
                "paper": target.paper,
                "unit": target.unit,
                "kind": target.kind,
                "bound": target.bound,
                "tolerance": target.tolerance,
                "source": target.source,
            }
            for target in found.targets
        ]
        content = {
            "name": found.name,
            "title": found.title,
            "presets": {name: dict(values) for name, values in found.presets.items()},
            "parameters": [asdict(row) for row in rows],
            "targets": targets,
        }
        _say(json.dumps(content, indent=2, default=str))
        return
    cells = [
        (row.name, _shown(row.value), row.unit, row.meaning, f"{row.provenance}: {row.source}")
        for row in rows
    ]
    _say(f"{found.name}: {found.title}\npresets: {', '.join(found.presets)}\n")
    _say(aligned([("parameter", "value", "unit", "meaning", "source"), *cells]))


@app.command()
def run(
    context: typer.Context,
    case: Annotated[
        str | None, typer.Argument(metavar="CASE", help="Name; not needed with --from.")
    ] = None,
    preset: Preset = None,
    settings: Settings = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Values from a case.yaml.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run directory; results/CASE if not given.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the checkpoint in DIR.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run in DIR.")] = False,
    movie: Annotated[bool, typer.Option("--movie", help="Make a movie at the end.")] = False,
) -> None:
    """Run a case. What follows -- are PETSc options, e.g. -- -phase_snes_rtol 1e-9."""
    from lithode.engine.runner import run_case

    result = run_case(
        case,
        preset=preset,
        pairs=settings or (),
        from_file=from_file,
        out=out,
        resume=resume,
        overwrite=overwrite,
        movie=movie,
        petsc_options=context.obj,
    )
    _say(f"\n{result}\n")
    _say(f"{result.status}; results in {result.directory}")


@app.command()
def report(directory: RunPath) -> None:
    """Make the table, report.md and the figures again from the files in DIR."""
    from lithode.engine import report as reports

    def make() -> None:
        summary, made = reports.remake(directory)
        _say(reports.text(summary))
        _say("\n".join(map(str, made)))

    _on_root(make)


@app.command()
def movie(directory: RunPath) -> None:
    """Make a movie from the fields in DIR."""
    from lithode.engine import report as reports

    _on_root(lambda: _say(str(reports.movie(directory))))


@app.command()
def fit(
    case: CaseName,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=LOW..HIGH]", help="What to fit; else all that is calibrated."),
    ] = None,
    preset: Preset = None,
    settings: Settings = None,
    starts: Annotated[int, typer.Option(help="Number of starts.")] = 6,
    runs: Annotated[int, typer.Option(help="Most runs of one start.")] = 80,
    seed: Annotated[int, typer.Option(help="Of the random starts.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Results; results/fit/CASE if not given.")
    ] = None,
) -> None:
    """Fit parameters to the calibrated targets; shows how far equally good sets differ."""
    from lithode.engine.fit import command

    result = command.fit(
        case,
        vary or (),
        preset=preset,
        pairs=settings or (),
        starts=starts,
        runs=runs,
        seed=seed,
        out=out,
    )
    _say(f"\n{result.table()}\n\n{result.statement()}\nresults in {result.directory}")


@app.command()
def warmup(case: CaseName, preset: Preset = None, settings: Settings = None) -> None:
    """Compile the forms of a case once, so that the ranks of a cluster job need not."""
    from lithode.engine.registry import find
    from lithode.engine.runner import warm_up

    found = find(case)
    warm_up(found, found.resolve(preset, pairs=settings or ()))
    _say(f"{case}: forms are compiled")


@app.command()
def drt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="frequency, Re, Im, with units.")],
    weight: Annotated[
        str, typer.Option("--lambda", metavar="NUMBER", help="Regularisation; cv chooses it.")
    ] = "1e-3",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="results/drt-FILE if not given.")
    ] = None,
) -> None:
    """Find the distribution of relaxation times of a spectrum: peaks, tables and pictures."""
    from lithode.spectroscopy import analysis as spectroscopy

    def make() -> None:
        wanted = spectroscopy.regularisation(weight)
        directory = out or Path("results") / f"drt-{file.stem}"
        found = spectroscopy.analyse(file, directory, wanted)
        _say(found.text())
        _say("\n".join(str(path) for path in found.files))

    _on_root(make)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 2 bad input, 3 no solution, 130 or 143 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--") if "--" in words else len(words)
    words, petsc_options = words[:end], words[end + 1 :]
    meeting = MPI.COMM_WORLD.Dup()
    if meeting.rank > 0:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    with _log_on_terminal():
        message, code = _outcome(words, petsc_options, meeting)
    if code and not all_arrive(meeting, _PATIENCE_SECONDS):
        _complain(f"lithode: rank {meeting.rank} alone: {message}")
        meeting.Abort(code)
    if message and meeting.rank == 0:
        _complain(f"lithode: {message}")
    if code:
        meeting.Barrier()  # the first rank to exit so has mpirun end the others
    sys.exit(code)


def _outcome(words: list[str], petsc_options: list[str], comm: MPI.Intracomm) -> tuple[str, int]:
    """Return the line to end with, if any, and the exit code."""
    try:
        app(words, prog_name="lithode", standalone_mode=False, obj=petsc_options)
    except click.exceptions.ClickException as error:
        return _one_line(error.format_message()), 2
    except LithodeError as error:
        return _one_line(str(error)), error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        return "interrupted", 130
    except Exception:
        _complain(traceback.format_exc())
        if comm.size > 1:
            comm.Abort(1)
        return "", 1
    return "", 0


class _Terminal(logging.Handler):
    """Writes log lines above the progress bar."""

    def emit(self, record: logging.LogRecord) -> None:
        level = f"{record.levelname.lower()}: " if record.levelno > logging.INFO else ""
        tqdm.write(level + self.format(record), file=sys.stdout)
        sys.stdout.flush()


@contextmanager
def _log_on_terminal() -> Iterator[None]:
    handler = _Terminal()
    package = logging.getLogger("lithode")
    level = package.level
    package.addHandler(handler)
    package.setLevel(logging.INFO)
    try:
        yield
    finally:
        package.removeHandler(handler)
        package.setLevel(level)


def _on_root(action: Callable[[], None]) -> None:
    # PETSc starts when it is imported, and on all ranks or it breaks the messages between them.
    importlib.import_module("petsc4py.PETSc")
    on_root(MPI.COMM_WORLD, action)


def _say(text: str) -> None:
    typer.echo(text)


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shown(value: Any) -> str:
    return "unset" if value is None else str(value)
