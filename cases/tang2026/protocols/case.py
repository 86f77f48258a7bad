"""CCD, CAC, life and the sequence at 20 MPa on a model of lost contact (Figs. 2, S5, S8)."""

from __future__ import annotations

from lithode.cases.tang2026.protocols.parameters import PRESETS, Parameters
from lithode.cases.tang2026.protocols.targets import TARGETS, findings, results
from lithode.engine.case import StudyCase
from lithode.engine.deferred import deferred

CASE = StudyCase(
    name="tang2026/protocols",
    title="CCD, CAC, life and the 20 MPa sequence on a model of lost contact (Figs. 2, S5, S8)",
    parameters=Parameters,
    presets=PRESETS,
    build=deferred(__package__, "study:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    exports={"pybamm": deferred(__package__, "exporting:write_pybamm")},
    data={
        "cac": deferred(__package__, "fitting:cac"),
        "ccd": deferred(__package__, "fitting:failures"),
        "life": deferred(__package__, "fitting:failures"),
    },
)
