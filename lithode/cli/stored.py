"""Commands on stored runs: report, movie."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from lithode.cli.options import RunPath
from lithode.cli.terminal import say
from lithode.core.parallel import on_root, world


def report(directory: RunPath) -> None:
    """Make the table, report.md and the figures again from the files in DIR."""
    from lithode.engine import report as reports

    def make() -> None:
        summary, made = reports.remake(directory)
        say(reports.text(summary))
        say("\n".join(map(str, made)))

    once(make)


def movie(directory: RunPath) -> None:
    """Make a movie from the fields in DIR."""
    from lithode.engine import report as reports

    once(lambda: say(str(reports.movie(directory))))


def once(action: Callable[[], None]) -> None:
    """Do something on one rank, collectively."""
    ranks = world()
    if ranks is not None:
        # PETSc starts when it is imported, and on all ranks or it breaks the messages between them.
        importlib.import_module("petsc4py.PETSc")
    on_root(ranks, action)
