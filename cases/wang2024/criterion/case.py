"""Is an interlayer dendrite-safe, and up to which current? The design criterion (Fig. 4)."""

from __future__ import annotations

from lithode.cases.wang2024.criterion.parameters import Parameters
from lithode.cases.wang2024.criterion.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.current_distribution.parameters import PREFIX

CASE = Case(
    name="wang2024/criterion",
    title="Up to which current an interlayer is dendrite-safe, and what limits it (Fig. 4)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.1}},
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    tables=deferred(__package__, "tables:write"),
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
