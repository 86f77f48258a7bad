"""The case ``ji2020/penetration``."""

from __future__ import annotations

from lithode.cases.ji2020.penetration.parameters import Parameters
from lithode.cases.ji2020.penetration.targets import TARGETS, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="ji2020/penetration",
    title="How deep Li goes into the pores of Li3N-LiF, and what stops it (Fig. 5g)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"map_points": 5}},
    build=deferred(__package__, "study:build"),
    together=deferred(__package__, "study:together"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
)
