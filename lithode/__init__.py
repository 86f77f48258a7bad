"""Lithode: FEniCSx multiphysics for lithium growth in solid-state batteries."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lithode.engine.case import AnyCase
    from lithode.engine.result import RunResult

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())


def run(
    case: str | AnyCase, *, out: str | None = None, preset: str | None = None, **values: Any
) -> RunResult:
    """Run a case; collective under MPI.

    Args:
        case: A case, its name as in ``lithode list``, or the file that holds it.
        out: Run directory; ``results/<case>`` if not given.
        preset: Set of values to start from.
        values: Parameters by name, with units in texts (``thickness="90 um"``), and the options
            of `lithode.engine.runner.run_case`: ``resume``, ``overwrite``, ``movie``,
            ``petsc_options``, ``materials`` and ``comm``.

    Raises:
        InputError: Something about the input is wrong.
        SolverError: The march could not go on.
        Interrupted: A signal stopped the run.
    """
    # Here, so that importing the package stays quick and needs no dolfinx.
    from lithode.engine.runner import run_case

    names = "comm", "resume", "overwrite", "movie", "petsc_options", "materials"
    options = {key: values.pop(key) for key in names if key in values}
    return run_case(case, out=out, preset=preset, values=values, **options)


def load(directory: str) -> RunResult:
    """Return a stored run, from the files in its directory alone.

    Raises:
        InputError: The directory holds no finished run.
    """
    from lithode.engine.result import load as load_run

    return load_run(directory)
