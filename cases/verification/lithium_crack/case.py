"""The case ``verification/lithium-crack``."""

from __future__ import annotations

from lithode.cases.verification.lithium_crack.parameters import PRESETS, LithiumCrackParameters
from lithode.cases.verification.lithium_crack.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.lithium_crack.parameters import PREFIXES_WITH_LITHIUM

CASE = Case(
    name="verification/lithium-crack",
    title="Lithium in a crack: fin current, stall pressure and critical current in closed form",
    parameters=LithiumCrackParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES_WITH_LITHIUM,
    probes=deferred(__package__, "simulation:probes"),
)
