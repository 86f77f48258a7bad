"""Stress of LZC that lithium has reacted with, after a bilayer run (Fig. 8D)."""

from __future__ import annotations

from lithode.cases.graded_li3n.reaction_stress.parameters import Parameters
from lithode.cases.graded_li3n.reaction_stress.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.multiphase_solid.parameters import PREFIX

CASE = Case(
    name="graded-li3n/reaction-stress",
    title="Stress of LZC that lithium has reacted with, after a bilayer run (Fig. 8D)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {}},
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=(PREFIX,),
    needs={"bilayer_run": "graded-li3n/bilayer"},
)
