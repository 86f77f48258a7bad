"""The command on measured spectra: drt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.stored import once
from lithode.cli.terminal import say


def drt(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Gamry, BioLogic, ZView, PalmSens, text.")
    ],
    weight: Annotated[
        str, typer.Option("--lambda", metavar="NUMBER", help="Regularisation; cv chooses it.")
    ] = "1e-3",
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help="Of the electrode: ohm become ohm cm^2.")
    ] = None,
    negate: Annotated[
        bool, typer.Option("--negate", help="Im has the other sign than its heading says.")
    ] = False,
    sweep: Annotated[
        int | None, typer.Option(metavar="N", help="Which one of a file with several sweeps.")
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(metavar="N", help="Draws for the bands; 0 leaves them out, 100 if not given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="results/drt-FILE if not given.")
    ] = None,
) -> None:
    """Find the distribution of relaxation times of a spectrum: peaks, tables and pictures."""
    from lithode.spectroscopy import analysis as spectroscopy

    def make() -> None:
        wanted = spectroscopy.regularisation(weight)
        directory = out or Path("results") / f"drt-{file.stem}"
        spectrum = spectroscopy.read(file, area=area, negate=negate, sweep=sweep)
        found = spectroscopy.analyse(spectrum, file, directory, wanted, draws)
        say(found.text())
        say("\n".join(str(path) for path in found.files))

    once(make)
