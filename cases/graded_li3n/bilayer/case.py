"""Lithium up to a layer in which it does not plate, and its pressures (Fig. 8A-C)."""

from __future__ import annotations

from lithode.cases.graded_li3n.bilayer import one_li3n, predictive
from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.cases.graded_li3n.bilayer.targets import TARGETS
from lithode.cases.graded_li3n.parameters import PRESETS
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.electrodeposition.parameters import PREFIXES
from lithode.solvers.electrodeposition.results import results

CASE = Case(
    name="graded-li3n/bilayer",
    title="Lithium up to a layer in which it does not plate, and its pressures (Fig. 8A-C)",
    parameters=Parameters,
    presets={
        **PRESETS,
        one_li3n.NAME: one_li3n.PRESET,
        predictive.NAME: predictive.PRESET,
    },
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=PREFIXES,
    probes=deferred(__package__, ".geometry:probes"),
)
