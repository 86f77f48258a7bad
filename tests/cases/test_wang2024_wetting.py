"""Lithium in pores, coarse: both kinds of grains, both formulations, ranks, restart, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.wang2024.wetting.parameters import WettingParameters
from lithode.cases.wang2024.wetting.targets import TARGETS, findings, growth
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.solvers.numerics.march import march

COARSE = ("columns=1", "rows=3", "element_size=0.35", "output_times=50")

# Filled share and height at the end.
STORED = {
    ("wall", 45): (0.91, 11.8),
    ("wall", 135): (0.10, 2.6),
    ("grain_field", 135): (0.04, 2.2),
}


@pytest.mark.mpi
@pytest.mark.parametrize(("formulation", "angle"), STORED)
def test_lithium_enters_or_not(comm, tmp_path, formulation, angle):
    pairs = [*COARSE, f"contact_angle={angle}", f"formulation={formulation}"]
    result = run_case("wang2024/wetting", pairs=pairs, out=tmp_path / "w")
    assert result.status == "completed"
    assert result.results["where lithium is"].value == ("grows in" if angle < 90 else "stays out")
    # Of other grains than the scenario's.
    assert not result.verdicts
    if comm.rank == 0:
        history = read_history(result.directory / "history.csv")
        share, height = STORED[formulation, angle]
        assert history["filled_fraction [1]"][-1] == pytest.approx(share, abs=0.02)
        assert history["tip_height [um]"][-1] == pytest.approx(height, abs=0.2)
        assert history["rows_filled [1]"][-1] == (3 if angle < 90 else 0)
        assert result.summary["conservation"]["lithium"] < 1e-9
        assert history["energy_rise [pJ/um]"][-1] < 1e-4
        assert len(list((result.directory / "figures").glob("*.png"))) == 5
    comm.Barrier()


@pytest.mark.parametrize(("pressure", "place"), [("0.2", "stays out"), ("2.3", "grows in")])
def test_pressure_pushes_lithium_in(tmp_path, pressure, place):
    pairs = [*COARSE, "contact_angle=135", f"capillary_pressure={pressure}"]
    result = run_case("wang2024/wetting", pairs=pairs, out=tmp_path / "w")
    assert result.results["where lithium is"].value == place
    assert result.status == ("completed" if place == "stays out" else "stopped")


@pytest.mark.parametrize(
    ("pairs", "kind"),
    [
        ([], "calibrated"),
        (["contact_angle=135"], "verification"),
        (["contact_angle=135", "capillary_pressure=0.2"], "verification"),
        (["contact_angle=135", "capillary_pressure=2.1"], "verification"),
    ],
)
def test_each_scenario_of_the_paper_has_one_verdict_and_none_is_a_prediction(tmp_path, pairs, kind):
    pairs = [*pairs, "element_size=0.3", "output_times=none"]
    result = run_case("wang2024/wetting", pairs=pairs, out=tmp_path / "w")
    (verdict,) = result.verdicts
    assert verdict.reproduced
    assert verdict.target.kind == kind
    assert result.score.predicted == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"row_spacing": 3.1},
        {"interface_width": 0.7},
        {"columns": 3},
        {"formulation": "grain_field"},
    ],
)
def test_another_geometry_or_surface_is_not_held_against_the_paper(changed):
    parameters = WettingParameters(**changed)
    assert not [target for target in TARGETS if not target.departures(parameters)]


def test_a_run_cut_short_has_not_stayed_out():
    (target,) = [t for t in TARGETS if t.where == {"contact_angle": 135.0}]
    history = {"filled_fraction [1]": np.array([0.0, 0.1]), "time [s]": np.array([0.0, 3.6e4])}
    assert not target.applies(WettingParameters(contact_angle=135.0, end_time=10.0))
    assert target.judge(history, WettingParameters(contact_angle=135.0)).computed is None


def test_scenarios_are_those_of_the_closed_form():
    """Half of the pressure to enter, and a tenth above that to pass between rows."""
    pressures = [p for t in TARGETS if (p := t.where.get("capillary_pressure"))]
    phobic = WettingParameters(contact_angle=135.0)
    assert pressures[0] == pytest.approx(0.5 * phobic.entry_pressure, rel=0.02)
    assert pressures[1] == pytest.approx(1.1 * phobic.passage_pressure, rel=0.02)


def test_findings():
    history = {"filled_fraction [1]": np.array([0.1, 0.33]), "time [s]": np.array([0.0, 3.6e5])}
    philic, phobic, random = (
        findings(history, WettingParameters(**given))
        for given in ({}, {"contact_angle": 135.0}, {"pores": "random"})
    )
    assert philic[0] == "lithium fills 33 % of the pores after 100 h, driven by 0 MPa"
    assert "wider than the throats between rows (0.39 um)" in philic[1]
    assert phobic[1] == "to enter it needs 0.406 MPa, to pass the throats between rows 1.91 MPa"
    assert len(random) == 1


@pytest.mark.parametrize(
    ("given", "filled", "expected"),
    [
        ({}, 0.93, "grows in"),
        ({"contact_angle": 60.0}, 0.93, "bridges"),
        ({"contact_angle": 60.0}, 0.2, "stays out"),
        ({"contact_angle": 60.0, "row_spacing": 2.9}, 0.93, "grows in"),
        ({"contact_angle": 135.0, "capillary_pressure": 2.1}, 0.99, "grows in"),
        ({"contact_angle": 60.0, "pores": "channel"}, 0.99, "grows in"),
        ({"formulation": "grain_field"}, 0.8, "bridges"),
        ({"formulation": "grain_field", "interface_width": 0.15}, 0.8, "grows in"),
    ],
)
def test_filling_by_a_diffuse_surface_alone_is_no_growth(given, filled, expected):
    history = {"filled_fraction [1]": np.array([0.1, filled])}
    assert growth(history, WettingParameters(**given)) == expected


def test_small_overpotential_is_worth_its_pressure():
    p = WettingParameters(applied_overpotential=1e-4)
    assert p.pressure == pytest.approx(1e-4 * 96485.33 / 1.3e-5 * 1e-6, rel=1e-5)
    assert WettingParameters(rate_constant=1.0, applied_overpotential=1e-4).pressure != p.pressure
    assert WettingParameters(applied_overpotential=-1e-4).pressure == pytest.approx(-p.pressure)


@pytest.mark.mpi
@pytest.mark.parametrize(
    "pairs",
    [
        ["dimension=3", "element_size=0.8", "interface_width=2"],
        ["pores=random", "porosity=0.6"],
        ["pores=channel", "formulation=grain_field"],
    ],
)
def test_other_pores_on_ranks(comm, pairs):
    """The same numbers on all ranks together as on each alone."""
    case = find("wang2024/wetting")
    parameters = case.resolve(None, {"columns": 1, "rows": 2, "element_size": 0.35}, pairs)
    parameters = parameters.model_copy(update={"end_time": 5.0})
    rows = []
    for group in (comm, MPI.COMM_SELF):
        simulation = case.build(parameters, group, None)
        march(simulation.model, simulation.control, simulation.end_time)
        rows.append(simulation.model.measure())
    assert rows[0]["filled_fraction [1]"] > 0
    for name, value in rows[1].items():
        if "defect" not in name and "rise" not in name:
            assert rows[0][name] == pytest.approx(value, rel=1e-6, abs=1e-9), name


def test_resumed_run_ends_where_the_whole_one_ends(tmp_path):
    pairs = [*COARSE, "contact_angle=135"]
    run_case("wang2024/wetting", pairs=[*pairs, "end_time=20"], out=tmp_path / "a")
    run_case("wang2024/wetting", pairs=[*pairs, "end_time=10"], out=tmp_path / "b")
    run_case("wang2024/wetting", pairs=["end_time=20"], out=tmp_path / "b", resume=True)
    ends = [read_history(tmp_path / d / "history.csv") for d in "ab"]
    for name in ("tip_height [um]", "filled_fraction [1]", "energy [pJ/um]"):
        np.testing.assert_allclose(ends[0][name][-1], ends[1][name][-1], rtol=1e-4)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["contact_angle=181deg"], "at most 180"),
        (["contact_angle=-1deg"], "at least 0"),
        (["porosity=1"], "less than 1"),
        (["porosity=0"], "greater than 0"),
        (["pores=random", "porosity=0.1"], "porosity = 0.1: grains: cannot be packed"),
        (["row_spacing=1um"], "overlaps"),
        (["pore_width=0.01um"], "touches a side"),
        (["grain_radius=0"], "greater than 0"),
        (["embedding=3um"], "less than lithium_thickness"),
        (["dimension=3", "pores=channel"], "is 2D"),
        (["element_size=9um"], "half the interlayer"),
        (["output_times=-1"], "must not be negative"),
        (["formulation=walls"], "one of wall, grain_field"),
    ],
)
def test_bad_input(refused, pairs, words):
    refused("wang2024/wetting", pairs, words, builders=["lithode.meshes.grains.build"])
