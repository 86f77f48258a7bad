"""The case ``verification/depletion``."""

from __future__ import annotations

from lithode.cases.verification.depletion.parameters import PRESETS, DepletionParameters
from lithode.cases.verification.depletion.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.electrodeposition.parameters import PREFIXES

CASE = Case(
    name="verification/depletion",
    title="A binary electrolyte that a flat front uses up, against Sand and Cottrell",
    parameters=DepletionParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
