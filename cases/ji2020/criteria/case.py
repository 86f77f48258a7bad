"""The case ``ji2020/criteria``."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.ji2020.criteria.parameters import Parameters
from lithode.cases.ji2020.criteria.study import build
from lithode.cases.ji2020.criteria.targets import TARGETS, results
from lithode.engine.case import StudyCase


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the ranking, eta* over the pore radius and the energies of Fig. 1a."""
    from lithode.cases.ji2020.criteria.figures import draw

    return draw(run_directory, parameters)


CASE = StudyCase(
    name="ji2020/criteria",
    title="Which solid keeps lithium out: interface energy, conduction, leakage (Figs. 1, 2)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"draws": 500}},
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
)
