"""The case ``ji2020/criteria``."""

from __future__ import annotations

from lithode.cases.ji2020.criteria.parameters import Parameters
from lithode.cases.ji2020.criteria.targets import TARGETS, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="ji2020/criteria",
    title="Which solid keeps lithium out: interface energy, conduction, leakage (Figs. 1, 2)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"draws": 500}},
    build=deferred(__package__, "study:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
)
