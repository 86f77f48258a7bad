"""The run engine: resolves the input of a run and runs it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.core.errors import InputError
from lithode.core.parallel import on_root, world
from lithode.core.parameters import CaseParameters, parse_pairs
from lithode.engine import petsc
from lithode.engine.case import AnyCase, Case, StudyCase
from lithode.engine.launcher import check_launcher
from lithode.engine.registry import installed, is_file, locate
from lithode.engine.result import RunResult
from lithode.engine.rundir import RunDirectory, RunInput, read_input
from lithode.engine.versions import check_dolfinx
from lithode.materials import registry
from lithode.materials.registry import Materials

if TYPE_CHECKING:
    from mpi4py import MPI

logger = logging.getLogger(__name__)


def run_case(
    case: str | AnyCase | None = None,
    *,
    preset: str | None = None,
    values: Mapping[str, object] | None = None,
    pairs: Sequence[str] = (),
    from_file: Path | None = None,
    out: Path | str | None = None,
    comm: MPI.Intracomm | None = None,
    resume: bool = False,
    overwrite: bool = False,
    petsc_options: Sequence[str] = (),
    movie: bool = False,
    figures: bool = True,
    materials: Path | str | Mapping[str, object] | None = None,
) -> RunResult:
    """Resolve the input of a run and run it; collective.

    Args:
        case: A case, its name, or the file that holds it (``./garnet.py``); may be left out if an
            input file names an installed one.
        preset: Name of a preset.
        values: Parameter values by name; texts may carry units.
        pairs: Texts ``name=value``.
        from_file: A ``case.yaml``.
        out: Run directory; ``results/<case>`` if not given.
        comm: Communicator, all ranks if not given.
        resume: Go on from the checkpoint in ``out``, with the parameters stored there.
        overwrite: Replace the run in ``out``.
        petsc_options: Words like ``["-phase_ksp_type", "gmres"]``.
        movie: Make a movie at the end.
        figures: Draw figures at the end, while all ranks wait; else `report.remake` draws them.
        materials: Electrolytes of the user's own, a YAML file or a mapping as it holds one; see
            `lithode.materials.registry`.

    Raises:
        InputError: Something about the input is wrong; raised before any mesh is built.
        SolverError: The march could not go on.
        Interrupted: A signal stopped the run.
    """
    request = requested(
        case,
        preset=preset,
        values=values,
        pairs=pairs,
        from_file=from_file,
        resumed=out or "" if resume else None,
        comm=comm,
        overwrite=overwrite,
        petsc_options=petsc_options,
        materials=materials,
    )
    return run(
        request.case,
        request.parameters,
        out or f"results/{request.case.name}",
        comm=comm,
        case_file=request.case_file,
        materials=request.materials,
        resume=resume,
        overwrite=overwrite,
        petsc_options=request.petsc_options,
        movie=movie,
        figures=figures,
    )


@dataclass(frozen=True)
class Request:
    """What is to be run, resolved.

    Attributes:
        case: The case.
        parameters: Its parameters.
        case_file: The user's file that holds it; None for an installed one.
        materials: Electrolytes of the user's own.
        petsc_options: Words as given after ``--``.
    """

    case: AnyCase
    parameters: CaseParameters
    case_file: Path | None
    materials: Materials
    petsc_options: Sequence[str]


def requested(
    case: str | AnyCase | None = None,
    *,
    preset: str | None = None,
    values: Mapping[str, object] | None = None,
    pairs: Sequence[str] = (),
    from_file: Path | None = None,
    resumed: Path | str | None = None,
    comm: MPI.Intracomm | None = None,
    overwrite: bool = False,
    petsc_options: Sequence[str] = (),
    materials: Path | str | Mapping[str, object] | None = None,
) -> Request:
    """Resolve the input of a run; collective.

    Args:
        case: As in `run_case`, and so are all others but one.
        preset: Name of a preset.
        values: Parameter values by name.
        pairs: Texts ``name=value``.
        from_file: A ``case.yaml``.
        resumed: Directory of the run to go on with, the usual one if empty; None for a new run.
        comm: Communicator, all ranks if not given.
        overwrite: Replace the run that is there.
        petsc_options: Words.
        materials: Electrolytes of the user's own.

    Raises:
        InputError: Something about the input is wrong.
    """
    resume = resumed is not None
    refused = {
        "--overwrite": overwrite,
        "--from": from_file,
        "--preset": preset,
        "--materials": materials,
    }
    if resume and (option := next((name for name, value in refused.items() if value), None)):
        raise InputError(option, "", "cannot be combined with --resume, which keeps the input")
    if resume and not (resumed or case):
        raise InputError("out", "", "name the directory to resume")
    file: Path | None = None
    if isinstance(case, str) and is_file(case):
        found = locate(case)
        case, file = found.case, found.file
    named = case if isinstance(case, str) or case is None else case.name
    given = RunInput(named or "")
    source = from_file
    if resume:
        source = RunDirectory(Path(resumed or f"results/{named}")).input
    if source is not None:
        path = source
        given = on_root(comm or world(), lambda: read_input(path))
    given = _without_harm(given, resumed=resume)
    if named and given.case and given.case != named:
        raise InputError("case", named, f"{source} is of case {given.case}")
    if given.case_file and (case is None or isinstance(case, str)):
        # No file in a run directory may make the command import a module.
        allowed = f"is of the file {given.case_file}: name it, lithode run ./{given.case_file} ..."
        raise InputError("case", given.case, allowed)
    if case is None:
        case = given.case
    if not case:
        raise InputError("case", "", "name one; lithode list shows them")
    if isinstance(case, str):
        case = installed(case)
    changes = {**(values or {}), **parse_pairs(pairs)}
    added = {**given.materials, **_materials(materials, comm)}
    with registry.using(added):
        parameters = case.resolve(preset, {**given.parameters, **changes})
        if resume:
            _check_changes(case.resolve(None, given.parameters), parameters)
    return Request(case, parameters, file, added, tuple(petsc_options or given.petsc_options))


def run(
    case: AnyCase,
    parameters: CaseParameters,
    out: Path | str,
    *,
    comm: MPI.Intracomm | None = None,
    case_file: Path | None = None,
    materials: Materials | None = None,
    resume: bool = False,
    overwrite: bool = False,
    petsc_options: Sequence[str] = (),
    movie: bool = False,
    figures: bool = True,
) -> RunResult:
    """Run a case with resolved parameters; collective. See `run_case` for the arguments."""
    # Here, so that wrong input is refused before MPI, PETSc and DOLFINx are loaded.
    from mpi4py import MPI

    from lithode.engine.extremes import extremes_named

    # Left to itself one rank destroys the solvers sooner or later than others, and waits for them.
    gc.collect()
    check_launcher(MPI.COMM_WORLD)
    check_dolfinx()
    directory, comm = RunDirectory(Path(out)), comm or MPI.COMM_WORLD
    with extremes_named(parameters):
        if isinstance(case, StudyCase):
            given = {"--resume": resume, "--movie": movie, "PETSc options": bool(petsc_options)}
            for option in (name for name, is_given in given.items() if is_given):
                raise InputError(
                    option, "", f"not for {case.name}: it has no mesh and no time steps"
                )
            from lithode.engine.compute import compute

            summary = compute(
                case,
                parameters,
                directory,
                comm,
                case_file=case_file,
                materials=materials or {},
                overwrite=overwrite,
                figures=figures,
            )
        else:
            from lithode.engine.simulate import simulate

            summary = simulate(
                case,
                parameters,
                directory,
                comm,
                petsc_options,
                case_file=case_file,
                materials=materials or {},
                resume=resume,
                overwrite=overwrite,
                movie=movie,
                figures=figures,
            )
    gc.collect()
    return RunResult(directory.path, summary)


def _materials(
    given: Path | str | Mapping[str, object] | None, comm: MPI.Intracomm | None
) -> Materials:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return registry.parse(given)
    path = Path(given)
    return on_root(comm or world(), lambda: registry.load(path))


def warm_up(case: AnyCase, parameters: CaseParameters, comm: MPI.Intracomm | None = None) -> None:
    """Build a case and try one step, which compiles every form; nothing is written."""
    if isinstance(case, Case):
        from mpi4py import MPI

        from lithode.engine.simulate import build

        simulation = build(case, parameters, comm or MPI.COMM_WORLD, None)
        simulation.model.advance(simulation.control.initial_step)


def _without_harm(given: RunInput, *, resumed: bool) -> RunInput:
    """Return the input without PETSc options that could run code or write files.

    Raises:
        InputError: A file that is not the folder's own brings one along.
    """
    bad = petsc.harmful(given.petsc_options)
    if not bad:
        return given
    names = " ".join(f"-{name}" for name in bad)
    if not resumed:
        raise InputError("petsc_options", names, "is not taken from a file; type it after --")
    logger.warning("%s: not taken from case.yaml; type it after -- if you want it", names)
    kept = {
        name: value for name, value in petsc.parse(given.petsc_options).items() if name not in bad
    }
    words = (word for name, value in kept.items() for word in (f"-{name}", value) if word)
    return replace(given, petsc_options=tuple(words))


def _check_changes(stored: CaseParameters, wanted: CaseParameters) -> None:
    """Refuse changes that would make a resumed run another run."""
    before, after = stored.plain(), wanted.plain()
    for name, value in after.items():
        if value != before[name] and name not in wanted.resumable:
            allowed = ", ".join(sorted(wanted.resumable))
            raise InputError(name, value, f"cannot change on --resume, only {allowed} can")
