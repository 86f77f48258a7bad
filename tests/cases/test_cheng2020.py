"""The interphase of Cheng 2020, coarse: layers, balances, growth, restart, ranks, bad input."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.cheng2020.interphase.case import CASE
from lithode.cases.cheng2020.interphase.targets import late_growth
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.solvers.numerics.march import march

NAME = "cheng2020/interphase"


@pytest.fixture
def runs(run_once):
    """Runs of the scenario by parameter set."""
    return lambda chosen: run_once(NAME, preset="fit", pairs=[f"parameter_set={chosen}"])


def computed(result):
    return {v.target.name: (v.target.kind, v.computed, v.reproduced) for v in result.verdicts}


@pytest.mark.mpi
def test_three_constants_give_the_layers(comm, runs):
    result = runs("precipitation")
    assert result.status == "completed"
    found = computed(result)
    stored = {
        "1, Li + Li2O": 21.10,
        "2, Li + Li2O + Li3N": 11.69,
        "3, Li2O + Li3N + Li3PO4": 42.57,
    }
    for name, value in stored.items():
        kind, length, reproduced = found[f"layer {name}"]
        assert (kind, reproduced) == ("calibrated", True)
        assert length == pytest.approx(value, abs=0.05), name
    assert found["deeper in Li"] == ("selected", "N", True)
    assert sorted(len(v.target.tuned) for v in result.verdicts if v.target.tuned) == [1, 1, 1, 3]
    assert max(result.summary["conservation"].values()) < 1e-10
    assert result.summary["nonlinear_iterations"] < 250
    assert result.results["their share of the volume"].value == pytest.approx(0.0297, rel=1e-2)
    if comm.rank == 0:
        history = read_history(result.directory / "history.csv")
        assert history["smallest [1]"].min() > -1e-5
        with (result.directory / "tables" / "profile.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert {"metal", "oxide", "nitride", "phosphate", "lithium_activity"} <= rows[0].keys()
        pictures = {p.stem for p in (result.directory / "figures").glob("*.png")}
        assert pictures == {"profiles", "thickness", "potentials"}
    comm.Barrier()


def test_the_older_fit_gives_the_layers(runs):
    result = runs("fitted")
    found = computed(result)
    for name, value in {
        "1, Li + Li2O": 21.20,
        "2, Li + Li2O + Li3N": 11.71,
        "3, Li2O + Li3N + Li3PO4": 43.30,
    }.items():
        assert found[f"layer {name}"][1] == pytest.approx(value, abs=0.05), name
    assert found["deeper in Li"] == ("calibrated", "N", True)
    assert max(result.summary["conservation"].values()) < 1e-10


@pytest.mark.parametrize("pair", ["precipitation_reach=3", "precipitation_reach=20"])
def test_one_reach_brings_n_deeper_than_p_whatever_it_is(tmp_path, pair):
    """The order does not hang on the constant; another reach is no run of the paper's."""
    run = run_case(NAME, preset="fit", pairs=[pair], out=tmp_path / "a", figures=False)
    assert run.verdicts == []
    deep = [run.results[f"depth of {atom} in lithium"].value for atom in "NP"]
    assert deep[0] > 1.3 * deep[1] > 0


def test_a_native_oxide_keeps_its_oxygen(tmp_path):
    """It is in the balance from the start, and a thicker one makes layer 1 thicker."""
    pairs = ["end_time=1e4", "native_oxide=40"]
    run = run_case(NAME, preset="fit", pairs=pairs, out=tmp_path / "a", figures=False)
    assert max(run.summary["conservation"].values()) < 1e-10
    assert run.results["thickness of layer 1, Li + Li2O"].value > 25


def test_barriers_alone_reverse_the_order(runs):
    """P deepest, no O in the metal: not what the paper sees, and the table says so."""
    result = runs("barriers")
    assert max(result.summary["conservation"].values()) < 1e-10
    found = computed(result)
    assert found["deeper in Li"] == ("predicted", "P", False)
    assert found["layer 1, Li + Li2O"][1] < 2
    assert found["layer 1, Li + Li2O"][2] is False
    fitted = computed(runs("fitted"))
    assert found["layer 3, Li2O + Li3N + Li3PO4"][1] == pytest.approx(
        fitted["layer 3, Li2O + Li3N + Li3PO4"][1], rel=0.05
    )


def test_layer_3_grows_on_and_the_others_do_not(tmp_path):
    pairs = ["end_time=1e6", "element_size=2", "resolved_depth=160"]
    result = run_case(NAME, pairs=pairs, out=tmp_path / "long")
    assert max(result.summary["conservation"].values()) < 1e-10
    found = computed(result)
    assert found["late growth"] == ("predicted", "grows on", False)
    results = result.results
    assert results["late exponent of layer 3"].value == pytest.approx(0.5, abs=0.03)
    assert abs(results["late exponent of layer 1"].value) < 0.02
    assert abs(results["late exponent of layer 2"].value) < 0.02


def test_another_composition_is_not_held_against_the_paper():
    """It used to print "late growth stable: predicted, reproduced"."""
    for pair in ("nitrogen_ratio=0.6", "oxygen_ratio=3.9", "age=30d", "first_rate=3.1e-3"):
        assert not CASE.targets_of(CASE.resolve(pairs=[pair]))
    assert CASE.targets_of(CASE.resolve("paper"))
    assert CASE.targets_of(CASE.resolve(pairs=["parameter_set=barriers"]))


def test_stable_is_what_takes_up_no_more_lithium():
    """Layers that are not seen have no thickness that could grow; the uptake tells."""
    time = np.geomspace(1, 1e6, 100)
    p = CASE.resolve()

    def judged(thickness, taken):
        history = {"time [s]": time, "thickness [nm]": thickness, "lithium_taken [um]": taken}
        return late_growth(history, p)

    rest, root = np.full(100, 40.0), np.sqrt(time)
    assert judged(rest, root) == "grows on"
    assert judged(0 * rest, root) == "grows on"
    assert judged(root, rest) == "grows on"
    assert judged(rest, rest) == "stable"
    assert judged(rest, 1 + np.log(time)) == "stable"


def test_each_number_counts_once(runs):
    """As a prediction if the barriers alone give one, though the other sets were tuned to it."""
    whole, fitted, barriers = (
        runs(chosen).score for chosen in ("precipitation", "fitted", "barriers")
    )
    assert (whole.calibrated, whole.calibrated_met) == (2, 2)
    assert (fitted.calibrated, fitted.predicted) == (0, 0)
    assert (barriers.predicted, barriers.predicted_met) == (2, 0)
    assert barriers.calibrated == 0


@pytest.mark.mpi
def test_ranks_agree(comm):
    """The same numbers on all ranks together as on each alone."""
    parameters = CASE.resolve("fit", None, ["end_time=5000"])
    rows = []
    for group in (comm, MPI.COMM_SELF):
        simulation = CASE.build(parameters, group, None)
        march(simulation.model, simulation.control, simulation.end_time)
        rows.append(simulation.model.measure())
    for name, value in rows[1].items():
        if "defect" not in name and "smallest" not in name:
            assert rows[0][name] == pytest.approx(value, rel=1e-7, abs=1e-9), name


def test_resumed_run_ends_where_the_whole_one_ends(runs, tmp_path):
    whole = runs("precipitation").directory
    run_case(NAME, preset="fit", pairs=["end_time=1e4"], out=tmp_path / "r")
    run_case(NAME, pairs=["end_time=86400"], out=tmp_path / "r", resume=True)
    ends = [read_history(d / "history.csv") for d in (whole, tmp_path / "r")]
    for name in ends[0]:
        if not any(word in name for word in ("defect", "wall", "iterations", "smallest")):
            np.testing.assert_allclose(ends[0][name][-1], ends[1][name][-1], rtol=1e-8)
    assert ends[1]["lithium_defect [1]"][-1] < 1e-10


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        (["lithium_thickness=0um"], "lithium_thickness"),
        (["electrolyte_thickness=-1um"], "electrolyte_thickness"),
        (["element_size=60nm"], "element_size"),
        (["nitrogen_barrier=-0.5eV"], "nitrogen_barrier"),
        (["released_oxygen=1"], "released_oxygen"),
        (["native_oxide=200nm"], "native_oxide"),
        (["lithium_ratio=6"], "lithium_ratio"),
        (["roughness=10nm"], "roughness"),
        (["width=60nm", "roughness=80nm"], "roughness"),
        (["width=0nm"], "width"),
        (["first_rate=0"], "first_rate"),
        (["detection=2"], "detection"),
        (["solver=gmres"], "solver"),
        (["age=1 um"], "age"),
    ],
)
def test_bad_input(refused, pairs, field):
    refused(NAME, pairs, field=field, builders=["lithode.meshes.layer_pair.build"])
