"""Nucleation of lithium on hosts of rising contact angle, in one transient (Fig. 2g-j)."""

from __future__ import annotations

from lithode.cases.wang2024.interlayer_parameters import PRESETS
from lithode.cases.wang2024.nucleation.parameters import Parameters
from lithode.cases.wang2024.nucleation.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.mixed_conductor.parameters import PREFIX

CASE = Case(
    name="wang2024/nucleation",
    title="Nucleation in an LNI-CNT interlayer of rising contact angle (Fig. 2g-j)",
    parameters=Parameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    tables=deferred(__package__, "tables:write"),
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, ".interlayer:probes"),
)
