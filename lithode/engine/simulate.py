"""Runs of cases on a mesh: from resolved parameters to the files in a run directory.

Everything that can be refused is refused before the first file is written: the input before any
mesh is built, PETSc options that no solver reads after one trial step that is thrown away.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.core.axis import TIME
from lithode.core.errors import (
    InputError,
    Interrupted,
    LithodeError,
    SolverError,
    StepFailed,
    StorageError,
)
from lithode.core.files import storage_error
from lithode.core.parallel import on_root
from lithode.core.parameters import CaseParameters
from lithode.engine import petsc, report
from lithode.engine.case import Case, Simulation
from lithode.engine.claim import claimed
from lithode.engine.log_file import log_file
from lithode.engine.progress import Progress
from lithode.engine.recorder import Recorder
from lithode.engine.rundir import RunDirectory
from lithode.engine.signals import StopSignals
from lithode.engine.summary import Effort, Outcome, summarise
from lithode.materials.registry import Materials
from lithode.output.history import read_history
from lithode.solvers.numerics.checkpoint import (
    newest,
    read_domain,
    read_header,
    restore,
    write_checkpoint,
)
from lithode.solvers.numerics.march import MarchResult, march

logger = logging.getLogger(__name__)


def simulate(
    case: Case[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    comm: MPI.Intracomm,
    petsc_options: Sequence[str],
    *,
    case_file: Path | None,
    materials: Materials,
    resume: bool,
    overwrite: bool,
    movie: bool,
    figures: bool,
) -> dict[str, Any]:
    """Run a case on a mesh and return its summary; collective."""
    started = time.monotonic()
    options = petsc.parse(petsc_options)
    petsc.check_prefixes(options, case.petsc_prefixes)
    _probe_options(case, parameters, options)
    with (
        claimed(directory, comm, resume=resume, overwrite=overwrite),
        log_file(comm) as open_log,
        StopSignals(comm) as stop,
        petsc.in_database(options),
    ):
        checkpoint = _checkpoint(case, parameters, directory, comm) if resume else None
        with petsc.errors_are_the_users(options):
            simulation = build(case, parameters, comm, checkpoint)
            if checkpoint is not None:
                on_root(comm, lambda: _check_nothing_left_out(simulation, directory))
            _check_options_used(simulation, options)

        def open_directory() -> None:
            if checkpoint is None:
                directory.clear()
            directory.summary.unlink(missing_ok=True)
            directory.write_input(case.name, parameters, petsc_options, case_file, materials)
            open_log(directory.log)

        on_root(comm, open_directory)
        if checkpoint is None and comm.size > 1:
            start = _stored(case, parameters, directory, simulation)
            del simulation  # before the next one, or both fill the memory
            simulation = _from_its_own_checkpoint(case, parameters, start, comm)
        logger.info("%d unknowns", simulation.model.unknowns)
        report.show_health(simulation.health)
        recorder = Recorder(
            directory,
            simulation.model,
            case=case.name,
            parameters_hash=parameters.trajectory_hash,
            resumed=checkpoint is not None,
            started=started,
        )
        outcome = _march(simulation, recorder, stop)
        try:
            summary = _finish(
                case,
                parameters,
                directory,
                simulation,
                outcome,
                recorder,
                movie=movie,
                figures=figures,
            )
        except LithodeError as error:
            raise outcome.failure or error from None
    if outcome.failure is not None:
        raise outcome.failure
    return summary


def _march(simulation: Simulation, recorder: Recorder, stop: StopSignals) -> Outcome:
    """March to the end, an event, a signal or a failure, of which the last two save."""
    model = simulation.model
    with recorder, Progress(model, simulation.end_time) as progress:
        try:
            result = _saved(
                recorder,
                lambda: march(
                    model,
                    simulation.control,
                    simulation.end_time,
                    simulation.output_times,
                    [recorder, progress],
                    lambda: stop.agreed() or recorder.save_when_due(),
                    recorder.refreshed,
                ),
            )
        except Interrupted as interrupt:
            return Outcome("interrupted", failure=interrupt)
        except SolverError as error:
            last = recorder.last_checkpoint
            kept = f"the last good state is in {last}" if last else "there is no checkpoint yet"
            failure = type(error)(f"{error}; {kept}")
            failure.__cause__ = error
            return Outcome("failed", failure=failure)
    return Outcome(result.status, result.event)


def _saved(recorder: Recorder, go: Callable[[], MarchResult]) -> MarchResult:
    """Write a checkpoint when a march has ended, but for a bug, which may be one rank's alone.

    Raises:
        StorageError: It cannot be written.
    """
    try:
        result = go()
    except StorageError:
        raise
    except (Interrupted, SolverError):
        recorder.save()
        raise
    recorder.save()
    return result


def build(
    case: Case[Any], parameters: CaseParameters, comm: MPI.Intracomm, checkpoint: Path | None
) -> Simulation:
    """Build a simulation, from a checkpoint if there is one; collective.

    Raises:
        SolverError: The initial state cannot be solved for.
    """
    domain = None if checkpoint is None else read_domain(checkpoint, comm)
    try:
        simulation = case.build(parameters, comm, domain)
    except StepFailed as failure:
        raise SolverError(f"the initial state cannot be solved for: {failure}") from failure
    if checkpoint is None:
        return simulation
    restore(checkpoint, simulation.model)
    axis = simulation.model.axis
    at = axis.at(simulation.model.time)
    if simulation.end_time < simulation.model.time:
        name = "end_time" if axis is TIME else axis.name
        allowed = f"must not be before the checkpoint at {at}"
        raise InputError(name, f"{simulation.end_time:g}", allowed, axis.suffix.strip())
    logger.info("resumed from %s at %s", checkpoint, at)
    return simulation


def _stored(
    case: Case[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    simulation: Simulation,
) -> Path:
    return write_checkpoint(
        directory.checkpoints,
        simulation.model,
        case=case.name,
        parameters_hash=parameters.trajectory_hash,
    )


def _from_its_own_checkpoint(
    case: Case[Any], parameters: CaseParameters, path: Path, comm: MPI.Intracomm
) -> Simulation:
    """Return the simulation on its mesh as its first checkpoint hands it out; collective.

    Partition and numbering are then those of any run that goes on from a checkpoint on as many
    ranks, and so are its numbers, to the last bit.
    """
    simulation = case.build(parameters, comm, read_domain(path, comm))
    restore(path, simulation.model)
    return simulation


def _finish(
    case: Case[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    simulation: Simulation,
    outcome: Outcome,
    recorder: Recorder,
    *,
    movie: bool,
    figures: bool,
) -> dict[str, Any]:
    """Judge the run and write summary, figures and report on rank 0; collective."""
    model = simulation.model
    comm, unknowns, end = model.domain.mesh.comm, model.unknowns, model.time

    def conclude() -> dict[str, Any]:
        history = read_history(directory.history)
        if not history:
            raise StorageError(f"{directory.history} holds no rows")
        effort = Effort(
            ranks=comm.size,
            unknowns=unknowns,
            steps=int(np.count_nonzero(history[model.axis.step_column])),
            rejected_steps=int(np.sum(history["rejected"])),
            nonlinear_iterations=int(np.sum(history["nonlinear_iterations"])),
            linear_iterations=int(np.sum(history["linear_iterations"])),
            wall_seconds=recorder.wall_seconds,
        )
        conservation = {
            name: float(np.max(np.abs(history[column])))
            for name, column in simulation.conservation.items()
        }
        summary = summarise(
            case,
            parameters,
            history,
            outcome,
            effort,
            conservation=conservation,
            health=simulation.health,
            **{model.axis.name: end},
        )
        try:
            report.conclude(case, parameters, directory, summary, movie=movie, figures=figures)
        except OSError as error:
            raise storage_error(directory.path, error) from error
        return summary

    return on_root(comm, conclude)


def _probe_options(
    case: Case[Any], parameters: CaseParameters, options: Mapping[str, str | None]
) -> None:
    """Refuse, before any mesh is made, options that no solver of the case reads."""
    if not options or case.probes is None:
        return
    # The run enters them anew: what only a probe has read must not count as read by it.
    with petsc.errors_are_the_users(options), petsc.in_database(options):
        for make in case.probes(parameters):
            # Whether such a step can be solved is of no interest here.
            with suppress(StepFailed):
                make().advance(1e-3)
        petsc.check_used(options)


def _check_options_used(simulation: Simulation, options: Mapping[str, str | None]) -> None:
    """Refuse PETSc options that nobody reads, after a trial step that is thrown away."""
    if not options:
        return
    try:
        simulation.model.advance(simulation.model.next_step or simulation.control.initial_step)
    except StepFailed as failure:
        logger.warning("PETSc options are not checked, the first step failed: %s", str(failure))
    else:
        petsc.check_used(options)


def _checkpoint(
    case: Case[Any], parameters: CaseParameters, directory: RunDirectory, comm: MPI.Intracomm
) -> Path | None:
    """Return the checkpoint to go on from, None if the run was killed before the first one."""
    path = newest(directory.checkpoints, comm, case=case.name)
    if path is None:
        logger.warning("%s holds no checkpoint yet: starting from the beginning", directory.path)
        return None
    header = read_header(path, comm)
    if header.parameters_hash != parameters.trajectory_hash:
        raise InputError("checkpoint", path, f"is of other parameters than {directory.input}")
    return path


def _check_nothing_left_out(simulation: Simulation, directory: RunDirectory) -> None:
    """Refuse loads before the checkpoint of a sweep that are not in its history."""
    model = simulation.model
    axis = model.axis
    if axis is TIME:
        return
    history = read_history(directory.history) if directory.history.is_file() else {}
    done = history.get(axis.column, np.zeros(0))
    for load in simulation.output_times:
        if load < model.time and not np.isclose(done, load, rtol=1e-9, atol=0).any():
            allowed = (
                f"is not in the history and before the checkpoint at {axis.at(model.time)}: "
                "start a new run"
            )
            raise InputError(axis.name, f"{load:g}", allowed, axis.suffix.strip())
