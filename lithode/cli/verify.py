"""The command that holds the code against known answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.options import Json
from lithode.cli.terminal import say
from lithode.core.errors import LithodeError
from lithode.core.files import write_atomically
from lithode.core.parallel import world


class NotVerifiedError(LithodeError):
    """Some known answer is not met."""


def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE...]", help="Some of the verification cases; else all."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Runs at a time, a core each.")] = 4,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the runs go.")] = Path(
        "results/verify"
    ),
    book: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the table as a page of Markdown.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run all verification cases: known value, ours, tolerance. Exit code 0 only if all hold."""
    from lithode.engine import verify as engine

    ranks = world()
    if ranks is not None and ranks.size > 1:
        raise NotVerifiedError(
            "lithode verify starts its own processes: run it without mpirun, --jobs N"
        )
    found = engine.verify(engine.cases(names or ()), out, jobs)
    if book is not None:
        write_atomically(book, found.markdown())
    say(json.dumps(found.plain(), indent=2) if as_json else found.text())
    if not found.holds:
        raise NotVerifiedError(f"not all known answers are met: {found.headline}")
