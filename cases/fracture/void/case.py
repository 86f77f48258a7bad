"""The case ``fracture/void``."""

from __future__ import annotations

from lithode.cases.fracture.void.parameters import PRESETS, VoidParameters
from lithode.cases.fracture.void.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.lithium_crack.parameters import PREFIXES_WITH_LITHIUM

CASE = Case(
    name="fracture/void",
    title="Does a void start the crack? A pore full of lithium, or a gap that crowds the current",
    parameters=VoidParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    findings=findings,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES_WITH_LITHIUM,
    probes=deferred(__package__, "simulation:probes"),
)
