"""The case ``tang2026/aging``."""

from __future__ import annotations

from lithode.cases.tang2026.aging.parameters import Parameters
from lithode.cases.tang2026.aging.targets import TARGETS, findings, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="tang2026/aging",
    title="Interface, contact and voltage of cycled cells from their impedance (Table 2, Fig. 2)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"points": 20}},
    build=deferred(__package__, "study:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
)
