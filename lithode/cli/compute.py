"""Commands that compute: run, fit, warmup."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.options import CaseName, Materials, Preset, Settings, case_argument
from lithode.cli.terminal import say
from lithode.core import units
from lithode.core.errors import InputError


def run(
    context: typer.Context,
    case: Annotated[
        str | None,
        case_argument(
            "Name, or the file of a case (./garnet.py); not needed with --from or --resume."
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
        bool, typer.Option("--no-figures", help="Leave figures and page to lithode report.")
    ] = False,
    is_quiet: Annotated[
        bool, typer.Option("--quiet", help="Say nothing but warnings and errors.")
    ] = False,
    is_dry: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Show health, sizes and an estimate of cost; write nothing."
        ),
    ] = False,
) -> None:
    """Run a case. What follows -- are PETSc options, e.g. -- -phase_snes_rtol 1e-9."""
    if is_dry:
        from lithode.engine.runner import requested

        if resume:
            raise InputError("--dry-run", "", "cannot be combined with --resume")
        request = requested(
            case,
            preset=preset,
            pairs=settings or (),
            from_file=from_file,
            materials=materials,
            petsc_options=context.obj,
        )
        from lithode.engine.dry_run import estimate

        say(str(estimate(request)))
        return
    from lithode.engine.runner import run_case

    with _quiet() if is_quiet else nullcontext():
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
    if not is_quiet:
        say(f"\n{result}\n")
        page = result.directory / "report.html"
        browser = f"; open {page} in a browser" if page.is_file() else ""
        say(f"{result.status}; results in {result.directory}{browser}")


def _quiet() -> AbstractContextManager[None]:
    from lithode.engine.log_file import quiet

    return quiet()


def fit(
    case: Annotated[
        str | None,
        case_argument(
            "Name, as in lithode list, or the file of a case; not needed with --circuit."
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(metavar="[KIND=]FILE", help="Data to fit to; else the calibrated targets."),
    ] = None,
    circuit: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="A circuit instead of a case: R0-p(R1,Q1)-Wo1."),
    ] = None,
    tolerance: Annotated[
        str | None,
        typer.Option(metavar="PART", help="Of the data, 2% or 0.02; 1% of |Z|, 5% of others."),
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help="Of the electrode, for spectra in ohm.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[=LOW..HIGH]", help="What to fit; else all that is calibrated."),
    ] = None,
    preset: Preset = None,
    settings: Settings = None,
    materials: Materials = None,
    starts: Annotated[int, typer.Option(help="Number of starts.")] = 6,
    runs: Annotated[
        int | None, typer.Option(help="Most runs of one start; 80, for circuits 20,000.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random starts.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Results; results/fit/CASE if not given.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the starts that are done in DIR.")
    ] = False,
) -> None:
    """Fit a case or a circuit to data, or a case to its targets; shows what that determines."""
    part = None if tolerance is None else units.parse("--tolerance", tolerance, "")
    size = None if area is None else units.parse("--area", area, "cm^2")
    for option, value in (("--tolerance", part), ("--area", size)):
        if value is not None and not value > 0:
            raise InputError(option, value, "must be greater than 0")
    if (case is None) == (circuit is None):
        raise InputError("case", case or "", "name a case, or give --circuit")
    if circuit is not None:
        from lithode.engine.fit import circuit as circuits

        given = {"--preset": preset, "--materials": materials}
        for option in (name for name, value in given.items() if value):
            raise InputError(option, "", "is not for circuits")
        result = circuits.fit(
            circuit,
            data or (),
            vary=vary or (),
            pairs=settings or (),
            tolerance=part,
            area=size,
            starts=starts,
            runs=runs or circuits.RUNS,
            seed=seed,
            out=out,
            resume=resume,
        )
    else:
        from lithode.engine.fit import command

        result = command.fit(
            str(case),
            vary or (),
            data=data or (),
            tolerance=part,
            area=size,
            preset=preset,
            pairs=settings or (),
            materials=materials,
            starts=starts,
            runs=runs or command.RUNS,
            seed=seed,
            out=out,
            resume=resume,
        )
    say(f"\n{result.table()}\n\n{result.statement()}\nresults in {result.directory}")


def warmup(case: CaseName, preset: Preset = None, settings: Settings = None) -> None:
    """Compile the forms of a case once, so that the ranks of a cluster job need not."""
    from lithode.engine.registry import find
    from lithode.engine.runner import warm_up

    found = find(case)
    warm_up(found, found.resolve(preset, pairs=settings or ()))
    say(f"{case}: forms are compiled")
