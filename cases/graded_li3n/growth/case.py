"""Lithium through fine or graded Li3N particles (Fig. 5)."""

from __future__ import annotations

from lithode.cases.graded_li3n.growth.parameters import Parameters
from lithode.cases.graded_li3n.growth.targets import TARGETS
from lithode.cases.graded_li3n.parameters import PRESETS
from lithode.cases.graded_li3n.predictive import SETS
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.electrodeposition.parameters import PREFIXES
from lithode.solvers.electrodeposition.results import results

CASE = Case(
    name="graded-li3n",
    title="Lithium through fine or graded Li3N particles at -0.1 V (Fig. 5)",
    parameters=Parameters,
    presets={**PRESETS, **SETS},
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, ".geometry:probes"),
)
