"""The case ``ji2020/cell-data``."""

from __future__ import annotations

from lithode.cases.ji2020.cell_data.parameters import Parameters
from lithode.cases.ji2020.cell_data.targets import TARGETS, findings, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="ji2020/cell-data",
    title="Porosity from masses, voltage from impedance, and the CCD of LPS alone (Figs. 3, 5)",
    parameters=Parameters,
    presets={"paper": {}},
    build=deferred(__package__, "study:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
)
