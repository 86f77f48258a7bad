"""The case ``cheng2020/interphase``."""

from __future__ import annotations

from lithode.cases.cheng2020.interphase.parameters import DAY, Parameters
from lithode.cases.cheng2020.interphase.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.interphase.parameters import PREFIX

CASE = Case(
    name="cheng2020/interphase",
    title="interphase of lithium and LiPON: its three layers, and how they grow (Figs. 2, 6)",
    parameters=Parameters,
    presets={
        "quick": {},
        "paper": {
            "end_time": 1e8,
            "element_size": 0.75,
            "resolved_depth": 1000.0,
            "time_tolerance": 0.01,
        },
        "fit": {"end_time": DAY, "element_size": 2.0, "resolved_depth": 60.0},
    },
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    tables=deferred(__package__, "tables:write"),
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
