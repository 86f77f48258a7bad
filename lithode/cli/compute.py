"""Commands that compute: run, fit, warmup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lithode.cli import completion
from lithode.cli.options import CaseName, Materials, Preset, Settings
from lithode.cli.terminal import say


def run(
    context: typer.Context,
    case: Annotated[
        str | None,
        typer.Argument(
            metavar="CASE",
            help="Name, or the file of a case (./garnet.py); not needed with --from or --resume.",
            autocompletion=completion.cases,
        ),
    ] = None,
    preset: Preset = None,
    settings: Settings = None,
    materials: Materials = None,
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
    no_figures: Annotated[
        bool, typer.Option("--no-figures", help="Leave the figures to lithode report.")
    ] = False,
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
        figures=not no_figures,
        materials=materials,
        petsc_options=context.obj,
    )
    say(f"\n{result}\n")
    say(f"{result.status}; results in {result.directory}")


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
    say(f"\n{result.table()}\n\n{result.statement()}\nresults in {result.directory}")


def warmup(case: CaseName, preset: Preset = None, settings: Settings = None) -> None:
    """Compile the forms of a case once, so that the ranks of a cluster job need not."""
    from lithode.engine.registry import find
    from lithode.engine.runner import warm_up

    found = find(case)
    warm_up(found, found.resolve(preset, pairs=settings or ()))
    say(f"{case}: forms are compiled")
