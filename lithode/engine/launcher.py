"""Whether a launcher has started one run, or copies of it that know nothing of each other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lithode.core.errors import InputError

if TYPE_CHECKING:
    from mpi4py import MPI

# SLURM numbers the pseudo-steps (batch, extern, interactive, ...) downwards from here.
_LAST_STEP = 0xFFFFFFF0


def check_launcher(comm: MPI.Intracomm) -> None:
    """Refuse copies of a run, each of which takes itself for the only rank.

    So start N processes under ``srun`` with an ``--mpi`` that the MPI library does not speak.

    Args:
        comm: All ranks, ``MPI.COMM_WORLD``.

    Raises:
        InputError: The step of SLURM has more tasks, and ``comm`` only one rank.
    """
    tasks = tasks_of_step(os.environ)
    if comm.size > 1 or tasks < 2:
        return
    from mpi4py import MPI

    plugin = "pmix" if MPI.Get_library_version().startswith("Open MPI") else "pmi2"
    allowed = (
        f"each takes itself for the only rank; use srun --mpi={plugin} (srun --mpi=list shows "
        "what there is), mpirun, or srun -n 1 for one rank"
    )
    raise InputError("srun", tasks, allowed, "tasks")


def tasks_of_step(environment: Mapping[str, str]) -> int:
    """Return the number of tasks of the step of SLURM that this process is in, 1 outside of one.

    A batch script is in none, however many tasks its job has.
    """
    try:
        if not 0 <= int(environment["SLURM_STEP_ID"]) < _LAST_STEP:
            return 1
        return int(environment.get("SLURM_STEP_NUM_TASKS") or environment["SLURM_NTASKS"])
    except (KeyError, ValueError):
        return 1
