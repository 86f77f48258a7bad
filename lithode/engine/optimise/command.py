"""Looks for the best values of a case's parameters, and says how far they can be trusted."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.errors import InputError, SolverError
from lithode.core.files import refuse_links, write_atomically
from lithode.core.parameters import describe, parse_pairs, value_text
from lithode.engine.log_file import quiet
from lithode.engine.optimise.goals import Goal
from lithode.engine.optimise.search import Search, Trial
from lithode.engine.registry import locate
from lithode.engine.result import RunResult
from lithode.engine.runner import run
from lithode.engine.sweep.space import Varied, parse
from lithode.output.tables import write_table
from lithode.plots.design_map import draw_map

_MOST_RUNS = 100_000
# Part of a range: nearer to its end the optimum counts as at the end.
_AT_END = 0.01


@dataclass(frozen=True)
class Optimum:
    """The best run of a search.

    Attributes:
        search: The search, with all of its runs.
        best: The best of them.
        first: The run at the starting point of the case, if it lies in the ranges.
        result: The run at the optimum, with all of its files.
        directory: Where everything is.
    """

    search: Search
    best: Trial
    first: Trial | None
    result: RunResult
    directory: Path

    def text(self) -> str:
        """Return the optimum, what it rests on and how far that is valid, in words."""
        goal, results, summary = self.search.goal, self.result.results, self.result.summary
        unit = results[goal.name].unit
        word = "largest" if goal.is_largest else "smallest"
        lines = [
            f"{word} {goal.name} of {len(self.search.trials)} runs: {self.best.value:.4g} {unit}"
        ]
        if self.first is not None:
            met = "" if self.first.is_allowed else ", beyond the limits"
            lines.append(f"  with the values of the case: {self.first.value:.4g} {unit}{met}")
        lines += [
            f"  {v.name} = {_at(self.best, v)}{_end(self.best, v)}" for v in self.search.varied
        ]
        lines += [
            f"  {limit.text(value, results[limit.name].unit)}"
            for limit, value in zip(goal.limits, self.best.limits, strict=True)
        ]
        lines += ["", "How far this is valid:"]
        for line in summary["health"]:
            ends = (("at least", line["low"]), ("at most", line["high"]))
            sound = " and ".join(f"{word} {end:g}" for word, end in ends if end is not None)
            if sound:
                verdict = "inside" if line["healthy"] else "OUTSIDE"
                value = "not finite" if line["value"] is None else f"{line['value']:.4g}"
                lines.append(
                    f"  {line['name']} = {value} {line['unit']}".rstrip()
                    + f", {verdict} its sound range ({sound}): {line['meaning']}"
                )
        lines += [f"  {finding}" for finding in summary["findings"]]
        if tuned := self._tuned():
            lines.append(f"  It rests on tuned or assumed numbers: {', '.join(tuned)}.")
        return "\n".join(lines)

    def _tuned(self) -> list[str]:
        varied = {v.name for v in self.search.varied}
        return [
            f"{row.name} = {_short(row.value)} {row.unit}".rstrip() + f" ({row.provenance})"
            for row in describe(self.search.at(self.best.point))
            if row.provenance in ("calibrated", "assumed")
            and row.name not in varied
            and row.value not in (None, "none", "")
        ]


def optimise(
    name: str,
    vary: Sequence[str],
    *,
    maximise: str | None = None,
    minimise: str | None = None,
    limits: Sequence[str] = (),
    preset: str | None = None,
    pairs: Sequence[str] = (),
    runs: int = 60,
    seed: int = 1,
    out: Path | None = None,
) -> Optimum:
    """Search the ranges of some parameters for the best value of a result; on one process.

    A search that is in the directory already goes on until it has made that many runs in all.

    Args:
        name: Name of the case, or the file that holds it.
        vary: Texts ``name=low..high``, ``name=low..high:log`` or ``name=a,b,c``.
        maximise: Result to make large.
        minimise: Result to make small, instead.
        limits: Texts like ``"RESULT <= 40 ohm*cm^2"``.
        preset: Preset of what is not varied.
        pairs: Texts ``name=value``, as for a run.
        runs: Number of runs.
        seed: Of the search.
        out: Directory of the results; ``results/optimise/CASE`` if not given.

    Raises:
        InputError: Something about the input is wrong, or Optuna is not installed.
        SolverError: No run met all limits.
    """
    if importlib.util.find_spec("optuna") is None:
        raise InputError("optuna", "", 'is not installed: pip install "lithode[optimise]"')
    if not 1 <= runs <= _MOST_RUNS:
        raise InputError("--runs", runs, f"must be at least 1 and at most {_MOST_RUNS}")
    found = locate(name)
    settings = parse_pairs(pairs)
    # One sample: ranges have no counts.
    varied = parse(found.case.parameters, vary, "random:1").varied
    for each in varied:
        if each.name in settings:
            raise InputError("--vary", each.name, "is set too; vary it or set it")
    path = out or Path(f"results/optimise/{found.case.name}")
    parameters = found.case.resolve(preset, settings)
    search = Search(found.case, parameters, varied, Goal("", True, ()))
    search.goal = Goal.of(maximise, minimise, limits, search.results(parameters))
    goals = {"maximise": maximise, "minimise": minimise, "subject to": list(limits)}
    shared = {"preset": preset, "set": {name: str(value) for name, value in settings.items()}}
    _prepare(path, {"case": found.case.name, "vary": list(vary), **goals, **shared, "seed": seed})
    try:
        with quiet():
            search.run(runs, seed, path / "search.log")
    finally:
        if search.trials:
            _write(search, path)
    best = search.best
    if best is None:
        raise SolverError(f"no run met all limits; all of them are in {path}/trials.csv")
    with quiet():
        result = run(
            found.case,
            search.at(best.point),
            path / "best",
            case_file=found.file,
            figures=True,
            overwrite=(path / "best").exists(),
        )
    own = {v.name: getattr(parameters, v.name) for v in varied}
    first = next((trial for trial in search.trials if trial.point == own), None)
    optimum = Optimum(search, best, first, result, path)
    write_atomically(path / "optimum.txt", f"{optimum.text()}\n")
    return optimum


def _prepare(path: Path, plan: dict[str, Any]) -> None:
    """Make the folder, or check that it is of this search.

    Raises:
        InputError: It holds something else.
    """
    file, text = path / "search.json", json.dumps(plan, indent=2) + "\n"
    if path.exists() and not path.is_dir():
        raise InputError("out", path, "is a file; give a directory")
    path.mkdir(parents=True, exist_ok=True)
    refuse_links(path)
    if file.is_file():
        if file.read_text() != text:
            allowed = "is of another search; give another directory, or the same options"
            raise InputError("out", path, allowed)
    elif any(path.iterdir()):
        raise InputError("out", path, "is used already; give another directory")
    else:
        write_atomically(file, text)


def _write(search: Search, path: Path) -> None:
    goal, trials = search.goal, search.trials
    names = [goal.name, *dict.fromkeys(limit.name for limit in goal.limits)]
    values = [[trial.value, *trial.limits] for trial in trials]
    write_table(
        path / "trials.csv",
        {
            **{v.column: [trial.point[v.name] for trial in trials] for v in search.varied},
            **{name: [row[k] for row in values] for k, name in enumerate(names)},
            "meets all limits": [int(trial.is_allowed) for trial in trials],
        },
    )
    axes = [
        (v.name.replace("_", " "), v.unit, v.logarithmic, _numbers(search, v))
        for v in search.varied
        if v.is_number
    ]
    columns = [[row[k] for row in values] for k in range(len(names))]
    draw_map(
        axes,
        [(name, "", np.array(column)) for name, column in zip(names, columns, strict=True)],
        path / "figures" / "trials.png",
    )


def _numbers(search: Search, varied: Varied) -> npt.NDArray[np.float64]:
    return np.array([trial.point[varied.name] for trial in search.trials], dtype=float)


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else value_text(value)


def _at(trial: Trial, varied: Varied) -> str:
    value = trial.point[varied.name]
    text = value if isinstance(value, str) else f"{value:.4g}"
    return f"{text} {varied.unit}".rstrip()


def _end(trial: Trial, varied: Varied) -> str:
    """Return that an optimum lies at the end of its range, if it does."""
    value = trial.point[varied.name]
    if varied.values or isinstance(value, str):
        return ""
    for part, word in ((_AT_END, "lower"), (1 - _AT_END, "upper")):
        near, end = float(varied.at(part)), varied.low if word == "lower" else varied.high
        if abs(value - end) <= abs(near - end):
            return f", at the {word} end of its range ({end:g}): a wider one may give more"
    return ""
