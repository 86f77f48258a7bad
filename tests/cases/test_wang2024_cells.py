"""Cells of Wang 2024 by their own text: numbers, limits, own compositions, input."""

from __future__ import annotations

import csv
import math

import pytest

from lithode.cases.wang2024.cells import readings
from lithode.cases.wang2024.cells.limits import limits_of_run
from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.core.units import from_model
from lithode.engine.runner import run_case
from lithode.theory import depletion, percolation, pressed

NAME = "wang2024/cells"


def test_the_numbers_of_the_page(tmp_path):
    """docs/wang2024-cells.md: what is met, what is missed, and by how much."""
    result = run_case(NAME, out=tmp_path / "a", figures=True)
    ratios = {v.target.name: v.ratio for v in result.verdicts}
    for name, ratio in {
        "electrolyte alone": 1.02,
        "voltage at 0.1 mA/cm^2, 0.5 % CNT": 0.963,
        "voltage at 0.1 mA/cm^2, 50 % CNT, activated": 1.0,
        "voltage at 0.1 mA/cm^2, 5 % CNT, activated": 1.45,
        "both interlayers of 5 % CNT after 4 mAh/cm^2": 0.744,
        "thickness of the largest mass": 0.952,
        "thickness of the smallest mass": 1.158,
        "CCD, 90 um, 0.5 % CNT": 0.971,
        "CCD, 90 um, 50 % CNT": 0.841,
        "CCD, 14.8 um, 0.5 % CNT": 0.793,
        "CCD, 14.8 um, 5 % CNT": 0.974,
        "CCD, 14.8 um, 50 % CNT": 1.74,
        "CCD, 54.5 um, 7/2 % CNT": 0.837,
        "nucleation begins, empty pores": 0.847,
    }.items():
        assert ratios[name] == pytest.approx(ratio, rel=5e-3), name
    with (tmp_path / "a" / "tables" / "interlayers.csv").open() as file:
        rows = {row["interlayer"]: row for row in csv.DictReader(file)}
    limits = {name: row["limit"] for name, row in rows.items()}
    assert limits["90 um, 0.5 % CNT"] == limits["14.8 um, 0.5 % CNT"] == "contact"
    assert limits["90 um, 50 % CNT"] == limits["14.8 um, 50 % CNT"] == "nucleation"
    assert limits["14.8 um, 5 % CNT"] == limits["54.5 um, 7/2 % CNT"] == "pores"
    assert (tmp_path / "a" / "figures" / "limits.png").is_file()


def of(**changes):
    return limits_of_run(Parameters(**changes))


def test_limits_move_as_physics_says():
    assert of(cell_resistance=1000).contact < of(cell_resistance=500).contact
    assert of(thickness=30).pores < of(thickness=60).pores
    assert of(duration=2).pores == pytest.approx(of().pores / 2)
    wetted, not_wetted = (
        of(composition="LNI-50CNT", contact_angle=angle).nucleation for angle in (60, 150)
    )
    assert wetted < not_wetted
    heavier = Parameters(layer_mass=20)
    assert heavier.pores < Parameters().pores
    assert of().contact == pytest.approx(6.0)  # what fixes i*


@pytest.mark.parametrize("content", [0.05, 12, 90])
def test_any_content_ends_with_an_answer(tmp_path, content):
    result = run_case(NAME, pairs=[f"cnt_content={content}"], out=tmp_path / "a", figures=False)
    assert result.verdicts == []
    safe = result.results["safe up to (CCD)"].value
    ends = [
        result.results[f"safe up to (CCD), {word} end of the conductivity"].value
        for word in ("lower", "upper")
    ]
    assert 0 < min(ends) <= safe <= max(ends)
    assert "taken from LNI-CNT" in result.summary["findings"][-1]


def test_a_stack_of_ones_own_ends_with_an_answer(tmp_path):
    """As one layer where both are alike; a good conductor at lithium spreads nucleation."""
    alike = of(layer_thicknesses=(40, 50), layer_conductivities=(2.8e-5, 2.8e-5))
    assert alike.least == pytest.approx(of().least)
    pairs = ["layer_thicknesses=10,20,30", "layer_conductivities=1e-3,1e-4,1e-6"]
    run = run_case(NAME, pairs=pairs, out=tmp_path / "a")
    assert run.verdicts == []
    safe = run.results["safe up to (CCD)"].value
    upside_down = of(layer_thicknesses=(30, 20, 10), layer_conductivities=(1e-6, 1e-4, 1e-3))
    assert 0 < safe <= upside_down.least


@pytest.mark.parametrize("angle", [0, 30, 90, 180])
def test_any_angle_ends_with_an_answer(angle):
    found = of(composition="LNI-50CNT", contact_angle=angle)
    assert found.least >= 0
    assert found.limit == "nucleation"


def test_a_thinner_layer_of_the_same_contact_does_not_fail_earlier():
    """Why 0.3 mA/cm^2 of 14.8 um with 50 % CNT cannot come out."""
    thick, thin = (of(composition="LNI-50CNT", thickness=each) for each in (90, 14.8))
    assert thin.contact >= thick.contact
    assert thin.nucleation >= 0.999 * thick.nucleation


def test_the_lower_contact_of_empty_pores_starts_nucleation():
    p = Parameters()
    assert readings.starting_onset(p) < from_model(p.eta_c / p.side_resistance, "mA/cm^2") / 5


def test_pressed_powder():
    area = pressed.disc_area(10.0)
    assert area == pytest.approx(25 * math.pi)
    mass = 0.6 * 2.0 * area * 5.0
    assert pressed.porosity(mass, area, 5.0, 2.0) == pytest.approx(0.4)
    assert pressed.thickness(mass, area, 1.2) == pytest.approx(5.0)
    assert pressed.mixed_density({2.0: 0.5, 1.0: 0.5}) == pytest.approx(4 / 3)


def test_sands_charge_and_its_inverse():
    charge = depletion.sand_capacity(2.0, 3.0, 4.0)
    assert depletion.diffusivity_for(charge, 3.0, 4.0) == pytest.approx(2.0)
    assert depletion.sand_capacity(2.0, 3.0, 8.0) == pytest.approx(charge / 2)


def test_a_power_law_is_found_again():
    law = percolation.PowerLaw.fit([1, 2, 4], [3, 12, 48])
    assert (law.prefactor, law.exponent, law.scatter) == pytest.approx((3, 2, 1))
    assert percolation.PowerLaw.fit([1, 2, 4], [3, 24, 48]).scatter > 1.3


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("layer_mass=40", "has no room"),
        ("cell_resistance=100", "must be above that of the electrolyte, 129"),
        ("cnt_content=95", "at most 90"),
        ("layer_thicknesses=10,20", "give one for each of the 2 layer_thicknesses"),
        ("porosity=1", "less than 1"),
    ],
)
def test_bad_input(refused, pair, words):
    refused(NAME, [pair], words, builders=[])
