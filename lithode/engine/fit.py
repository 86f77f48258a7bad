"""Fits parameters of a case to its calibrated targets, and shows how little that determines.

Several starts lead to several sets of values that fit equally well. Their spread is the result: a
parameter that differs between them by a factor of ten is known to a factor of ten at best.
"""

from __future__ import annotations

import csv
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from annotated_types import Ge, Gt, Le, Lt
from mpi4py import MPI
from scipy.optimize import least_squares

from lithode.core import units
from lithode.core.errors import InputError, LithodeError
from lithode.core.parallel import on_root
from lithode.core.parameters import CaseParameters, Row, describe, parse_pairs, unknown
from lithode.engine.case import AnyCase, StudyCase
from lithode.engine.registry import find
from lithode.engine.rundir import RunDirectory
from lithode.engine.verdict import Target, Value, Verdict
from lithode.output.history import History
from lithode.output.tables import aligned
from lithode.solvers.numerics.march import StepRecord, march
from lithode.solvers.numerics.model import Model

logger = logging.getLogger(__name__)

Array = npt.NDArray[np.float64]

PRESET = "fit"
"""Preset that a fit starts from if the case has one of this name."""

_SPAN = 10.0  # of a parameter without a given range: from a tenth to ten times its value
_FAILED = 10.0  # misfit, in tolerances, of a target that a run did not give
_ENOUGH = 0.1  # misfit of every target below which a start is done
_DRAWS = 6  # random points of which the best is started from
_DIFFERENCE = 0.02  # of the range, for the Jacobian


@dataclass(frozen=True)
class Variable:
    """A parameter that is fitted.

    Attributes:
        name: Its name.
        unit: Its unit.
        low: Lower end of its range.
        high: Upper end; ranges above 0 are searched by ratio, others evenly.
    """

    name: str
    unit: str
    low: float
    high: float

    def value(self, place: float) -> float:
        """Return the value at a place between 0 and 1."""
        if self.low > 0:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + place * (self.high - self.low)

    def place(self, value: float) -> float:
        """Return the place of a value."""
        if self.low > 0:
            return float(np.log(max(value, self.low) / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    def spread(self, values: Sequence[float]) -> str:
        """Return how far values are apart."""
        if self.low > 0:
            return f"factor {max(values) / min(values):.3g}"
        return f"{max(values) - min(values):.3g} {self.unit}".strip()


@dataclass(frozen=True)
class FittedSet:
    """Where one start led.

    Attributes:
        start: Number of the start; 0 starts from the case's own values.
        values: Of the variables, in their order and units.
        computed: The calibrated targets of this run.
        good: Whether all of them are reproduced, texts too.
        misfit: Largest deviation of a number, in its tolerance.
        runs: Number of runs that it took.
    """

    start: int
    values: tuple[float, ...]
    computed: tuple[Value, ...]
    good: bool
    misfit: float
    runs: int


@dataclass(frozen=True)
class Fit:
    """What a fit found.

    Attributes:
        case: Name of the case.
        targets: The calibrated targets.
        variables: What was fitted.
        sets: One per start, the best first.
        determined: Combinations of the variables that the targets determine at the best set:
            those that change some target by its tolerance on their way through the ranges.
        directory: Where the table, the picture and the best set (case.yaml) are.
    """

    case: str
    targets: Sequence[Target[Any]]
    variables: Sequence[Variable]
    sets: Sequence[FittedSet]
    determined: int
    directory: Path

    @property
    def good(self) -> list[FittedSet]:
        """The sets that reproduce every calibrated target."""
        return [found for found in self.sets if found.good]

    def table(self) -> str:
        """Return the sets side by side and the spread of the good ones."""
        good = self.good
        head = ("parameter", *(f"set {found.start}" for found in self.sets), "spread of the good")
        rows = [
            (
                f"{variable.name} [{variable.unit or '1'}]",
                *(f"{found.values[k]:.3g}" for found in self.sets),
                variable.spread([found.values[k] for found in good]) if len(good) > 1 else "-",
            )
            for k, variable in enumerate(self.variables)
        ]
        for k, target in enumerate(self.targets):
            found = (_shown(each.computed[k]) for each in self.sets)
            rows.append((f"{target.name} ({_shown(target.paper)})", *found, ""))
        rows.append(("misfit in tolerances", *(f"{s.misfit:.2g}" for s in self.sets), ""))
        rows.append(("good", *("yes" if s.good else "no" for s in self.sets), ""))
        return aligned([head, *rows])

    def statement(self) -> str:
        """Return what the fit does and does not determine, in words."""
        numbers = sum(map(_is_number, self.targets))
        count, good = len(self.variables), self.good
        lines = [
            f"{count} parameters were fitted to {numbers} numbers, which determine "
            f"{self.determined} combination{'s' * (self.determined != 1)} of them: "
            + (
                f"{count - self.determined} remain free. This is a calibration, not a prediction."
                if count > self.determined
                else "all of them, within these ranges."
            ),
            f"{len(good)} of {len(self.sets)} starts reproduce all calibrated targets.",
        ]
        if len(good) > 1:
            worst = max(
                self.variables, key=lambda v: np.ptp([v.place(value) for value in self._of(v)])
            )
            lines.append(
                f"Sets that fit equally well differ most in {worst.name}: "
                f"{min(self._of(worst)):.3g} to {max(self._of(worst)):.3g} {worst.unit}".rstrip()
                + "."
            )
        return "\n".join(lines)

    def _of(self, variable: Variable) -> list[float]:
        k = list(self.variables).index(variable)
        return [found.values[k] for found in self.good]


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
        name: Name of the case.
        vary: Parameters as ``name`` or ``name=low..high``; all calibrated numbers if empty.
        preset: Preset of what is not fitted; "fit" if the case has it.
        pairs: Texts ``name=value``, as for a run.
        starts: Number of starts: the case's own values, then random ones.
        runs: Most runs of one start.
        seed: Of the random starts.
        out: Directory for the results; ``results/fit/CASE`` if not given.
        comm: Ranks that share the starts, all if not given.

    Raises:
        InputError: There is nothing to fit or to fit to, or a range is wrong.
    """
    comm = comm or MPI.COMM_WORLD
    case = find(name)
    for option, number in (("--starts", starts), ("--runs", runs)):
        if number < 1:
            raise InputError(option, number, "must be at least 1")
    preset = preset or (PRESET if PRESET in case.presets else None)
    parameters = case.resolve(preset, pairs=pairs)
    variables = variables_of(parameters, vary, parse_pairs(pairs))
    search = _Search(case, parameters, variables)
    search.check()
    directory = RunDirectory(out or Path(f"results/fit/{name}"))
    on_root(comm, lambda: directory.claim(resume=False, overwrite=False))
    search.announce(comm, starts, runs)
    random = np.random.default_rng(seed)
    clouds = [random.random((_DRAWS, len(variables))) for _ in range(starts)]
    mine = [
        search.from_(number, None if number == 0 else clouds[number], runs)
        for number in range(comm.rank, starts, comm.size)
    ]
    found = [entry for part in comm.allgather(mine) for entry in part]
    found.sort(key=lambda entry: (not entry.good, entry.misfit))
    determined = search.determined(found[0]) if comm.rank == 0 else 0
    result = Fit(name, search.targets, variables, found, comm.bcast(determined), directory.path)

    def write() -> None:
        best = search.at(result.sets[0].values)
        directory.write_input(name, best, ())
        write_table(result, directory.path / "fits.csv")
        draw(result, directory.figures / "fit.png")

    on_root(comm, write)
    return result


def variables_of(
    parameters: CaseParameters, vary: Sequence[str], fixed: Mapping[str, str]
) -> list[Variable]:
    """Return what is fitted, each with its range.

    Raises:
        InputError: A name is unknown, no number, fixed or given twice; a range is wrong.
    """
    rows = {row.name: row for row in describe(parameters)}
    numbers = {n: row for n, row in rows.items() if isinstance(row.value, float)}
    asked = dict.fromkeys(n for n, row in numbers.items() if row.provenance == "calibrated")
    given: dict[str, str | None] = {n: None for n in asked if n not in fixed}
    if vary:
        given = {}
        for text in vary:
            name, _, limits = (part.strip() for part in text.partition("="))
            if name not in rows:
                raise unknown("parameter", name, numbers)
            if name not in numbers:
                raise InputError(name, rows[name].value, "is no number that could be fitted")
            if name in given or name in fixed:
                raise InputError("--vary", name, "is given twice" if name in given else "is set")
            given[name] = limits or None
    if not given:
        raise InputError("--vary", "", "name what to fit: the case has no calibrated parameters")
    return [_variable(parameters, numbers[name], limits) for name, limits in given.items()]


def _variable(parameters: CaseParameters, row: Row, limits: str | None) -> Variable:
    if limits is not None:
        ends = limits.split("..")
        if len(ends) != 2:
            raise InputError("--vary", f"{row.name}={limits}", "must look like name=low..high")
        low, high = (units.parse(row.name, end, row.unit) for end in ends)
    elif row.value > 0:
        low, high = row.value / _SPAN, row.value * _SPAN
        for item in type(parameters).model_fields[row.name].metadata:
            match item:
                case Lt(lt=bound) | Le(le=bound):
                    high = min(high, 0.999 * float(bound))  # type: ignore[arg-type]
                case Gt(gt=bound) | Ge(ge=bound) if float(bound) > 0:  # type: ignore[arg-type]
                    low = max(low, 1.001 * float(bound))  # type: ignore[arg-type]
    else:
        raise InputError("--vary", row.name, f"give a range, {row.name}=low..high", row.unit)
    if not low < high:
        raise InputError("--vary", f"{row.name}={low:g}..{high:g}", "must rise", row.unit)
    return Variable(row.name, row.unit, low, high)


class _Enough(Exception):  # noqa: N818
    """All targets are met well."""


@dataclass
class _Rows:
    """Keeps the history of a march in memory; satisfies ``march.Observer``."""

    columns: dict[str, list[float]] = field(default_factory=dict)

    def step(self, model: Model, record: StepRecord) -> None:
        self._add(model)

    def output(self, model: Model) -> None:
        if not self.columns:
            self._add(model)

    def _add(self, model: Model) -> None:
        for name, value in {model.axis.column: model.time, **model.measure()}.items():
            self.columns.setdefault(name, []).append(value)


def _history(case: AnyCase, parameters: CaseParameters) -> History:
    """Return the history of a run that leaves no files."""
    if isinstance(case, StudyCase):
        return case.build(parameters).compute(lambda part: None).history
    simulation, rows = case.build(parameters, MPI.COMM_SELF, None), _Rows()
    march(
        simulation.model, simulation.control, simulation.end_time, simulation.output_times, [rows]
    )
    return {name: np.array(values) for name, values in rows.columns.items()}


@dataclass
class _Search:
    """Runs a case at places of the variables."""

    case: AnyCase
    parameters: CaseParameters
    variables: Sequence[Variable]
    runs: int = 0

    @property
    def targets(self) -> list[Target[Any]]:
        """The calibrated targets."""
        return [t for t in self.case.targets_of(self.parameters) if t.kind == "calibrated"]

    def check(self) -> None:
        """Refuse values that the case refuses, and a case without numbers to fit to."""
        for end in (0.0, 1.0):
            self.at(self._values(np.full(len(self.variables), end)))
        if not any(map(_is_number, self.targets)):
            raise InputError("case", self.case.name, "has no calibrated numbers to fit to")

    def announce(self, comm: MPI.Intracomm, starts: int, runs: int) -> None:
        """Say how long it will take, from one run with the case's own values."""
        self.run(self.parameters)  # compiles
        began = time.perf_counter()
        self.run(self.parameters)
        seconds = comm.bcast(time.perf_counter() - began)
        rounds = -(-starts // comm.size)
        if comm.rank == 0:
            logger.info(
                "one run takes %.2g s; %d starts of at most %d runs on %d ranks: up to %.0f s",
                seconds, starts, runs, comm.size, rounds * (runs + _DRAWS) * seconds,
            )  # fmt: skip

    def at(self, values: Sequence[float]) -> CaseParameters:
        """Return the parameters with these values of the variables."""
        changed = {v.name: x for v, x in zip(self.variables, values, strict=True)}
        return type(self.parameters)(**{**self.parameters.plain(), **changed})

    def run(self, parameters: CaseParameters) -> list[Verdict]:
        """Return the calibrated targets of a run."""
        self.runs += 1
        history = _history(self.case, parameters)
        return [target.judge(history, parameters) for target in self.targets]

    def misfits(self, place: Array) -> Array:
        """Return the deviation of each number in its tolerance."""
        verdicts = self._verdicts(place)
        return np.array([_misfit(verdict) for verdict in verdicts if _is_number(verdict.target)])

    def _verdicts(self, place: Array) -> list[Verdict]:
        try:
            return self.run(self.at(self._values(place)))
        except LithodeError as error:
            logger.info("a run failed: %s", error)
            return [Verdict(target, None, None, False) for target in self.targets]

    def jacobian(self, place: Array) -> Array:
        """Return the derivatives of the misfits, one range of a variable being 1."""
        here, columns = self.misfits(place), []
        for k, x in enumerate(place):
            step = _DIFFERENCE if x < 0.5 else -_DIFFERENCE
            moved = place.copy()
            moved[k] += step
            columns.append((self.misfits(moved) - here) / step)
        return np.array(columns).T

    def from_(self, number: int, cloud: Array | None, runs: int) -> FittedSet:
        """Search from the case's own values, or from the best of some places."""
        began, best = self.runs, (np.inf, np.zeros(0))
        own = [v.place(getattr(self.parameters, v.name)) for v in self.variables]
        places = np.clip([own], 0, 1) if cloud is None else cloud

        def look(place: Array) -> Array:
            nonlocal best
            found = self.misfits(place)
            worst = float(np.max(np.abs(found)))
            if worst < best[0]:
                best = worst, place.copy()
            if worst < _ENOUGH or self.runs - began >= runs:
                raise _Enough
            return found

        try:
            for place in places:
                look(place)
            start = np.clip(best[1], 1e-6, 1 - 1e-6)
            least_squares(
                look, start, self.jacobian, bounds=(0.0, 1.0), max_nfev=runs, xtol=1e-3, ftol=1e-4
            )
        except _Enough:
            pass
        values, verdicts = self._values(best[1]), self._verdicts(best[1])
        found = FittedSet(
            number,
            values,
            tuple(verdict.computed for verdict in verdicts),
            all(verdict.reproduced for verdict in verdicts),
            best[0],
            self.runs - began,
        )
        logger.info(
            "start %d: misfit %.2g tolerances after %d runs", number, found.misfit, found.runs
        )
        return found

    def determined(self, found: FittedSet) -> int:
        """Return the number of singular values above 1 of the Jacobian."""
        place = np.array([v.place(x) for v, x in zip(self.variables, found.values, strict=True)])
        return int(np.sum(np.linalg.svd(self.jacobian(place), compute_uv=False) > 1))

    def _values(self, place: Array) -> tuple[float, ...]:
        return tuple(v.value(float(x)) for v, x in zip(self.variables, place, strict=True))


def write_table(result: Fit, path: Path) -> Path:
    """Write one row per start: number, misfit, whether it is good, values, targets."""
    names = [f"{v.name} [{v.unit or '1'}]" for v in result.variables]
    targets = [target.name for target in result.targets]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["start", "misfit [tolerances]", "good", "runs", *names, *targets])
        for each in result.sets:
            head = [each.start, f"{each.misfit:.4g}", int(each.good), each.runs]
            writer.writerow([*head, *(repr(v) for v in each.values), *each.computed])
    return path


def draw(result: Fit, picture: Path) -> Path:
    """Draw where in its range each variable of each set lies."""
    import matplotlib
    from matplotlib.figure import Figure

    from lithode.plots.maps import STYLE

    count = len(result.variables)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4.8, 0.32 * count + 1.2), layout="constrained")
        axes = figure.subplots()
        for each in result.sets[::-1]:
            places = [v.place(x) for v, x in zip(result.variables, each.values, strict=True)]
            style = {"color": "#0072B2", "alpha": 0.8} if each.good else {"color": "#b0b0b0"}
            axes.plot(places, range(count), marker="o", markersize=4, linewidth=0.8, **style)
        labels = [f"{v.name}\n{v.low:.2g} to {v.high:.2g} {v.unit}" for v in result.variables]
        axes.set_yticks(range(count), labels)
        axes.set_ylim(count - 0.5, -0.5)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.5, 1], ["low end", "middle", "high end"])
        axes.set_title(f"{result.case}: {len(result.good)} sets fit equally well (blue)")
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture)
    return picture


def _is_number(target: Target[Any]) -> bool:
    return isinstance(target.paper, float)


def _misfit(verdict: Verdict) -> float:
    target, computed = verdict.target, verdict.computed
    if not isinstance(computed, float) or not isinstance(target.paper, float):
        return _FAILED
    deviation = (computed - target.paper) / ((target.tolerance or 0.1) * (abs(target.paper) or 1.0))
    match target.bound:  # a start is done once the bound is passed, not merely near
        case "above":
            return min(deviation - _ENOUGH, 0.0)
        case "below":
            return max(deviation + _ENOUGH, 0.0)
    return deviation


def _shown(value: Value) -> str:
    return "-" if value is None else value if isinstance(value, str) else f"{value:.4g}"
