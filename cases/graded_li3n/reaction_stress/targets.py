"""What the paper reports of Fig. 8D, and how it is read."""

from __future__ import annotations

import numpy as np

from lithode.cases.graded_li3n.bilayer.parameters import Parameters as Bilayer
from lithode.cases.graded_li3n.reaction_stress.parameters import EXTENT, Parameters, first_step
from lithode.core.errors import InputError
from lithode.core.parameters import differences
from lithode.core.results import Result
from lithode.engine.verdict import Target
from lithode.output.history import History

_LARGEST = "pressure_max_tip [MPa]"
_COLUMNS = {
    "largest pressure": "pressure_max [MPa]",
    "largest pressure at the tip": _LARGEST,
    "90th percentile of the pressure at the tip": "pressure_p90_tip [MPa]",
    "mean pressure at the tip": "pressure_mean_tip [MPa]",
}


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return the pressures at the first and the last extent of the reaction."""
    extents = history[EXTENT.column]
    found = [Result("extent of the reaction", float(extents[-1]), "%")]
    for name, column in _COLUMNS.items():
        for row in dict.fromkeys((len(extents) - 1, 0)):
            if np.isfinite(history[column][row]):
                after = f"{name}, {extents[row]:g} %"
                found.append(Result(after, float(history[column][row]), "MPa"))
    return found


def _complete(history: History, _: Parameters) -> float | None:
    """Read the largest pressure at the end of a complete reaction."""
    return float(history[_LARGEST][-1]) if history[EXTENT.column][-1] == 100 else None


def _after_the_papers_run(parameters: Parameters) -> bool:
    """Whether the bilayer run is the paper's."""
    try:
        first = first_step(parameters)
    except InputError:  # the report of a run whose first step has gone
        return False
    return not differences(first, Bilayer())


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="expansion of reacted LZC over that of the Li3N phase",
        paper=2.0,
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: p.expansion_ratio,
        source="Methods, static model",
        applies=_after_the_papers_run,
    ),
    Target(
        name="largest pressure at the tip, LZC reacted",
        paper=40.0,
        unit="MPa",
        kind="predicted",
        tolerance=0.2,
        read=_complete,
        source="text on Fig. 8D",
        applies=_after_the_papers_run,
    ),
)
