"""The case ``verification/khoo2019``."""

from __future__ import annotations

from lithode.cases.verification.khoo2019.parameters import PRESETS, KhooParameters
from lithode.cases.verification.khoo2019.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.electrodeposition.parameters import PREFIXES

CASE = Case(
    name="verification/khoo2019",
    title="A wave on a front in a binary electrolyte, against Khoo, Zhao and Bazant (2019)",
    parameters=KhooParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
