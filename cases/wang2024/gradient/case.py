"""Homogeneous, dual-layer and graded electronic conductivity at equal thickness (Fig. 5a-c)."""

from __future__ import annotations

from lithode.cases.wang2024.gradient.parameters import Parameters
from lithode.cases.wang2024.gradient.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.current_distribution.parameters import PREFIX

CASE = Case(
    name="wang2024/gradient",
    title="Homogeneous, dual-layer and graded electronic conductivity (Fig. 5a-c)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.1}},
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
