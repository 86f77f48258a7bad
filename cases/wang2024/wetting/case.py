"""Lithium that grows, or does not, into lithiophilic and lithiophobic pores (Fig. 2k, l)."""

from __future__ import annotations

from lithode.cases.wang2024.wetting.parameters import PRESETS, WettingParameters
from lithode.cases.wang2024.wetting.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.wetting.parameters import PREFIX

CASE = Case(
    name="wang2024/wetting",
    title="Lithium that wets the pores of an interlayer, or is kept out (Fig. 2k, l)",
    parameters=WettingParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
