"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lithode.cli import completion


def case_argument(text: str) -> Any:
    """Return the argument that names a case, with its help."""
    return typer.Argument(metavar="CASE", help=text, autocompletion=completion.cases)


CaseName = Annotated[
    str, case_argument("Name, as in lithode list, or the file of a case: ./garnet.py.")
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Preset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Set of values to start from.", autocompletion=completion.presets
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help='Change a parameter; units are accepted: --set "current=4 mA/cm^2".',
        autocompletion=completion.settings,
    ),
]
RunPath = Annotated[Path, typer.Argument(metavar="DIR", help="Directory of a run.")]
Materials = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Materials of your own, a YAML file with unit and source."),
]
