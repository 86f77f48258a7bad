"""The case ``verification/strength``."""

from __future__ import annotations

from lithode.cases.verification.strength.parameters import PRESETS, StrengthParameters
from lithode.cases.verification.strength.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.fracture.parameters import PREFIXES

CASE = Case(
    name="verification/strength",
    title="The stress that an evenly strained bar bears at most, AT1 and AT2",
    parameters=StrengthParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
