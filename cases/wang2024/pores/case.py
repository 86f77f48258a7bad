"""Pore size and porosity against the evenness of the current at lithium (Fig. S23)."""

from __future__ import annotations

from lithode.cases.wang2024.pores.parameters import Parameters
from lithode.cases.wang2024.pores.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.current_distribution.parameters import PREFIX

CASE = Case(
    name="wang2024/pores",
    title="Pore size and porosity against an even current at lithium (Fig. S23)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.0002, "element_size_far": 0.02}},
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
