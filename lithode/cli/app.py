"""All commands of ``lithode``."""

from __future__ import annotations

from typing import Annotated

import typer

import lithode
from lithode.cli import cases, compute, new, spectra, stored, sweep, verify
from lithode.cli.terminal import say

app = typer.Typer(
    help="FEniCSx multiphysics for lithium growth in solid-state batteries. "
    "Every command also runs under mpirun -n N.",
    pretty_exceptions_enable=False,
)
app.command("list")(cases.list_cases)
app.command()(cases.show)
app.command()(new.new)
app.command()(compute.run)
app.command()(sweep.sweep)
app.command()(stored.report)
app.command()(stored.movie)
app.command()(stored.runs)
app.command()(stored.compare)
app.command()(stored.scores)
app.command()(stored.export)
app.command()(verify.verify)
app.command()(compute.fit)
app.command()(spectra.drt)
app.command()(compute.warmup)


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        say(f"lithode {lithode.__version__}")
    elif context.invoked_subcommand is None:
        say(context.get_help())
