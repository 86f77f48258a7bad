"""Fits parameters of a case to its calibrated targets, and shows how little that determines.

Several starts lead to several sets of values that fit equally well. Their spread is the result: a
parameter that differs between them by a factor of ten is known to a factor of ten at best.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.core.parameters import parse_pairs
from lithode.engine.claim import claimed
from lithode.engine.fit.figure import draw
from lithode.engine.fit.report import Fit
from lithode.engine.fit.search import DRAWS, Search
from lithode.engine.fit.variables import variables_of
from lithode.engine.registry import locate
from lithode.engine.rundir import RunDirectory
from lithode.output.tables import write_table

PRESET = "fit"
"""Preset that a fit starts from if the case has one of this name."""

_MOST = 1_000_000


def fit(
    name: str,
    vary: Sequence[str] = (),
    *,
    preset: str | None = None,
    pairs: Sequence[str] = (),
    starts: int = 6,
    runs: int = 80,
    seed: int = 1,
    out: Path | None = None,
    comm: MPI.Intracomm | None = None,
) -> Fit:
    """Fit parameters of a case to its calibrated targets; the starts are shared by the ranks.

    Args:
        name: Name of the case, or the file that holds it.
        vary: Parameters as ``name`` or ``name=low..high``; all calibrated numbers if empty.
        preset: Preset of what is not fitted; "fit" if the case has it.
        pairs: Texts ``name=value``, as for a run.
        starts: Number of starts: the case's own values, then random ones.
        runs: Most runs of one start.
        seed: Of the random starts.
        out: Directory for the results; ``results/fit/CASE`` if not given.
        comm: Ranks that share the starts, all if not given.

    Raises:
        InputError: There is nothing to fit or to fit to, or a range or count is wrong.
    """
    comm = comm or MPI.COMM_WORLD
    found = locate(name)
    case = found.case
    for option, number, least in (
        ("--starts", starts, 1),
        ("--runs", runs, 1),
        ("--seed", seed, 0),
    ):
        if not least <= number <= _MOST:
            raise InputError(option, number, f"must be at least {least} and at most {_MOST}")
    preset = preset or (PRESET if PRESET in case.presets else None)
    parameters = case.resolve(preset, pairs=pairs)
    variables = variables_of(parameters, vary, parse_pairs(pairs))
    search = Search(case, parameters, variables)
    search.check()
    directory = RunDirectory(out or Path(f"results/fit/{case.name}"))
    with claimed(directory, comm, resume=False, overwrite=False):
        search.announce(comm, starts, runs)
        random = np.random.default_rng(seed)
        clouds = [random.random((DRAWS, len(variables))) for _ in range(starts)]
        mine = [
            search.from_(number, None if number == 0 else clouds[number], runs)
            for number in range(comm.rank, starts, comm.size)
        ]
        sets = [entry for part in comm.allgather(mine) for entry in part]
        sets.sort(key=lambda entry: (not entry.good, entry.misfit))
        determined = search.determined(sets[0]) if comm.rank == 0 else 0
        result = Fit(
            case.name, search.targets, variables, sets, comm.bcast(determined), directory.path
        )

        def write() -> None:
            directory.write_input(case.name, search.at(sets[0].values), (), found.file)
            write_table(directory.path / "fits.csv", result.columns())
            draw(result, directory.figures / "fit.png")

        on_root(comm, write)
        return result
