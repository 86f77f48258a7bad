"""A case: one scenario of a paper, with its parameters, its simulation and its targets.

A module below `lithode.cases` that holds a `Case` or `StudyCase` named ``CASE`` is found by
`registry`.
"""

from __future__ import annotations

import importlib
import logging
import math
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias

from lithode.core.errors import InputError
from lithode.core.parameters import Parameters, parse_pairs, unknown, with_overrides

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.engine.study import Study
    from lithode.output.history import History
    from lithode.solvers.numerics.march import StepControl
    from lithode.solvers.numerics.model import Model

logger = logging.getLogger(__name__)

Value = float | str | None


@dataclass(frozen=True)
class Verdict:
    """A target with what the run gave.

    Attributes:
        target: The target.
        computed: Value of this run, None if it was not met or cannot be read.
        ratio: Computed over paper's value, for numbers.
        reproduced: Whether it agrees within the tolerance; None without a paper's value.
    """

    target: Target[Any]
    computed: Value
    ratio: float | None
    reproduced: bool | None

    def plain(self) -> dict[str, Value | bool]:
        """Return the entry for ``summary.json``."""
        target = self.target
        return {
            "name": target.name,
            "paper": target.paper,
            "bound": target.bound,
            "computed": self.computed,
            "unit": target.unit,
            "kind": target.kind,
            "tolerance": target.tolerance,
            "reproduced": self.reproduced,
            "ratio": self.ratio,
        }


@dataclass(frozen=True)
class Target(Generic[Parameters]):
    """A quantity of the paper and how it is read off the results.

    Attributes:
        name: What it is, with place and time.
        paper: The paper's value; a text for a finding ("bypass"), None where it gives none.
        unit: Unit of both values, empty for a pure number or a text.
        kind: ``input`` was given to the model, a parameter was tuned to ``calibrated``, nothing
            was tuned to ``predicted``.
        tolerance: Largest relative difference that counts as reproduced; absolute if ``paper``
            is 0.
        read: Value of a run from its history and parameters, None if it was not met.
        source: Figure, table or sentence.
        applies: Whether runs with these parameters are meant; others do not show the target.
        bound: Set if the paper only says that the number is ``above`` or ``below`` its value; the
            tolerance has no part in that.
    """

    name: str
    paper: Value
    unit: str
    kind: Literal["input", "calibrated", "predicted"]
    tolerance: float
    read: Callable[[History, Parameters], Value]
    source: str
    applies: Callable[[Parameters], bool] = lambda _: True
    bound: Literal["above", "below"] | None = None

    def judge(self, history: History, parameters: Parameters) -> Verdict:
        """Compare a run with the paper."""
        try:
            computed = self.read(history, parameters)
        except (LookupError, ValueError) as error:
            logger.warning("target %r cannot be read: %s", self.name, error)
            computed = None
        if isinstance(computed, float) and not math.isfinite(computed):
            computed = None
        ratio = None
        if self.paper is None:
            reproduced = None
        elif isinstance(self.paper, str) or computed is None or isinstance(computed, str):
            reproduced = computed == self.paper
        else:
            match self.bound:
                case "above":
                    reproduced = computed > self.paper
                case "below":
                    reproduced = computed < self.paper
                case None:
                    allowed = self.tolerance * (abs(self.paper) or 1.0)
                    reproduced = abs(computed - self.paper) <= allowed
            ratio = computed / self.paper if self.paper else None
        return Verdict(self, computed, ratio, reproduced)


@dataclass(frozen=True)
class HealthLine:
    """A derived number shown before the run, with the range in which runs are known to be sound.

    Attributes:
        name: Symbol or short name, e.g. ``"Da"``.
        value: Its value.
        meaning: What it is and what goes wrong outside of the range.
        unit: Unit, empty for a pure number.
        low: Lower end of the healthy range, if it has one.
        high: Upper end.
    """

    name: str
    value: float
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def healthy(self) -> bool:
        """Whether the value lies in the range."""
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)

    def __str__(self) -> str:
        ends = [
            f"{word} {end:g}"
            for word, end in (("at least", self.low), ("at most", self.high))
            if end is not None
        ]
        healthy = f" (healthy: {' and '.join(ends)})" if ends else ""
        return (
            f"{self.name} = {self.value:.4g}{self.unit and ' '}{self.unit}{healthy}: {self.meaning}"
        )


@dataclass(frozen=True)
class Simulation:
    """All that the run engine needs of a case.

    Attributes:
        model: The model at its initial state.
        control: Choice of the time steps.
        end_time: When to end, in s.
        output_times: Times, in s, at which fields are written; start and end are added.
        health: Derived numbers to show and to warn about.
        conservation: Conserved quantity ("lithium", "charge") to the history column that holds
            its relative defect.
    """

    model: Model
    control: StepControl
    end_time: float
    output_times: tuple[float, ...] = ()
    health: Sequence[HealthLine] = ()
    conservation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scenario(Generic[Parameters]):
    """What the command line knows of a case of either kind, `Case` or `StudyCase`.

    Attributes:
        name: Name on the command line.
        title: One sentence.
        parameters: Class of its parameters.
        presets: Preset name to the values it changes; the first one is the default.
        targets: What the paper reports.
        pictures: Draws figures from the files in a run directory and returns their paths; called
            on one process. None draws the standard set.
        findings: Says in a sentence or two what a run means for its user; shown after the table.
    """

    name: str
    title: str
    parameters: type[Parameters]
    presets: Mapping[str, Mapping[str, object]]
    targets: Sequence[Target[Parameters]] = ()
    pictures: Callable[[Path, Parameters], list[Path]] | None = None
    findings: Callable[[History, Parameters], Sequence[str]] | None = None

    def targets_of(self, parameters: Parameters) -> list[Target[Parameters]]:
        """Return the targets that a run with these parameters can be held against."""
        return [target for target in self.targets if target.applies(parameters)]

    def resolve(
        self,
        preset: str | None = None,
        values: Mapping[str, object] | None = None,
        pairs: Sequence[str] = (),
    ) -> Parameters:
        """Return the parameters of a run: defaults, then preset, file values and pairs.

        Args:
            preset: Name of a preset.
            values: Values by name, e.g. of a file.
            pairs: Texts ``name=value``.

        Raises:
            InputError: A name is unknown or a value is not allowed.
        """
        given = {
            str(name)
            for source in ({"preset": preset}, values or {}, parse_pairs(pairs))
            if (name := source.get("preset"))
        }
        if len(given) > 1:
            raise InputError("preset", " and ".join(sorted(given)), "give one preset only")
        name = given.pop() if given else next(iter(self.presets))
        if name not in self.presets:
            raise unknown("preset", name, self.presets)
        layers = self.presets[name], values or {}, {"preset": name}
        return with_overrides(self.parameters, *layers, pairs=pairs)


@dataclass(frozen=True, kw_only=True)
class Case(Scenario[Parameters]):
    """A scenario that is simulated on a mesh.

    Attributes:
        build: Makes the simulation on a communicator, collectively; on the given domain if there
            is one (a resumed run), else on a new mesh.
        petsc_prefixes: Option prefixes of the blocks ("xi_c_"); a PETSc option with another one is
            refused before meshing. Empty leaves the check to the first step.
        probes: Makers of the model on a few cells, one for each set of solvers it may choose: they
            show before meshing which PETSc options are read. None leaves that to the first step.
    """

    build: Callable[[Parameters, MPI.Intracomm, Domain | None], Simulation]
    petsc_prefixes: Sequence[str] = ()
    probes: Callable[[Parameters], Iterable[Callable[[], Model]]] | None = None


@dataclass(frozen=True, kw_only=True)
class StudyCase(Scenario[Parameters]):
    """A scenario without a mesh, whose results are tables.

    Attributes:
        build: Checks all of the input and makes the study; called on one process.
    """

    build: Callable[[Parameters], Study]


AnyCase: TypeAlias = Case[Any] | StudyCase[Any]


def registry() -> dict[str, AnyCase]:
    """Return every case below `lithode.cases` by name."""
    package = importlib.import_module("lithode.cases")
    cases: dict[str, AnyCase] = {}
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        case = getattr(importlib.import_module(info.name), "CASE", None)
        if isinstance(case, Case | StudyCase) and cases.setdefault(case.name, case) is not case:
            raise InputError("case", case.name, f"is there twice ({info.name})")
    return dict(sorted(cases.items()))


def find(name: str) -> AnyCase:
    """Return a case by name.

    Raises:
        InputError: There is none; the message has the nearest name.
    """
    cases = registry()
    if name not in cases:
        raise unknown("case", name, cases)
    return cases[name]
