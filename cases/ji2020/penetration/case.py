"""The case ``ji2020/penetration``."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.ji2020.penetration.parameters import Parameters
from lithode.cases.ji2020.penetration.study import build
from lithode.cases.ji2020.penetration.targets import TARGETS, results
from lithode.engine.case import StudyCase


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the march over cycles and the sensitivities."""
    from lithode.cases.ji2020.penetration.figures import draw

    return draw(run_directory, parameters)


CASE = StudyCase(
    name="ji2020/penetration",
    title="How deep Li goes into the pores of Li3N-LiF, and what stops it (Fig. 5g)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"map_points": 5}},
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
)
