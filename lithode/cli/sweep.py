"""Commands that run a case many times: sweep, optimise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lithode.cli.options import CaseName, Materials, Preset, Settings, case_argument
from lithode.cli.terminal import say
from lithode.core.errors import InputError, SolverError

if TYPE_CHECKING:
    from lithode.engine.sweep.plan import Plan

_MOST_JOBS = 4096


def sweep(
    context: typer.Context,
    case: Annotated[
        str | None,
        case_argument("Name, or the file of a case; not needed to go on with an installed one."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="low..high:count, low..high:count:log, or values separated by commas.",
        ),
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(metavar="KIND:N", help="sobol:64, latin:64 or random:64 instead of a grid."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the samples.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder; results/sweep/CASE if not given.")
    ] = None,
    preset: Preset = None,
    settings: Settings = None,
    materials: Materials = None,
    jobs: Annotated[int, typer.Option(help="Points that run at a time.")] = 1,
    ranks: Annotated[int, typer.Option(help="MPI ranks of each point.")] = 1,
    only: Annotated[
        str | None, typer.Option(metavar="POINTS", help="Run these alone: 3, or 0,4,7, or 0..15.")
    ] = None,
    collect: Annotated[
        bool, typer.Option("--collect", help="Run nothing: table, map and page of what is there.")
    ] = False,
    slurm: Annotated[
        bool, typer.Option("--slurm", help="Run nothing: write DIR/sweep.slurm, a job array.")
    ] = False,
    snakemake: Annotated[
        bool, typer.Option("--snakemake", help="Run nothing: write DIR/Snakefile.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the points, and write nothing.")
    ] = False,
) -> None:
    """Run a case at many points; a table, a map and a page of all.

    The same command goes on with a folder: what is done is skipped, what was cut short is resumed,
    and what failed is tried again. The exit code is 3 if points failed.

    Example: lithode sweep ji2020/penetration --vary pore_diameter=0.1..1:5:log
    --vary "current=0.5,1,2" --out results/pores --jobs 4
    """
    if context.obj:
        raise InputError("PETSc options", "", "are not for sweeps")
    for option, number in (("--jobs", jobs), ("--ranks", ranks)):
        if not 1 <= number <= _MOST_JOBS:
            raise InputError(option, number, f"must be at least 1 and at most {_MOST_JOBS}")
    from lithode.core.parallel import on_root, world
    from lithode.engine.registry import locate
    from lithode.engine.sweep import plan as plans
    from lithode.materials import registry

    if vary:
        if not case:
            raise InputError("case", "", "name one; lithode list shows them")
        found = locate(case)
        added = on_root(world(), lambda: registry.load(materials) if materials else {})
        path = out or Path(f"results/sweep/{found.case.name}")
        plan = plans.new(
            found,
            path,
            vary,
            sample=sample,
            seed=seed,
            preset=preset,
            pairs=settings or (),
            materials=added,
        )
    else:
        given = {"--sample": sample, "--preset": preset, "--set": settings}
        for option in (name for name, value in given.items() if value):
            raise InputError(option, "", "needs --vary; a sweep that is there keeps its own")
        path = out or Path(f"results/sweep/{case}")
        plan = plans.stored(case, path)
    if dry_run:
        _show(plan)
        return
    on_root(world(), plan.prepare)
    if slurm or snakemake:
        from lithode.engine.sweep import scripts

        if slurm:
            on_root(world(), lambda: say(f"sbatch {scripts.write_slurm(plan, ranks)}"))
        if snakemake:
            file = on_root(world(), lambda: scripts.write_snakefile(plan, ranks))
            say(f"snakemake --snakefile {file} --cores N --keep-going")
        return
    failed = 0 if collect else _run(plan, only, jobs, ranks)
    if only is None:
        from lithode.engine.sweep import summary

        table = on_root(world(), lambda: summary.conclude(plan))
        say(f"{table.done} of {len(table.points)} points are done; {plan.path}/report.html")
    if failed:
        raise SolverError(f"{failed} points failed; {plan.path}/failures says why")


def optimise(
    case: CaseName,
    vary: Annotated[
        list[str],
        typer.Option(metavar="NAME=RANGE", help="low..high, low..high:log, or a,b,c."),
    ],
    maximise: Annotated[
        str | None, typer.Option(metavar="RESULT", help="Result to make large, or a part of it.")
    ] = None,
    minimise: Annotated[
        str | None, typer.Option(metavar="RESULT", help="Result to make small, instead.")
    ] = None,
    limits: Annotated[
        list[str] | None,
        typer.Option("--subject-to", metavar="LIMIT", help='"RESULT <= 40 ohm*cm^2", or >=.'),
    ] = None,
    preset: Preset = None,
    settings: Settings = None,
    runs: Annotated[int, typer.Option(help="Number of runs.")] = 60,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Results; results/optimise/CASE if not given."),
    ] = None,
) -> None:
    """Search parameters for the best value of a result within limits; says how far it is valid."""
    from lithode.engine.optimise import command

    found = command.optimise(
        case,
        vary,
        maximise=maximise,
        minimise=minimise,
        limits=limits or (),
        preset=preset,
        pairs=settings or (),
        runs=runs,
        seed=seed,
        out=out,
    )
    say(f"\n{found.text()}\nresults in {found.directory}")


def _run(plan: Plan, only: str | None, jobs: int, ranks: int) -> int:
    """Run points, and return how many of them are not done then."""
    from lithode.core.parallel import on_root, world
    from lithode.engine.sweep import points

    numbers = points.chosen_of(only, len(plan.points)) if only else range(len(plan.points))
    launched = world()
    if jobs == 1 and ranks == 1:
        points.run_points(plan, list(numbers))
    elif launched is not None and launched.size > 1:
        raise InputError("--jobs", jobs, "with --ranks starts its own ranks: not under mpirun")
    else:
        points.Pool(plan, jobs, ranks).run(list(numbers))
    return on_root(launched, lambda: sum(not plan.is_done(number) for number in numbers))


def _show(plan: Plan) -> None:
    from lithode.cli.terminal import show_table

    rows = [[str(k), *map(str, point.values())] for k, point in enumerate(plan.points)]
    show_table(("point", *(varied.column for varied in plan.space.varied)), {"": rows})
