"""All commands of ``lithode``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

import lithode
from lithode.cli import cases, compute, mesh, new, spectra, stored, sweep, verify
from lithode.cli.terminal import say

app = typer.Typer(
    help="FEniCSx multiphysics for lithium growth in solid-state batteries. "
    "Every command also runs under mpirun -n N.",
    pretty_exceptions_enable=False,
)

_EXAMPLES: dict[Callable[..., None], str] = {
    cases.list_cases: "lithode list --json",
    cases.show: "lithode show graded-li3n --grep stress",
    mesh.mesh: "lithode mesh slice.png --pixel 0.25um --labels 0=fine,1=coarse --out results/mesh",
    new.new: "lithode new garnet",
    compute.run: "lithode run graded-li3n --preset quick --set particles=fine --out results/fine",
    sweep.sweep: "lithode sweep ji2020/penetration --vary pore_diameter=0.1..1:5:log "
    "--vary current=0.5,1,2 --out results/pores",
    sweep.optimise: "lithode optimise wang2024/gradient --vary porosity=0.3..0.6 "
    '--maximise "safe up to (CCD), two potentials (graded)" --out results/best',
    stored.report: "lithode report results/fine",
    stored.movie: "lithode movie results/fine",
    stored.runs: "lithode runs results",
    stored.compare: "lithode compare results/fine results/graded",
    stored.scores: "lithode scores results",
    stored.export: "lithode export results/fine bdf",
    verify.verify: "lithode verify verification/dispersion",
    compute.fit: "lithode fit cheng2020/interphase --starts 4",
    spectra.drt: "lithode drt spectrum.csv",
    compute.warmup: "lithode warmup graded-li3n --preset paper",
}
for _command, _example in _EXAMPLES.items():
    app.command(_example.split()[1], epilog=f"Example: {_example}")(_command)


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        say(f"lithode {lithode.__version__}")
    elif context.invoked_subcommand is None:
        say(context.get_help())
