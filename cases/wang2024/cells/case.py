"""The case ``wang2024/cells``."""

from __future__ import annotations

from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.cells.targets import TARGETS, findings, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="wang2024/cells",
    title="Voltages, resistances and critical currents of cells, each by its own text (Figs. 2, 3)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"points": 20}},
    build=deferred(__package__, "study:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
)
