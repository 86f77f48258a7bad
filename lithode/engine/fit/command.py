"""Fits parameters of a case to its calibrated targets or to data, and what that determines.

Several starts lead to several sets of values that fit equally well. Their spread is the result: a
parameter that differs between them by a factor of ten is known to a factor of ten at best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.core.parameters import CaseParameters, parse_pairs
from lithode.engine.claim import claimed
from lithode.engine.fit.data import read_goal
from lithode.engine.fit.figure import draw, draw_data
from lithode.engine.fit.problem import CaseProblem
from lithode.engine.fit.report import Fit, FittedSet
from lithode.engine.fit.search import Search
from lithode.engine.fit.starts import Starts
from lithode.engine.fit.variables import variables_of
from lithode.engine.registry import Found, locate
from lithode.engine.rundir import RunDirectory
from lithode.materials import registry
from lithode.output.tables import write_table

PRESET = "fit"
"""Preset that a fit starts from if the case has one of this name."""

RUNS = 80
"""Most runs of one start."""

_MOST = 1_000_000


def fit(
    name: str,
    vary: Sequence[str] = (),
    *,
    data: Sequence[str] = (),
    tolerance: float | None = None,
    area: float | None = None,
    preset: str | None = None,
    pairs: Sequence[str] = (),
    materials: Path | str | Mapping[str, object] | None = None,
    starts: int = 6,
    runs: int = RUNS,
    seed: int = 1,
    out: Path | None = None,
    resume: bool = False,
    comm: MPI.Intracomm | None = None,
) -> Fit:
    """Fit parameters of a case; the starts are shared by the ranks.

    Args:
        name: Name of the case, or the file that holds it.
        vary: Parameters as ``name`` or ``name=low..high``; all calibrated numbers if empty.
        data: Files, or ``kind=file``, to fit to; the calibrated targets if empty.
        tolerance: Relative tolerance of the data; 1 % for spectra and 5 % for others if None.
        area: Of the electrode in cm^2, for spectra in ohm.
        preset: Preset of what is not fitted; "fit" if the case has it.
        pairs: Texts ``name=value``, as for a run.
        materials: Electrolytes of the user's own, a YAML file or a mapping as it holds one.
        starts: Number of starts: the case's own values, then random ones.
        runs: Most runs of one start.
        seed: Of the random starts.
        out: Directory for the results; ``results/fit/CASE`` if not given.
        resume: Go on with the starts that are done in ``out``.
        comm: Ranks that share the starts, all if not given.

    Raises:
        InputError: There is nothing to fit or to fit to, or a range, a file or a count is wrong.
    """
    comm = comm or MPI.COMM_WORLD
    found = locate(name)
    case = found.case
    check_counts(starts, runs, seed)
    added = on_root(comm, lambda: _materials(materials))
    with registry.using(added):
        preset = preset or (PRESET if PRESET in case.presets else None)
        parameters = case.resolve(preset, pairs=pairs)
        goals = on_root(
            comm,
            lambda: [
                read_goal(
                    text,
                    tolerance=tolerance,
                    area=area,
                    results=case.results,
                    readers=case.data,
                )
                for text in data
            ],
        )
        variables = variables_of(parameters, vary, parse_pairs(pairs))
        problem = CaseProblem(case, parameters, variables, goals)
        problem.check()
        directory = RunDirectory(out or Path(f"results/fit/{case.name}"))
        with claimed(directory, comm, resume=resume, overwrite=False):
            return _search(problem, found, added, directory, comm, (starts, runs, seed), resume)


def check_counts(starts: int, runs: int, seed: int) -> None:
    """Refuse numbers of starts, runs or a seed that make no sense."""
    for option, number, least in (
        ("--starts", starts, 1),
        ("--runs", runs, 1),
        ("--seed", seed, 0),
    ):
        if not least <= number <= _MOST:
            raise InputError(option, number, f"must be at least {least} and at most {_MOST}")


def _materials(given: Path | str | Mapping[str, object] | None) -> registry.Materials:
    if given is None:
        return {}
    return registry.parse(given) if isinstance(given, Mapping) else registry.load(Path(given))


def _search(
    problem: CaseProblem,
    found: Found,
    materials: registry.Materials,
    directory: RunDirectory,
    comm: MPI.Intracomm,
    counts: tuple[int, int, int],
    resume: bool,
) -> Fit:
    starts, runs, seed = counts
    search = Search(problem)

    def write_input(parameters: CaseParameters) -> None:
        directory.write_input(problem.name, parameters, (), found.file, materials)

    done = Starts.of(problem, directory.path / "starts", seed, runs)
    on_root(comm, lambda: done.open(resume=resume))
    if not resume:
        on_root(comm, lambda: write_input(problem.parameters))
    search.announce(comm, starts, runs)
    random = np.random.default_rng(seed)
    clouds = [random.random((problem.draws, len(problem.variables))) for _ in range(starts)]

    def from_(number: int) -> FittedSet:
        return search.from_(number, clouds[number] if number else None, runs)

    mine = [done.get(number, from_) for number in range(comm.rank, starts, comm.size)]
    sets = [entry for part in comm.allgather(mine) for entry in part]
    sets.sort(key=lambda entry: (not entry.good, entry.misfit))
    determined, errors = comm.bcast(search.determined(sets[0]) if comm.rank == 0 else None)
    result = Fit(
        problem.name, problem.goals, problem.variables, sets, determined, errors, directory.path
    )

    def write() -> None:
        write_input(problem.at(sets[0].values))
        write_results(result, search)

    on_root(comm, write)
    return result


def write_results(result: Fit, search: Search) -> None:
    """Write the table of the sets, data beside the best set, and pictures; on one process."""
    write_table(result.directory / "fits.csv", result.columns())
    draw(result, result.directory / "figures" / "fit.png")
    best = search.problem.judge(result.sets[0].values)
    for k, (goal, judged) in enumerate(zip(result.goals, best, strict=True), 1):
        if judged.columns:
            write_table(result.directory / "tables" / f"data-{k}.csv", judged.columns)
            draw_data(goal.name, judged, result.directory / "figures" / f"data-{k}.png")
