"""What Li2ZrCl6 becomes with lithium when its products are mechanically constrained (Fig. 7)."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.graded_li3n.decomposition.parameters import Parameters
from lithode.cases.graded_li3n.decomposition.targets import TARGETS, results
from lithode.engine.case import StudyCase
from lithode.engine.study import Study


def build(parameters: Parameters) -> Study:
    """Make the study."""
    from lithode.cases.graded_li3n.decomposition import study

    return study.build(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.graded_li3n.decomposition import figures

    return figures.pictures(run_directory, parameters)


CASE = StudyCase(
    name="graded-li3n/decomposition",
    title="What Li2ZrCl6 becomes with Li under mechanical constraint (Fig. 7)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"potential_step": 0.002, "draws": 20000}},
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
)
