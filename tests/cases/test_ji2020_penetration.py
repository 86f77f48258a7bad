"""Depth of lithium in the pores as a case: exact march, stored numbers, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lithode.cases.ji2020.penetration import CASE, march
from lithode.engine import report
from lithode.engine.runner import run_case


def resolve(*pairs):
    return CASE.resolve(pairs=["map_points=3", *pairs])


def idle(_):
    pass


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
    for name, value in stored.items():
        assert found(finished, name).computed == pytest.approx(value, rel=2e-3)
    assert found(finished, "what stops lithium").computed == "friction"
    assert not found(finished, "depth of the static balance at 120 MPa").reproduced


def test_files(finished):
    out = finished.directory
    assert {f.name for f in (out / "figures").iterdir()} == {"history.png", "sensitivity.png"}
    assert len(list((out / "tables").iterdir())) == 6
    assert [v.computed for v in report.remake(out).verdicts] == [
        v.computed for v in finished.verdicts
    ]


def test_the_end_is_in_balance_and_the_speed_does_not_matter():
    p = resolve()
    pores = replace(p.pores, share=np.array([0.07, 0.5]))
    depths = march(p, p.face, pores, np.array([0.0, 200 * 36000.0]), idle, 2)[:, -1]
    eta = p.face.overpotential(10.0, pores.wall, depths)
    balance = pores.largest_depth(pores.plating_pressure(eta))
    np.testing.assert_allclose(depths, balance, rtol=1e-3)
    assert depths[0] == pytest.approx(depths[1], rel=1e-3)


def test_a_constant_overpotential_gives_an_exponential():
    p = resolve()
    face = replace(p.face, contact=2000.0)
    pores = replace(p.pores, interface_energy=0.0, yield_stress=1e-3)
    charges = np.linspace(0, 3e5, 7)
    eta = face.overpotential(10.0, pores.wall, 0.0)
    end = pores.largest_depth(pores.plating_pressure(eta))
    rate = pores.filling(eta, 0.0) / end
    exact = end * (1 - np.exp(-rate * charges))
    assert exact[-1] < 0.8 * end
    np.testing.assert_allclose(march(p, face, pores, charges, idle)[0], exact, rtol=5e-3)


def test_what_each_parameter_does(finished):
    tables = finished.directory / "tables"
    for name, sign in (
        ("pore_diameter", 1), ("yield_stress", -1), ("interface_energy", -1), ("porosity", -1),
        ("exchange_current_density", -1), ("trapped_share", 1),
    ):  # fmt: skip
        depths = np.genfromtxt(tables / f"{name}.csv", delimiter=",", skip_header=1)[:, 1]
        assert np.all(sign * np.diff(depths) > -1e-3)


def test_lithium_does_not_leave_the_layer():
    p = resolve("layer_thickness=5")
    assert march(p, p.face, p.pores, np.array([0.0, 50 * 36000.0]), idle)[0, -1] == 5


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
