"""Impedance spectra of Tang's symmetric cells: layered, and with lost contact (Fig. 3, Table 2)."""

from __future__ import annotations

from lithode.cases.tang2026.impedance.parameters import PRESETS, Parameters
from lithode.cases.tang2026.impedance.targets import TARGETS, results
from lithode.engine.case import Case
from lithode.engine.deferred import deferred
from lithode.solvers.impedance.parameters import PREFIX

CASE = Case(
    name="tang2026/impedance",
    title="Impedance of symmetric cells, layered or with lost contact, and its DRT (Table 2)",
    parameters=Parameters,
    presets=PRESETS,
    build=deferred(__package__, "simulation:build"),
    targets=TARGETS,
    results=results,
    tables=deferred(__package__, "tables:write"),
    pictures=deferred(__package__, "figures:draw"),
    petsc_prefixes=(PREFIX,),
    probes=deferred(__package__, "simulation:probes"),
)
