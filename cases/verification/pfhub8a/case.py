"""The case ``verification/pfhub8a``."""

from __future__ import annotations

from lithode.cases.verification.pfhub8a.parameters import PRESETS, Pfhub8aParameters
from lithode.cases.verification.pfhub8a.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.wetting.parameters import PREFIX

CASE = Case(
    name="verification/pfhub8a",
    title="A nucleus near the critical radius dies or grows, against PFHub benchmark 8a",
    parameters=Pfhub8aParameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
