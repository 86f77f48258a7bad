"""Lithode: FEniCSx multiphysics for lithium growth in solid-state batteries.

`run` computes a case, `load` reads a stored run; both return a `RunResult`. Importing the package
loads neither DOLFINx nor NumPy.
"""

import sys

# Python -m puts the current folder first: what lies there must not be imported, __future__ neither.
if sys.argv[:1] == ["-m"] and "lithode" in sys.orig_argv and not sys.flags.safe_path:
    del sys.path[0]

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from mpi4py import MPI

    from lithode.core.errors import InputError, Interrupted, SolverError
    from lithode.engine.case import AnyCase
    from lithode.engine.result import RunResult

__all__ = ["InputError", "Interrupted", "RunResult", "SolverError", "load", "run"]
__version__ = "0.2.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())


def run(
    case: "str | AnyCase",
    *,
    out: "Path | str | None" = None,
    preset: str | None = None,
    resume: bool = False,
    overwrite: bool = False,
    movie: bool = False,
    figures: bool = True,
    petsc_options: Sequence[str] = (),
    materials: "Path | str | Mapping[str, object] | None" = None,
    comm: "MPI.Intracomm | None" = None,
    **values: Any,
) -> "RunResult":
    """Run a case; collective under MPI.

    Args:
        case: A case, its name as in ``lithode list``, or the file that holds it (``./garnet.py``).
        out: Run directory; ``results/<case>`` if not given.
        preset: Set of values to start from; the first one of the case if not given.
        resume: Go on from the checkpoint in ``out``, with the parameters stored there.
        overwrite: Replace the run in ``out``.
        movie: Make a movie at the end.
        figures: Draw figures at the end; if not, ``lithode report`` draws them later.
        petsc_options: Words like ``["-phase_ksp_type", "gmres"]``.
        materials: Electrolytes of your own: a YAML file, or a mapping as it holds one.
        comm: Communicator; all ranks if not given.
        values: Parameters by name, as ``lithode show`` lists them: numbers in the unit it prints,
            or texts with a unit (``thickness="90 um"``).

    Raises:
        InputError: Something about the input is wrong; raised before any mesh is built.
        SolverError: The march could not go on.
        Interrupted: A signal stopped the run, which left a checkpoint.
    """
    from lithode.engine.runner import run_case

    return run_case(
        case,
        out=out,
        preset=preset,
        values=values,
        resume=resume,
        overwrite=overwrite,
        movie=movie,
        figures=figures,
        petsc_options=petsc_options,
        materials=materials,
        comm=comm,
    )


def load(directory: "Path | str") -> "RunResult":
    """Return a stored run, from the files in its directory alone: no case is imported.

    Args:
        directory: Where the run is, e.g. ``"results/graded-li3n"``.

    Raises:
        InputError: The directory holds no finished run.
    """
    from lithode.engine.result import load as load_run

    return load_run(directory)


def __getattr__(name: str) -> Any:
    """Return a class of the interface, which is imported when it is asked for."""
    if name == "RunResult":
        from lithode.engine.result import RunResult

        return RunResult
    if name in __all__:
        from lithode.core import errors

        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
