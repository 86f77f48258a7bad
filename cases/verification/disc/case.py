"""The case ``verification/disc``."""

from __future__ import annotations

from lithode.cases.verification.disc.parameters import PRESETS, DiscParameters
from lithode.cases.verification.disc.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.electrodeposition.parameters import PREFIXES

CASE = Case(
    name="verification/disc",
    title="A disc of lithium under surface energy alone, against the law of R^2",
    parameters=DiscParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
