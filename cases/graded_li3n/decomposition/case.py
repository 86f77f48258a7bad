"""What Li2ZrCl6 becomes with lithium when its products are mechanically constrained (Fig. 7)."""

from __future__ import annotations

from lithode.cases.graded_li3n.decomposition.parameters import Parameters
from lithode.cases.graded_li3n.decomposition.targets import TARGETS, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="graded-li3n/decomposition",
    title="What Li2ZrCl6 becomes with Li under mechanical constraint (Fig. 7)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"potential_step": 0.002, "draws": 20000}},
    build=deferred(__package__, "study:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
)
