"""What every case owes its users, whatever parameters they choose."""

from __future__ import annotations

import inspect
import math
import re
from typing import get_type_hints

import pytest

from lithode.cases.index import CASES
from lithode.core.parameters import Provenance, describe, parse_pairs
from lithode.engine.case import StudyCase
from lithode.engine.deferred import Deferred
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.engine.verdict import KINDS

# The smallest run of each case with one physical parameter that is not the paper's.
CHANGED: dict[str, list[str]] = {
    "cheng2020/interphase": ["preset=fit", "end_time=5000", "nitrogen_ratio=0.6"],
    "graded-li3n": [
        "particles=fine",
        "width=20um",
        "height=40um",
        "element_size=2.5um",
        "end_time=2s",
    ],
    "graded-li3n/bilayer": [
        "width=32um",
        "height=24um",
        "layer_thickness=13um",
        "particle_positions=4,28",
        "particle_width=8um",
        "particle_height=4um",
        "particle_bevel=1um",
        "nucleus_height=2um",
        "element_size=1.6um",
        "end_time=2s",
    ],
    "graded-li3n/decomposition": ["draws=100", "potential_step=0.05", "zrcl2_enthalpy=-544.8"],
    "graded-li3n/bilayer-fracture": [
        "preset=quick",
        "length_ratio=0.4",
        "rim=3um",
        "last_volume=1",
        "volume_step=0.2",
    ],
    "graded-li3n/fracture": [
        "preset=quick",
        "length=5um",
        "elements_per_length=2",
        "volume_growth=0.4",
        "last_volume=2",
        "stiffness_ratio=2",
    ],
    "graded-li3n/reaction-stress": [
        "time=60s",
        "extents=0,100",
        "reaction_depth=3um",
        "displacement=linear",
    ],
    "ji2020/cell-data": ["layer_mass=20"],
    "ji2020/criteria": ["draws=100", "current=2mA/cm^2"],
    "ji2020/penetration": ["map_points=3", "current=2mA/cm^2"],
    "ji2020/symmetric-cell": ["preset=quick", "exchange_current_density=2"],
    "wang2024/cells": ["layer_thicknesses=20,30", "layer_contents=7,2", "points=5"],
    "verification/khoo2019": ["time=0.05", "width_over_wave=0.12", "elements_per_width=2.5"],
    "verification/depletion": ["concentration=500", "time_tolerance=5e-3"],
    "verification/disc": ["radius=5um", "elements_per_width=3"],
    "fracture/critical-current": ["preset=quick", "electrolyte=lpscl", "last_volume=0.7"],
    "fracture/void": ["preset=quick", "electrolyte=lpscl", "last_volume=0.7"],
    "verification/growing-crack": ["preset=quick", "conductivity=0.1", "last_current=0.5"],
    "verification/lithium-crack": ["preset=quick", "conductivity=0.1", "last_volume=0.7"],
    "verification/pfhub8a": ["preset=coarse", "radius_ratio=1.2", "end_time=20"],
    "verification/dispersion": ["current=1mA/cm^2", "elements_per_width=3"],
    "verification/notched-plate": [
        "preset=quick",
        "toughness=1000",
        "last_stretch=4",
        "elements_per_length=1",
    ],
    "verification/pressurised-crack": ["preset=quick", "fracture_toughness=0.5"],
    "verification/strength": ["toughness=3", "length=0.5", "steps=40"],
    "wang2024/criterion": [
        "layer_thicknesses=20,15,25",
        "layer_contents=12,3,0.2",
        "element_size=2",
        "currents=0.5,1,2",
    ],
    "wang2024/gradient": [
        "layer_thicknesses=20,15,25",
        "layer_contents=12,3,0.2",
        "element_size=2",
        "currents=0.5,1,2",
    ],
    "wang2024/nucleation": ["thickness=60um", "element_size=4", "element_size_far=8"],
    "wang2024/transport": ["thickness=60um", "element_size=4", "element_size_far=8"],
    "wang2024/pores": ["exchange_current_density=10", "element_size=0.01", "porosities=0.5"],
    "tang2026/voids": [
        "tube_radius=20",
        "contact_fractions=0.3,0.6,0.95",
        "element_size=0.01",
        "growth=2",
    ],
    "tang2026/aging": ["pressure=20", "points=5"],
    "tang2026/protocols": ["initial_contact=0.9", "draws=20"],
    "tang2026/impedance": ["grain_boundary_frequency=3e5", "points_per_decade=3"],
    "wang2024/wetting": ["contact_angle=60", "rows=2", "columns=1", "element_size=0.35"],
}


# Cases that go on from a run of another one, and the parameter that names its directory.
AFTER = {
    "graded-li3n/reaction-stress": ("graded-li3n/bilayer", "bilayer_run", {"end_time": "60s"}),
}


@pytest.fixture(autouse=True)
def pictures() -> None:
    """Are drawn in earnest here, of every case."""


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_parameter_ends_with_results_and_no_verdict(name, tmp_path):
    pairs = list(CHANGED[name])
    if name in AFTER:
        first, parameter, longer = AFTER[name]
        values = {**parse_pairs(CHANGED[first]), **longer}
        run_case(first, values=values, out=tmp_path / "first", figures=False)
        pairs.append(f"{parameter}={tmp_path / 'first'}")
    run = run_case(name, pairs=pairs, out=tmp_path / "a")
    numbers = [r for r in run.results.values() if isinstance(r.value, float)]
    assert len(numbers) >= 5, [r.name for r in run.results.values()]
    assert all(math.isfinite(r.value) for r in numbers)
    assert sum(bool(r.unit) for r in numbers) >= 3
    assert not run.verdicts
    assert run.summary["departures"]


@pytest.mark.parametrize("name", CASES)
def test_every_number_says_where_it_is_from(name):
    for row in describe(find(name).parameters):
        where = f"{row.name}: {row.provenance}, {row.source!r}"
        assert row.source, where
        match row.provenance:
            case Provenance.NUMERICAL if row.name != "preset":
                assert re.search(r"\b(docs|tests|benchmarks)/", row.source), where
            case Provenance.LITERATURE:
                assert re.search(r"\b(19|20)\d\d\b", row.source), where
                assert "memory" not in row.source, where


@pytest.mark.parametrize("name", CASES)
def test_targets_are_of_a_kind_and_their_scenario_can_be_run(name):
    case = find(name)
    names = [target.name for target in case.targets]
    for target in case.targets:
        assert target.kind in KINDS
        assert bool(target.tuned) == (target.kind == "calibrated"), target.name
        assert target.source, target.name
        parameters = case.parameters(**target.where)
        assert not target.departures(parameters)
        if target.repeats:
            other, _, what = target.repeats.partition(": ")
            known = names if other == name else [t.name for t in find(other).targets]
            assert what in known, target.repeats


@pytest.mark.parametrize("name", CASES)
def test_what_a_case_defers_is_there_and_takes_what_it_is_given(name):
    case, of_a_run = find(name), ["run_directory", "parameters"]
    on_a_mesh = [] if isinstance(case, StudyCase) else ["comm", "domain"]
    given = {
        "build": ["parameters", *on_a_mesh],
        "probes": ["parameters"],
        "tables": of_a_run,
        "pictures": of_a_run,
    }
    deferred = {hook: getattr(case, hook) for hook in given if getattr(case, hook, None)}
    assert {"build", "pictures"} <= set(deferred)
    for hook, function in deferred.items():
        assert isinstance(function, Deferred), hook
        assert list(inspect.signature(function.target).parameters) == given[hook], function
        assert issubclass(case.parameters, get_type_hints(function.target)["parameters"]), function


def test_every_case_is_tried():
    assert set(CHANGED) == set(CASES)
