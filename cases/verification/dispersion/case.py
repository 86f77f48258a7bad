"""The case ``verification/dispersion``."""

from __future__ import annotations

from lithode.cases.verification.dispersion.parameters import PRESETS, DispersionParameters
from lithode.cases.verification.dispersion.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.electrodeposition.parameters import PREFIXES

CASE = Case(
    name="verification/dispersion",
    title="One wave on a flat front in a single-ion conductor, against linear stability",
    parameters=DispersionParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
