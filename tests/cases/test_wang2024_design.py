"""The design criterion of Wang 2024 and its gradient, coarse: numbers, balances, ranks, input."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.wang2024.criterion import simulation as criterion_simulation
from lithode.cases.wang2024.criterion.parameters import Parameters as Criterion
from lithode.cases.wang2024.criterion.parameters import closed_form
from lithode.cases.wang2024.criterion.targets import findings
from lithode.cases.wang2024.design_readings import Bearable, closed_form_answer, onset
from lithode.cases.wang2024.gradient.parameters import Parameters as Gradient
from lithode.cases.wang2024.gradient.parameters import interlayers, profiles
from lithode.cases.wang2024.measured import (
    CRITICAL_CURRENTS,
    at_content,
)
from lithode.core.errors import InputError
from lithode.core.units import to_model
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.solvers.numerics.march import march
from lithode.theory.interlayer_design import Verdict

COARSE = ("currents=0.1,0.4,0.6,0.8,1,2,4",)
USER = (
    "thickness=60um", "ionic_conductivity=2e-4S/cm", "electronic_conductivity=1e-5S/cm",
    "porosity=0.4", "contact_angle=120deg",
)  # fmt: skip


@pytest.fixture
def reference(run_once):
    """The paper's interlayer of Fig. 4."""
    return lambda: run_once("wang2024/criterion", pairs=COARSE)


@pytest.mark.mpi
def test_criterion(comm, reference):
    """What is reproduced, and what is not, stays so; so do the numbers."""
    result = reference()
    assert result.status == "completed"
    missed = {v.target.name for v in result.verdicts if not v.reproduced}
    assert missed == {
        "nucleation begins, two potentials",
        "CCD, 90 um, 0.5 % CNT",
        "CCD, 90 um, 50 % CNT",
        "CCD, 14.8 um, 0.5 % CNT",
        "CCD, 14.8 um, 50 % CNT",
        "CCD, 54.5 um, 7/2 % CNT",
        "CCD, 18.5 um, 25 % Mg, pores only",
    }
    computed = {v.target.name: v.computed for v in result.verdicts}
    for name, value in {
        "CCD, 90 um, 0.5 % CNT": 8.294,
        "CCD, 90 um, 50 % CNT": 0.3994,
        "CCD, 14.8 um, 5 % CNT": 1.364,
        "CCD, 54.5 um, 7/2 % CNT": 0.5012,
        "CCD, 54.5 um, 7/2 % CNT, pores only": 5.022,
        "CCD, 18.5 um, 25 % Mg, pores only": 1.705,
    }.items():
        assert computed[name] == pytest.approx(value, rel=1e-3), name
    if comm.rank == 0:
        assert max(result.summary["conservation"].values()) < 1e-10
        history = read_history(result.directory / "history.csv")
        last = {name: values[-1] for name, values in history.items()}
        assert last["reaction_current_electrolyte [A/m^2]"] == pytest.approx(3.03, rel=0.01)
        assert last["lithium_share [1]"] == pytest.approx(0.2912, rel=0.01)
        assert last["nucleation_length [um]"] == pytest.approx(8.065, rel=1e-3)
        assert last["growth_length [um]"] == pytest.approx(43.40, rel=1e-3)
        assert history["nucleation_length [um]"][0] == 0
        assert {f.name for f in (result.directory / "figures").glob("*.png")} == {
            "history.png", "profiles.png", "design_map.png",
        }  # fmt: skip
        with (result.directory / "tables" / "design_map.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 4 * 4 * 13 * 20
        assert {row["limit"] for row in rows} == {"pores", "nucleation"}
        with (result.directory / "tables" / "critical_currents.csv").open() as file:
            rows = list(csv.DictReader(file))
        names = [measured.name for measured in CRITICAL_CURRENTS]
        assert [row["interlayer"] for row in rows] == names
        ratios = {row["interlayer"]: float(row["ratio"]) for row in rows}
        assert ratios["14.8 um, 5 % CNT"] == pytest.approx(0.97, abs=0.01)
        assert ratios["18.5 um, 25 % Mg"] == pytest.approx(0.43, abs=0.01)
    comm.Barrier()


def test_a_users_own_interlayer_gets_a_plain_answer(tmp_path, monkeypatch):
    monkeypatch.setattr("lithode.engine.report.draw", lambda *_: [])
    result = run_case("wang2024/criterion", pairs=[*COARSE, *USER], out=tmp_path / "u")
    assert result.verdicts == []  # nothing was measured on it
    assert result.results["safe up to (CCD), closed form"].value == pytest.approx(4.95, rel=1e-2)
    assert result.results["safe up to (CCD), two potentials"].value == 4.0
    assert result.results["what limits it, closed form"].value == "the pores (l_g = l_i)"
    assert "not compared with the paper" in (result.directory / "report.md").read_text().lower()
    assert "taken from LNI-CNT: resistance 32 ohm cm^2" in result.summary["findings"][0]
    assert result.summary["findings"][-1] == (
        "closed form of the criterion: dendrite-safe up to 4.95 mA/cm^2 for 1 h; limited by the "
        "pores, which lithium then fills up to the electrolyte (l_g = l_i)"
    )
    assert result.summary["findings"][-1] in (result.directory / "report.md").read_text()


def test_own_conductivities_are_held_against_no_measured_interlayer():
    """Eight foreign critical currents are no answer to whoever asks about an own interlayer."""
    case = find("wang2024/criterion")
    assert len(case.targets_of(case.resolve())) == 14
    for pair in ("electronic_conductivity=1e-5", "ionic_conductivity=2e-4", "porosity=0.4"):
        assert case.targets_of(case.resolve(None, None, [pair])) == [], pair


def test_a_measured_interlayer_is_judged_by_its_own_row():
    case = find("wang2024/criterion")
    for pairs, name in (
        (["composition=LNI-50CNT"], "CCD, 90 um, 50 % CNT, two potentials"),
        (["thickness=14.8"], "CCD, 14.8 um, 5 % CNT, two potentials"),
        (["composition=LNI-50CNT", "thickness=14.8"], "CCD, 14.8 um, 50 % CNT, two potentials"),
    ):
        assert [t.name for t in case.targets_of(case.resolve(None, None, pairs))] == [name]
    beyond = case.resolve(None, None, ["currents=1,4,9"])
    assert "CCD, 90 um, 5 % CNT, two potentials" in {t.name for t in case.targets_of(beyond)}
    short = case.resolve(None, None, ["composition=LNI-50CNT", "currents=0.1,0.5"])
    assert case.targets_of(short) == []  # the sweep ends before the measured current


def test_a_bound_is_judged_by_the_computed_number(reference):
    """The paper's "at least 4" is never written over what was computed."""
    verdicts = {v.target.name: v for v in reference().verdicts}
    safe, short = (
        verdicts[f"CCD, {name}"] for name in ("90 um, 5 % CNT", "18.5 um, 25 % Mg, pores only")
    )
    assert (safe.target.paper, safe.target.bound) == (4.0, "above")
    assert (safe.computed, safe.reproduced) == (pytest.approx(8.294, rel=1e-3), True)
    assert (short.computed, short.reproduced) == (pytest.approx(1.705, rel=1e-3), False)
    assert all(isinstance(v.computed, float) for v in verdicts.values() if v.target.unit)


def test_each_published_number_counts_once():
    """Over both cases and both models; formulas and built-in trends do not count at all."""
    targets = {
        f"wang2024/{name}: {target.name}": target
        for name in ("cells", "criterion", "gradient", "pores")
        for target in find(f"wang2024/{name}").targets
    }
    counted = {name: target for name, target in targets.items() if not target.repeats}
    for target in targets.values():
        assert not target.repeats or target.repeats in counted, target.name
    numbers = [(t.source, t.paper) for t in counted.values() if t.unit]
    assert len(numbers) == len(set(numbers)) == 17  # eight interlayers, one onset, eight of cells
    kinds = {name: target.kind for name, target in counted.items()}
    assert sorted(name for name, kind in kinds.items() if kind == "predicted") == [
        "wang2024/cells: CCD, 14.8 um, 0.5 % CNT",
        "wang2024/cells: CCD, 14.8 um, 5 % CNT",
        "wang2024/cells: CCD, 14.8 um, 50 % CNT",
        "wang2024/cells: CCD, 90 um, 5 % CNT",
        "wang2024/cells: both interlayers of 5 % CNT after 4 mAh/cm^2",
        "wang2024/cells: depth of lithium after activation, 5 % CNT",
        "wang2024/cells: thickness of the largest mass",
        "wang2024/cells: thickness of the smallest mass",
        "wang2024/cells: voltage at 0.1 mA/cm^2, 0.5 % CNT",
        "wang2024/cells: voltage at 0.1 mA/cm^2, 5 % CNT, activated",
        "wang2024/cells: voltage at 0.1 mA/cm^2, 50 % CNT, activated",
        "wang2024/criterion: CCD, 18.5 um, 25 % Mg, pores only",
        "wang2024/criterion: nucleation at 4 mA/cm^2, two potentials",
        "wang2024/gradient: plated next to the electrolyte, graded against dual",
    ]
    # It fixes i*, so that it predicts nothing any more.
    assert kinds["wang2024/cells: CCD, 54.5 um, 7/2 % CNT"] == "calibrated"
    assert kinds["wang2024/criterion: l_n over 1/i, l_g over i"] == "verification"
    assert kinds["wang2024/pores: current at lithium, smaller pores"] == "verification"
    small = "wang2024/pores: current at lithium, 0.5 um pores, 4 mA/cm^2"
    assert kinds[small] == "selected"  # the text gives no size


@pytest.mark.parametrize("angle", [0, 180])
def test_extreme_contact_angles(tmp_path, monkeypatch, angle):
    """Fully wetted hosts nucleate at any current: there the tangent condition is infinite."""
    monkeypatch.setattr("lithode.engine.report.draw", lambda *_: [])
    pairs = ["currents=0.5,1", f"contact_angle={angle}", "element_size=2"]
    result = run_case("wang2024/criterion", pairs=pairs, out=tmp_path / "u")
    assert ("up to 0 mA/cm^2" in result.summary["findings"][-1]) == (angle == 0)
    assert (result.summary["health"][-1]["value"] is None) == (angle == 0)
    assert "at or below 0.5 mA/cm^2" in result.summary["findings"][0]
    assert result.results["nucleation begins, two potentials"].value == "at or below 0.5"


@pytest.mark.parametrize(
    ("shares", "expected"),
    [([0.99, 0.98, 0.90], 1.375), ([0.90, 0.8, 0.7], 0.5), ([1.0, 0.99, 0.96], None)],
)
def test_onset(shares, expected):
    """Between currents of the sweep; what is below its first one is not guessed."""
    history = {
        "current [mA/cm^2]": np.array([0.5, 1.0, 2.0]),
        "lithium_share [1]": np.array(shares),
    }
    assert onset(history) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("name", "current", "limit"),
    [
        ("90 um, 0.5 % CNT", 12.0, "sweep"),
        ("90 um, 5 % CNT", 7.2, "electrolyte"),
        ("90 um, 50 % CNT", 0.63, "electrolyte"),
        ("14.8 um, 0.5 % CNT", 9.4, "pores"),
        ("14.8 um, 5 % CNT", 2.12, "pores"),
        ("14.8 um, 50 % CNT", 0.74, "electrolyte"),
    ],
)
def test_critical_currents_of_the_two_potential_model(name, current, limit):
    """The table of docs/wang2024-criterion.md."""
    measured = next(m for m in CRITICAL_CURRENTS if m.name == name)
    composition = f"LNI-{measured.contents[0]:g}CNT"
    p = Criterion(
        composition=composition, thickness=measured.thickness,
        currents=(0.3, 0.6, 0.7, 0.8, 1.4, 2.0, 3.0, 4.0, 7.0, 9.0, 12.0),
    )  # fmt: skip
    steady, rows = criterion_simulation.build(p, MPI.COMM_SELF, None).model.steady, []
    for load in p.currents:
        steady.load = to_model(load, "mA/cm^2")
        steady.solve()
        rows.append(steady.measure())
    names = "reaction_current_electrolyte [A/m^2]", "lithium_share [1]"
    history = {
        "current [mA/cm^2]": np.array(p.currents),
        **{name: np.array([row[name] for row in rows]) for name in names},
    }
    found = Bearable.of(history, p, closed_form(p).filling_current)
    assert found.limit == limit
    assert found.current == pytest.approx(current, rel=0.02)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(80.0, "pores"), ("8 mA/cm^2", "l_g = l_i")),
        (Verdict(5.0, "nucleation"), ("0.5 mA/cm^2", "l_n > l_g")),
        (Verdict(5.0, "nucleation", 20.0), ("0.5 mA/cm^2", "again above 2 mA/cm^2")),
    ],
)
def test_answers(verdict, words):
    answer = closed_form_answer(verdict, 1.0)
    assert all(word in answer for word in words)


def test_a_poor_conductor_of_electrons_is_cautioned(reference):
    history = read_history(reference().directory / "history.csv")
    case = find("wang2024/criterion")
    for composition, count in (("LNI-0.5CNT", 3), ("LNI-5CNT", 2)):
        parameters = case.resolve(None, {"composition": composition})
        assert len(findings(history, parameters)) == count


@pytest.mark.parametrize(
    ("plated", "filling", "expected"),
    [
        ([0.0, 4.0, 8.0], 100.0, Bearable(1.0 + 0.425 * 1, "electrolyte")),
        ([0.0, 4.0, 8.0], 8.0, Bearable(1.2, "pores")),
        ([0.0, 1.0, 2.0], 8.0, Bearable(1.2, "pores")),
        ([0.0, 1.0, 2.0], 100.0, Bearable(2.0, "sweep")),
    ],
)
def test_bearable_current(plated, filling, expected):
    """A third of the current plates on the lithium surface, where it fills no pore."""
    history = {
        "lithium_share [1]": np.full(3, 1 / 3),
        "current [mA/cm^2]": np.array([0.5, 1.0, 2.0]),
        "reaction_current_electrolyte [A/m^2]": np.array(plated),
    }
    found = Bearable.of(history, Criterion(tolerated_current=0.57), filling)
    assert found.limit == expected.limit
    assert found.current == pytest.approx(expected.current, rel=1e-9)


@pytest.mark.mpi
def test_gradient(comm, tmp_path):
    pairs = ["currents=0.1,0.4,0.8,1.5,3,6,7"]
    result = run_case("wang2024/gradient", pairs=pairs, out=tmp_path / "g")
    missed = [v.target.name for v in result.verdicts if not v.reproduced]
    assert missed == ["plated next to the electrolyte, graded against dual"]
    safe = result.results["safe up to (CCD), two potentials (dual)"].value
    assert safe == pytest.approx(6.08, rel=0.01)
    if comm.rank == 0:
        assert max(result.summary["conservation"].values()) < 1e-10
        history = read_history(result.directory / "history.csv")
        near = [
            history[f"reaction_current_electrolyte_{name} [A/m^2]"][-2]
            for name in profiles(Gradient())
        ]
        assert near == pytest.approx([4.78, 0.494, 1.07], rel=0.05)
        assert len(result.summary["findings"]) == 7
        assert "7 % CNT 5.2e-05 to 0.0002 S/cm" in result.summary["findings"][-1]
    comm.Barrier()


def test_profiles_are_as_they_are_named():
    p = Gradient()
    found = interlayers(p)
    ends = [at_content(content).electronic.value * 1e8 for content in (7, 2)]
    assert found["dual"].form.conductivities == pytest.approx(ends)
    places = np.array([[0.0, p.thickness / 2, p.thickness]])
    graded = found["graded"].conductivities[0][1](places)
    assert graded == pytest.approx([ends[0], np.sqrt(ends[0] * ends[1]), ends[1]])
    assert found["graded"].form.conductivities[0] == pytest.approx(ends[0], rel=1e-2)
    flat = p.model_copy(update={"dimension": 2})
    again = interlayers(flat)["graded"].conductivities[0][1]
    assert again(np.vstack([0 * places, places])) == pytest.approx(graded)
    equal = Gradient(lithium_content=5.0, electrolyte_content=5.0)
    forms = [profile.form for profile in interlayers(equal).values()]
    currents = np.array([5.0, 20.0])
    for form in forms:
        assert form.nucleation_length(currents) == pytest.approx(
            forms[0].nucleation_length(currents), rel=1e-9
        )


@pytest.mark.mpi
@pytest.mark.parametrize("name", ["wang2024/criterion", "wang2024/gradient"])
def test_ranks_and_dimensions_agree(comm, name):
    """The same numbers on all ranks together as on each alone; a flat layer is a line."""
    case, rows = find(name), []
    for group, dimension in ((comm, 2), (MPI.COMM_SELF, 2), (MPI.COMM_SELF, 1)):
        pairs = ["currents=0.4,2", "width=6", "element_size=1", f"dimension={dimension}"]
        simulation = case.build(case.resolve(None, None, pairs), group, None)
        march(simulation.model, simulation.control, simulation.end_time)
        rows.append(simulation.model.measure())
    assert rows[0].keys() == rows[1].keys() == rows[2].keys()
    for column, value in rows[1].items():
        if "defect" not in column and "variation" not in column:
            assert rows[0][column] == pytest.approx(value, rel=1e-7, abs=1e-9), column
            assert rows[2][column] == pytest.approx(value, rel=0.05), column


def test_a_longer_sweep_goes_on_from_the_shorter(tmp_path, monkeypatch):
    monkeypatch.setattr("lithode.engine.report.draw", lambda *_: [])
    pairs = ["element_size=2", "currents=0.5,1,2"]
    run_case("wang2024/criterion", pairs=pairs, out=tmp_path / "whole")
    pairs = ["element_size=2", "currents=0.5,1"]
    run_case("wang2024/criterion", pairs=pairs, out=tmp_path / "parts")
    more = ["currents=0.5,1,2"]
    run_case("wang2024/criterion", pairs=more, out=tmp_path / "parts", resume=True)
    ends = [read_history(tmp_path / name / "history.csv") for name in ("whole", "parts")]
    for column in ends[0]:
        if not any(word in column for word in ("defect", "wall", "iterations")):
            np.testing.assert_allclose(ends[0][column], ends[1][column], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("ionic_conductivity=0", "greater than 0"),
        ("electronic_conductivity=-1e-5S/cm", "greater than 0"),
        ("porosity=0", "greater than 0 and less than 1"),
        ("porosity=1", "greater than 0 and less than 1"),
        ("contact_angle=181deg", "at most 180"),
        ("contact_angle=-1", "at least 0"),
        ("composition=LNI-7CNT", "must be one of LNI-0.5CNT"),
        ("currents=1,1", "must rise from above 0"),
        ("currents=0,1", "must rise from above 0"),
        ("resistance=1", "must be at least RT"),
        ("dimension=3", "at most 2"),
    ],
)
@pytest.mark.parametrize("name", ["wang2024/criterion", "wang2024/gradient"])
def test_bad_input(refused, name, pair, words):
    builders = ["lithode.cases.wang2024.design_model.layered_interval"]
    refused(name, [pair], words, builders=builders)


def test_an_option_that_nobody_reads_is_refused(tmp_path):
    for name in ("wang2024/criterion", "wang2024/gradient"):
        options = ["-currents_nonsense", "1"]
        with pytest.raises(InputError, match="currents_nonsense"):
            run_case(name, petsc_options=options, out=tmp_path / "bad")
