"""The case ``ji2020/symmetric-cell``."""

from __future__ import annotations

from lithode.cases.ji2020.symmetric_cell.parameters import Parameters
from lithode.cases.ji2020.symmetric_cell.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.layered_cell.parameters import PREFIX

CASE = Case(
    name="ji2020/symmetric-cell",
    title="Symmetric cell under a protocol: activation, Ohm's law and filling pores (Figs. 3, 4)",
    parameters=Parameters,
    presets={
        "activation": {},
        "capacity": {"protocol": "capacity"},
        "time": {"protocol": "time"},
        "long": {"protocol": "long"},
        "patches": {"dimension": 2, "contact_share": 0.5, "element_size": 1.0},
        "quick": {"protocol": "short", "element_size": 2.0, "tolerance": 5e-3, "curve_points": 2},
    },
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    pictures=deferred(__package__, "figures:draw"),
    findings=findings,
    petsc_prefixes=[PREFIX],
    probes=deferred(__package__, "simulation:probes"),
)
