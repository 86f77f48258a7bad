"""The case ``verification/pressurised-crack``."""

from __future__ import annotations

from lithode.cases.verification.pressurised_crack.parameters import PRESETS, CrackParameters
from lithode.cases.verification.pressurised_crack.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.fracture.parameters import PREFIXES

CASE = Case(
    name="verification/pressurised-crack",
    title="A crack that is filled until it grows, against Sneddon and Griffith",
    parameters=CrackParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
