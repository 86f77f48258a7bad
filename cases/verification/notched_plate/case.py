"""The case ``verification/notched-plate``."""

from __future__ import annotations

from lithode.cases.verification.notched_plate.parameters import PRESETS, PlateParameters
from lithode.cases.verification.notched_plate.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.fracture.parameters import PREFIXES

CASE = Case(
    name="verification/notched-plate",
    title="A plate with a cut that is pulled until it breaks, against Miehe et al. (2010)",
    parameters=PlateParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
