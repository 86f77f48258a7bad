"""Voids at stripped lithium against creep under stack pressure, with and without Li3N (Fig. 2)."""

from __future__ import annotations

from lithode.cases.tang2026.voids.parameters import PRESETS, Parameters
from lithode.cases.tang2026.voids.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.voids.parameters import PREFIXES

CASE = Case(
    name="tang2026/voids",
    title="Voids at stripped Li against creep under stack pressure, with and without Li3N",
    parameters=Parameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    tables=deferred(__package__, "tables:write"),
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, "simulation:probes"),
)
