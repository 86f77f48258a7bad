"""The run engine: from resolved parameters to the files in a run directory.

Everything that can be refused is refused before the first file is written: the input before any
mesh is built, PETSc options that no solver reads after one trial step that is thrown away.
"""

from __future__ import annotations

import gc
import logging
import logging.handlers
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from mpi4py import MPI

import lithode
from lithode.core.axis import TIME
from lithode.core.errors import InputError, Interrupted, LithodeError, SolverError, StepFailed
from lithode.core.parallel import on_root
from lithode.core.parameters import CaseParameters, parse_pairs
from lithode.engine import petsc, report
from lithode.engine.case import (
    AnyCase,
    Case,
    HealthLine,
    Scenario,
    Simulation,
    StudyCase,
    Value,
    Verdict,
    find,
)
from lithode.engine.rundir import RunDirectory, RunInput, read_input
from lithode.engine.study import Results
from lithode.engine.watch import PartDone, Progress, Recorder, StopSignals
from lithode.output.history import History, read_history
from lithode.solvers.numerics.checkpoint import FILE_NAME, read_domain, read_header, restore
from lithode.solvers.numerics.march import march
from lithode.solvers.numerics.model import Event

logger = logging.getLogger(__name__)

Status = Literal["completed", "stopped", "interrupted", "failed"]


@dataclass(frozen=True)
class RunResult:
    """What a run left behind.

    Attributes:
        directory: Where its files are.
        status: How it ended.
        summary: Content of ``summary.json``.
        verdicts: The paper against this run.
    """

    directory: Path
    status: Status
    summary: Mapping[str, Any]
    verdicts: Sequence[Verdict]

    def table(self) -> str:
        """Return the paper against this run as a text table."""
        return report.table(self.verdicts)


def run_case(
    name: str | None = None,
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
) -> RunResult:
    """Resolve the input of a run and run it; collective.

    Args:
        name: Name of the case; may be left out if a file names it.
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

    Raises:
        InputError: Something about the input is wrong; raised before any mesh is built.
        SolverError: The march could not go on.
        Interrupted: A signal stopped the run.
    """
    comm = comm or MPI.COMM_WORLD
    if resume and (overwrite or from_file or preset):
        option = "--overwrite" if overwrite else "--from" if from_file else "--preset"
        raise InputError(option, "", "cannot be combined with --resume, which keeps the input")
    if resume and not (out or name):
        raise InputError("out", "", "name the directory to resume")
    given = RunInput(name or "", "", {}, ())
    if source := RunDirectory(Path(out or f"results/{name}")).input if resume else from_file:
        given = on_root(comm, lambda: read_input(source))
    if name and given.case and given.case != name:
        raise InputError("case", name, f"{source} is of case {given.case}")
    if not (name := name or given.case):
        raise InputError("case", "", "name one; lithode list shows them")
    case = find(name)
    changes = {**(values or {}), **parse_pairs(pairs)}
    parameters = case.resolve(preset, {**given.parameters, **changes})
    if resume:
        _check_changes(case.resolve(None, given.parameters), parameters)
    return run(
        case,
        parameters,
        out or f"results/{case.name}",
        comm=comm,
        resume=resume,
        overwrite=overwrite,
        petsc_options=petsc_options or given.petsc_options,
        movie=movie,
    )


def run(
    case: AnyCase,
    parameters: CaseParameters,
    out: Path | str,
    *,
    comm: MPI.Intracomm | None = None,
    resume: bool = False,
    overwrite: bool = False,
    petsc_options: Sequence[str] = (),
    movie: bool = False,
) -> RunResult:
    """Run a case with resolved parameters; collective. See `run_case` for the arguments."""
    # Left to itself one rank destroys the solvers sooner or later than others, and waits for them.
    gc.collect()
    directory, comm = RunDirectory(Path(out)), comm or MPI.COMM_WORLD
    if isinstance(case, StudyCase):
        given = {"--resume": resume, "--movie": movie, "PETSc options": bool(petsc_options)}
        for option in (name for name, is_given in given.items() if is_given):
            raise InputError(option, "", f"not for {case.name}: it has no mesh and no time steps")
        result = _run_study(case, parameters, directory, comm, overwrite=overwrite)
    else:
        result = _run(
            case,
            parameters,
            directory,
            comm,
            petsc_options,
            resume=resume,
            overwrite=overwrite,
            movie=movie,
        )
    gc.collect()
    return result


def _run(
    case: Case[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    comm: MPI.Intracomm,
    petsc_options: Sequence[str],
    *,
    resume: bool,
    overwrite: bool,
    movie: bool,
) -> RunResult:
    started = time.monotonic()
    options = petsc.parse(petsc_options)
    petsc.check_prefixes(options, case.petsc_prefixes)
    _probe_options(case, parameters, options)
    is_new = on_root(comm, lambda: directory.claim(resume=resume, overwrite=overwrite))
    with _log_file(comm) as open_log, StopSignals(comm) as stop, petsc.in_database(options):
        try:
            checkpoint = _checkpoint(case, parameters, directory, comm) if resume else None
            with petsc.errors_are_the_users(options):
                simulation = build(case, parameters, comm, checkpoint)
                if checkpoint is not None:
                    on_root(comm, lambda: _check_nothing_left_out(simulation, directory))
                _check_options_used(simulation, options)
        except BaseException:
            if is_new and comm.rank == 0:
                directory.path.rmdir()
            raise

        def open_directory() -> None:
            if checkpoint is None:
                directory.clear()
            directory.summary.unlink(missing_ok=True)
            directory.write_input(case.name, parameters, petsc_options)
            open_log(directory.log)

        on_root(comm, open_directory)
        model = simulation.model
        logger.info("%d unknowns", model.unknowns)
        _show(simulation.health)
        recorder = Recorder(
            directory,
            model,
            case=case.name,
            parameters_hash=parameters.trajectory_hash,
            resumed=checkpoint is not None,
            started=started,
        )
        outcome = _Outcome("completed")
        with recorder, Progress(model, simulation.end_time) as progress:
            try:
                result = march(
                    model,
                    simulation.control,
                    simulation.end_time,
                    simulation.output_times,
                    [recorder, progress],
                    lambda: stop.agreed() or recorder.save_when_due(),
                )
                outcome = _Outcome(result.status, result.event)
            except Interrupted as interrupt:
                recorder.save()
                outcome = _Outcome("interrupted", failure=interrupt)
            except SolverError as error:
                failure = SolverError(f"{error}; the last good state is in {recorder.save()}")
                failure.__cause__ = error
                outcome = _Outcome("failed", failure=failure)
        finished = _finish(case, parameters, directory, simulation, outcome, recorder, movie=movie)
    if outcome.failure is not None:
        raise outcome.failure
    return finished


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


def warm_up(case: AnyCase, parameters: CaseParameters, comm: MPI.Intracomm | None = None) -> None:
    """Build a case and try one step, which compiles every form; nothing is written."""
    if isinstance(case, Case):
        simulation = build(case, parameters, comm or MPI.COMM_WORLD, None)
        simulation.model.advance(simulation.control.initial_step)


@dataclass(frozen=True)
class _Outcome:
    status: Status
    event: Event | None = None
    failure: LithodeError | None = None


def _finish(
    case: Case[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    simulation: Simulation,
    outcome: _Outcome,
    recorder: Recorder,
    *,
    movie: bool,
) -> RunResult:
    """Judge the run and write summary, figures and report on rank 0; collective."""
    model = simulation.model
    comm, unknowns, end = model.domain.mesh.comm, model.unknowns, model.time

    def conclude() -> tuple[dict[str, Any], list[_Judged]]:
        history = read_history(directory.history)
        facts = {
            model.axis.name: end,
            "ranks": comm.size,
            "unknowns": unknowns,
            "steps": int(np.count_nonzero(history[model.axis.step_column])),
            "rejected_steps": int(np.sum(history["rejected"])),
            "nonlinear_iterations": int(np.sum(history["nonlinear_iterations"])),
            "linear_iterations": int(np.sum(history["linear_iterations"])),
            "wall_seconds": recorder.wall_seconds,
            "conservation": {
                name: float(np.max(np.abs(history[column])))
                for name, column in simulation.conservation.items()
            },
            "health": [_plain(line) for line in simulation.health],
        }
        return _conclude(case, parameters, directory, history, outcome, facts, movie=movie)

    summary, judged = on_root(comm, conclude)
    return _result(case, parameters, directory, outcome, summary, judged)


_Judged: TypeAlias = tuple[Value, float | None, bool | None]


def _conclude(
    case: Scenario[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    history: History,
    outcome: _Outcome,
    facts: Mapping[str, Any],
    *,
    movie: bool,
) -> tuple[dict[str, Any], list[_Judged]]:
    """Judge the run and write summary, figures and report; for one process."""
    verdicts = report.judge(case, parameters, history) if history else []
    summary = {
        "case": case.name,
        "version": lithode.__version__,
        "parameters_hash": parameters.parameters_hash,
        "status": outcome.status,
        "event": outcome.event.name if outcome.event else None,
        "message": outcome.event.message if outcome.event else str(outcome.failure or ""),
        **facts,
        "targets": [verdict.plain() for verdict in verdicts],
        "findings": report.find_out(case, parameters, history) if history else [],
    }
    directory.write_summary(summary)
    # Whoever sends a signal waits: the checkpoint and the summary are what counts then.
    if history and outcome.status != "interrupted":
        report.draw(case, parameters, directory)
        if movie:
            report.film(directory)
    report.write(case, directory, verdicts, summary)
    return summary, [(verdict.computed, verdict.ratio, verdict.reproduced) for verdict in verdicts]


def _result(
    case: Scenario[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    outcome: _Outcome,
    summary: Mapping[str, Any],
    judged: Sequence[_Judged],
) -> RunResult:
    targets = case.targets_of(parameters)
    verdicts = [Verdict(target, *found) for target, found in zip(targets, judged, strict=True)]
    return RunResult(directory.path, outcome.status, summary, verdicts)


def _run_study(
    case: StudyCase[Any],
    parameters: CaseParameters,
    directory: RunDirectory,
    comm: MPI.Intracomm,
    *,
    overwrite: bool,
) -> RunResult:
    """Run a case without a mesh on rank 0; collective."""
    started = time.monotonic()

    def work(
        stop: StopSignals, open_log: Callable[[Path], None]
    ) -> tuple[_Outcome, dict[str, Any], list[_Judged]]:
        is_new = directory.claim(resume=False, overwrite=overwrite)
        try:
            study = case.build(parameters)
        except BaseException:
            if is_new:
                directory.path.rmdir()
            raise
        directory.clear()
        directory.write_input(case.name, parameters, ())
        open_log(directory.log)
        _show(study.health)
        outcome, results = _Outcome("completed"), Results({})
        with PartDone(stop) as progress:
            try:
                results = study.compute(progress)
            except Interrupted as interrupt:
                outcome = _Outcome("interrupted", failure=interrupt)
            except SolverError as error:
                outcome = _Outcome("failed", failure=error)
        results.write(directory)
        facts = {
            "ranks": comm.size,
            "unknowns": 0,
            "steps": len(next(iter(results.history.values()), ())),
            "rejected_steps": 0,
            "nonlinear_iterations": 0,
            "linear_iterations": 0,
            "wall_seconds": time.monotonic() - started,
            "conservation": dict(results.conservation),
            "health": [_plain(line) for line in study.health],
        }
        end = _conclude(case, parameters, directory, results.history, outcome, facts, movie=False)
        return outcome, *end

    with _log_file(comm) as open_log, StopSignals(comm) as stop:
        outcome, summary, judged = on_root(comm, lambda: work(stop, open_log))
    if outcome.failure is not None:
        raise outcome.failure
    return _result(case, parameters, directory, outcome, summary, judged)


def _plain(line: HealthLine) -> dict[str, Any]:
    # JSON knows no infinity.
    value = line.value if math.isfinite(line.value) else None
    return {**asdict(line), "value": value, "healthy": line.healthy}


def _show(health: Sequence[HealthLine]) -> None:
    for line in health:
        logger.log(logging.INFO if line.healthy else logging.WARNING, "%s", line)


def _check_changes(stored: CaseParameters, wanted: CaseParameters) -> None:
    """Refuse changes that would make a resumed run another run."""
    before, after = stored.plain(), wanted.plain()
    for name, value in after.items():
        if value != before[name] and name not in wanted.resumable:
            allowed = ", ".join(sorted(wanted.resumable))
            raise InputError(name, value, f"cannot change on --resume, only {allowed} can")


def _checkpoint(
    case: Case[Any], parameters: CaseParameters, directory: RunDirectory, comm: MPI.Intracomm
) -> Path | None:
    """Return the checkpoint to go on from, None if the run was killed before the first one."""
    path = directory.checkpoints / FILE_NAME
    if not on_root(comm, path.exists):
        logger.warning("%s holds no checkpoint yet: starting from the beginning", directory.path)
        return None
    header = read_header(path, comm, case=case.name)
    if header.parameters_hash != parameters.trajectory_hash:
        raise InputError("checkpoint", path, f"is of other parameters than {directory.input}")
    return path


def _check_nothing_left_out(simulation: Simulation, directory: RunDirectory) -> None:
    """Refuse loads before the checkpoint of a sweep that are not in its history."""
    model = simulation.model
    axis = model.axis
    if axis is TIME or not directory.history.is_file():
        return
    done = read_history(directory.history).get(axis.column, np.zeros(0))
    for load in simulation.output_times:
        if load < model.time and not np.isclose(done, load, rtol=1e-9, atol=0).any():
            allowed = (
                f"is not in the history and before the checkpoint at {axis.at(model.time)}: "
                "start a new run"
            )
            raise InputError(axis.name, f"{load:g}", allowed, axis.suffix.strip())


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


@contextmanager
def _log_file(comm: MPI.Intracomm) -> Iterator[Callable[[Path], None]]:
    """Log to a file on rank 0 that is opened later; what was logged before is kept for it."""
    package = logging.getLogger("lithode")
    waiting = logging.handlers.MemoryHandler(10_000, flushLevel=100)
    file: logging.FileHandler | None = None

    def open_log(path: Path) -> None:
        nonlocal file
        file = logging.FileHandler(path)
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        waiting.setTarget(file)
        waiting.flush()
        package.removeHandler(waiting)
        package.addHandler(file)

    level = package.level
    if comm.rank == 0:
        package.addHandler(waiting)
        package.setLevel(logging.INFO)
    try:
        yield open_log
    finally:
        package.setLevel(level)
        package.removeHandler(waiting)
        if file is not None:
            package.removeHandler(file)
            file.close()
