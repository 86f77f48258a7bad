"""Li+ and electrons in an interlayer with a lithium protrusion: where lithium grows (Fig. 2)."""

from __future__ import annotations

from lithode.cases.wang2024.interlayer_parameters import PRESETS
from lithode.cases.wang2024.transport.parameters import Parameters
from lithode.cases.wang2024.transport.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.mixed_conductor.parameters import PREFIX

CASE = Case(
    name="wang2024/transport",
    title="Li+ and electrons in an LNI-CNT interlayer with a lithium protrusion (Fig. 2e, f)",
    parameters=Parameters,
    presets=PRESETS,
    build=deferred(__package__, ".interlayer:build"),
    targets=TARGETS,
    results=results,
    tables=deferred(__package__, "tables:write"),
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, ".interlayer:probes"),
)
