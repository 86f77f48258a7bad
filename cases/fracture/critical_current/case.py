"""The case ``fracture/critical-current``."""

from __future__ import annotations

from lithode.cases.fracture.critical_current.parameters import PRESETS, CriticalCurrentParameters
from lithode.cases.fracture.critical_current.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.lithium_crack.parameters import PREFIXES_WITH_LITHIUM

CASE = Case(
    name="fracture/critical-current",
    title="The current at which lithium in a flaw cracks the electrolyte",
    parameters=CriticalCurrentParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES_WITH_LITHIUM,
    probes=deferred(__package__, "simulation:probes"),
)
