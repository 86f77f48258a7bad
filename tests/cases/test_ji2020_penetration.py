"""Depth of lithium in the pores as a case: exact march, stored numbers, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lithode.cases.ji2020.penetration.case import CASE
from lithode.cases.ji2020.penetration.study import face_of
from lithode.engine import report
from lithode.engine.runner import run_case
from lithode.theory.penetration import depths


def resolve(*pairs):
    return CASE.resolve(pairs=["map_points=3", *pairs])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return run_case(CASE.name, pairs=["map_points=3"], out=tmp_path_factory.mktemp("p") / "a")


def found(result, name):
    return next(v for v in result.verdicts if v.target.name == name)


def test_stored_numbers(finished):
    depth = found(finished, "depth after 50 cycles of 1 mAh/cm^2")
    assert (depth.target.kind, depth.reproduced) == ("calibrated", True)
    stored = {
        "depth after 50 cycles of 1 mAh/cm^2": 7.2355,
        "depth if pores are 0.1 um wide": 1.752,
        "depth if pores are 1 um wide": 20.32,
        "depth of the static balance at 120 MPa": 14.99,
        "depth with the interface energy of Li2S": 7.431,
        "depth with the interface energy of LiF": 6.843,
    }
    computed = {v.target.name: v.computed for v in finished.verdicts}
    computed |= {name: result.value for name, result in finished.results.items()}
    for name, value in stored.items():
        assert computed[name] == pytest.approx(value, rel=2e-3)
    assert found(finished, "what stops lithium").computed == "friction"
    assert not found(finished, "depth of the static balance at 120 MPa").reproduced


def test_files(finished):
    out = finished.directory
    assert {f.name for f in (out / "figures").glob("*.png")} == {"history.png", "sensitivity.png"}
    assert len(list((out / "tables").iterdir())) == 6
    remade, _ = report.remake(out)
    assert [t["computed"] for t in remade["targets"]] == [v.computed for v in finished.verdicts]


def test_the_measured_depth_counts_once(finished):
    """The balance without a march has the same 8 um and the pores that were chosen for it."""
    static = found(finished, "depth of the static balance at 120 MPa")
    assert static.target.kind == "calibrated"
    assert static.target.repeats == "ji2020/penetration: depth after 50 cycles of 1 mAh/cm^2"
    assert (finished.score.calibrated, finished.score.calibrated_met) == (1, 1)
    assert (finished.score.predicted, finished.score.predicted_met) == (1, 0)


def test_a_nudge_of_the_pores_predicts_nothing():
    assert not CASE.targets_of(resolve("pore_diameter=0.361"))


def test_the_end_is_in_balance_and_the_speed_does_not_matter():
    p = resolve()
    pores = replace(p.pores, share=np.array([0.07, 0.5]))
    face, charges = face_of(p), np.array([0.0, 200 * 36000.0])
    ends = depths(face, pores, 10.0, charges, 200.0)[:, -1]
    eta = face.overpotential(10.0, pores.wall, ends)
    balance = pores.largest_depth(pores.plating_pressure(eta))
    np.testing.assert_allclose(ends, balance, rtol=1e-3)
    assert ends[0] == pytest.approx(ends[1], rel=1e-3)


def test_a_constant_overpotential_gives_an_exponential():
    p = resolve()
    face = replace(face_of(p), contact=2000.0)
    pores = replace(p.pores, interface_energy=0.0, yield_stress=1e-3)
    charges = np.linspace(0, 3e5, 7)
    eta = face.overpotential(10.0, pores.wall, 0.0)
    end = pores.largest_depth(pores.plating_pressure(eta))
    rate = pores.filling(eta, 0.0) / end
    exact = end * (1 - np.exp(-rate * charges))
    assert exact[-1] < 0.8 * end
    np.testing.assert_allclose(depths(face, pores, 10.0, charges, 200.0)[0], exact, rtol=5e-3)


def test_what_each_parameter_does(finished):
    tables = finished.directory / "tables"
    for name, sign in (
        ("pore_diameter", 1), ("yield_stress", -1), ("interface_energy", -1), ("porosity", -1),
        ("exchange_current_density", -1), ("trapped_share", 1),
    ):  # fmt: skip
        ends = np.genfromtxt(tables / f"{name}.csv", delimiter=",", skip_header=1)[:, 1]
        assert np.all(sign * np.diff(ends) > -1e-3)


def test_lithium_does_not_leave_the_layer():
    p = resolve("layer_thickness=5")
    history = CASE.build(p).compute(lambda part: None).history
    assert history["depth [um]"][-1] == 5


@pytest.mark.parametrize(
    ("pairs", "part"),
    [
        (["pore_diameter=0"], "pore_diameter"),
        (["porosity=1"], "porosity"),
        (["yield_stress=-1 MPa"], "yield_stress"),
        (["cycles=0"], "cycles"),
        (["capacity=1 mA"], "capacity = 1 mA"),
        (["interface_energy=0.5 J"], "interface_energy = 0.5 J"),
        (["current=-1"], "current"),
    ],
)
def test_bad_input_is_refused_in_one_line(refused, pairs, part):
    refused(CASE.name, pairs, part)


def test_points_of_a_sweep_are_computed_together_as_alone():
    short = {"cycles": 3, "map_points": 3}
    changes = {"current": 0.5}, {"pore_diameter": 0.2, "layer_thickness": 0.5}
    points = [CASE.resolve(None, short | change) for change in changes]
    found = CASE.together(points, lambda part: None)[1]
    alone = CASE.build(points[1]).compute(lambda part: None)
    assert list(found.history) == list(alone.history)
    assert found.tables.keys() == alone.tables.keys()
    for name, values in alone.history.items():
        np.testing.assert_allclose(found.history[name], values, rtol=1e-3, atol=1e-9, err_msg=name)
