"""The command on measured spectra: drt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.stored import once
from lithode.cli.terminal import say


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
        say(found.text())
        say("\n".join(str(path) for path in found.files))

    once(make)
