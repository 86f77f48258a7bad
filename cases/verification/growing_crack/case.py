"""The case ``verification/growing-crack``."""

from __future__ import annotations

from lithode.cases.verification.growing_crack.parameters import PRESETS, GrowingCrackParameters
from lithode.cases.verification.growing_crack.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.lithium_crack.parameters import PREFIXES_WITH_LITHIUM

CASE = Case(
    name="verification/growing-crack",
    title="A crack that grows in time as the current rises, against its critical current",
    parameters=GrowingCrackParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES_WITH_LITHIUM,
    probes=deferred(__package__, "simulation:probes"),
)
