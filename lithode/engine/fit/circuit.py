"""Fits an equivalent circuit to measured spectra, and shows what they determine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from mpi4py import MPI

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.core.parameters import parse_pairs, unknown
from lithode.engine.fit.command import check_counts, write_results
from lithode.engine.fit.data import SpectrumGoal, read_goal
from lithode.engine.fit.goals import Judged
from lithode.engine.fit.report import Fit
from lithode.engine.fit.search import Search
from lithode.engine.fit.starts import Starts
from lithode.engine.fit.variables import Variable
from lithode.spectroscopy.equivalent import Part, Scales, kind_of, parse

RUNS = 20_000
"""Most evaluations of one start."""


@dataclass(frozen=True)
class CircuitProblem:
    """A circuit and spectra; satisfies ``problem.Problem``.

    Attributes:
        name: The circuit as a text.
        part: The circuit.
        variables: Its parameters that are varied.
        fixed: Values of the others, by name.
        goals: Spectra in one unit.
    """

    name: str
    part: Part
    variables: Sequence[Variable]
    fixed: dict[str, float]
    goals: Sequence[SpectrumGoal]

    draws: ClassVar[int] = 300
    difference: ClassVar[float] = 1e-6
    precision: ClassVar[float] = 1e-9

    @property
    def asked(self) -> Mapping[str, object]:
        """The circuit, what is fixed in it, and the data."""
        data = [repr(goal) for goal in self.goals]
        return {"circuit": self.name, "fixed": self.fixed, "goals": data}

    def start(self) -> Sequence[float | None]:
        """Return no values: the middle of the ranges is as good as any."""
        return [None] * len(self.variables)

    def judge(self, values: Sequence[float]) -> list[Judged]:
        """Hold the impedance of the circuit against the spectra."""
        named = {v.name: x for v, x in zip(self.variables, values, strict=True)}
        element = self.part.element({**self.fixed, **named})
        return [
            goal.compare(np.asarray(element(2 * np.pi * goal.spectrum.frequency)))
            for goal in self.goals
        ]


def fit(
    text: str,
    data: Sequence[str],
    *,
    vary: Sequence[str] = (),
    pairs: Sequence[str] = (),
    tolerance: float | None = None,
    area: float | None = None,
    starts: int = 6,
    runs: int = RUNS,
    seed: int = 1,
    out: Path | None = None,
    resume: bool = False,
) -> Fit:
    """Fit a circuit to spectra, on one process; files of the same names in ``out`` are replaced.

    Args:
        text: The circuit, see ``spectroscopy.equivalent``.
        data: Files with spectra.
        vary: Ranges ``name=low..high`` instead of those that follow from the spectra.
        pairs: Texts ``name=value`` of parameters that are not fitted.
        tolerance: Relative to |Z|, 1 % if None.
        area: Of the electrode in cm^2, for spectra in ohm.
        starts: Number of random starts.
        runs: Most evaluations of one start.
        seed: Of the starts.
        out: Directory for the results; ``results/fit/FILE`` if not given.
        resume: Go on with the starts that are done in ``out``.

    Raises:
        InputError: The circuit, a file, a name or a range is wrong, or ``out`` has another fit.
    """
    comm = MPI.COMM_WORLD
    check_counts(starts, runs, seed)
    part = parse(text)
    if not data:
        raise InputError("--data", "", "name a spectrum to fit the circuit to")

    def make() -> Fit:
        goals = [
            read_goal(each, tolerance=tolerance, area=area, results=None, readers={})
            for each in data
        ]
        spectra = [goal for goal in goals if isinstance(goal, SpectrumGoal)]
        if len(spectra) < len(goals) or len({goal.spectrum.unit for goal in spectra}) > 1:
            raise InputError("--data", ", ".join(data), "must be spectra in one unit")
        variables, fixed = _variables(part, spectra, vary, pairs)
        problem = CircuitProblem(text, part, variables, fixed, spectra)
        directory = out or Path("results/fit") / Path(data[0].partition("=")[2] or data[0]).stem
        done = Starts.of(problem, directory / "starts", seed, runs)
        done.open(resume=resume)
        search, random = Search(problem), np.random.default_rng(seed)
        clouds = [random.random((problem.draws, len(variables))) for _ in range(starts)]
        sets = [done.get(k, lambda k: search.from_(k, clouds[k], runs)) for k in range(starts)]
        sets.sort(key=lambda entry: entry.misfit)
        found = Fit(text, spectra, variables, sets, *search.determined(sets[0]), directory)
        write_results(found, search)
        return found

    return on_root(comm, make)


def _variables(
    part: Part, spectra: Sequence[SpectrumGoal], vary: Sequence[str], pairs: Sequence[str]
) -> tuple[list[Variable], dict[str, float]]:
    """Return what is varied with its range, and values of what is not."""
    moduli = np.concatenate([np.abs(goal.spectrum.impedance) for goal in spectra])
    w = 2 * np.pi * np.concatenate([goal.spectrum.frequency for goal in spectra])
    scales = Scales((moduli.min(), moduli.max()), (w.min(), w.max()))
    unit = spectra[0].spectrum.unit
    known = {
        name + suffix: (shape.format(z=unit), span(scales))
        for name in part.names()
        for suffix, (shape, span) in kind_of(name).parameters.items()
    }
    ranges, fixed = dict[str, tuple[float, float]](), dict[str, float]()
    for text in vary:
        name, _, limits = (each.strip() for each in text.partition("="))
        ends = limits.split("..")
        if name not in known:
            raise unknown("--vary", name, known)
        if len(ends) != 2:
            raise InputError("--vary", text, "must look like name=low..high")
        low, high = (units.parse(name, end, "") for end in ends)
        if not low < high:
            raise InputError("--vary", text, "must rise")
        ranges[name] = low, high
    for name, value in parse_pairs(pairs).items():
        if name not in known:
            raise unknown("--set", name, known)
        fixed[name] = units.parse(name, value, "")
    variables = [
        Variable(name, shape, *ranges.get(name, span))
        for name, (shape, span) in known.items()
        if name not in fixed
    ]
    if not variables:
        raise InputError("--set", "", "leaves nothing to fit")
    return variables, fixed
