"""The case ``graded-li3n/bilayer-fracture``."""

from __future__ import annotations

from lithode.cases.graded_li3n.bilayer_fracture.parameters import PRESETS, Parameters
from lithode.cases.graded_li3n.bilayer_fracture.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.fracture.parameters import PREFIXES

CASE = Case(
    name="graded-li3n/bilayer-fracture",
    title="Which flaws of the second layer does the swelling of its reacted rim hold shut?",
    parameters=Parameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    findings=findings,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
