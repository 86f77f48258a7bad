"""Fits to data of a user's own: spectra, curves, results, tables of failures, circuits."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.core.results import Result
from lithode.engine.fit import circuit
from lithode.engine.fit import command as fits
from lithode.engine.fit.data import read_goal
from lithode.engine.fit.problem import history_of
from lithode.engine.fit.search import Search
from lithode.engine.registry import Found, find
from lithode.spectroscopy.spectrum import Spectrum
from lithode.theory.circuit import Gerischer, Resistor, Series, WarburgOpen, WarburgShort, Zarc

TRUE = 3e-12
RANGE = "diffusivity=1e-13..1e-11 m^2/s"


def mean_at_end(history, _):
    return [Result("mean at the end", float(history["mean [K]"][-1]), "K")]


@pytest.fixture
def toy(toy_case, monkeypatch):
    case = replace(toy_case, results=mean_at_end)
    monkeypatch.setattr(fits, "locate", lambda name: Found(case))
    return case


@pytest.fixture
def measured(toy, tmp_path):
    """What the toy gives at a known diffusivity: a curve in other units, and a result."""
    history = history_of(toy, toy.resolve(None, {"diffusivity": TRUE}))
    time, mean = history["time [s]"], history["mean [K]"]
    rows = [f"{t / 60!r};{1e3 * m!r}" for t, m in zip(time.tolist(), mean.tolist(), strict=True)]
    curve = tmp_path / "curve.csv"
    curve.write_text("\n".join(["Test Time / minute;mean / mK", *rows]).replace(".", ","))
    result = tmp_path / "end.csv"
    result.write_text(f"result,value\nmean at the end,{1e3 * float(mean[-1])!r} mK\n")
    return curve, result


def test_several_data_sets_at_once(toy, measured, tmp_path):
    out = tmp_path / "fit"
    data = [str(measured[0]), f"results={measured[1]}"]
    found = fits.fit("toy", [RANGE], data=data, tolerance=0.01, starts=2, out=out)
    assert [each.good for each in found.sets] == [True, True]
    assert found.sets[0].values[0] == pytest.approx(TRUE, rel=0.05)
    assert found.determined == 1
    assert 0 < found.errors[0] < 0.1 * TRUE
    assert "2 of 2 starts reproduce all data" in found.statement()
    assert "standard error of set" in found.table()
    assert "end.csv (1 results)" in found.table()
    with (out / "tables" / "data-1.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert float(rows[-1]["fit_mean [K]"]) == pytest.approx(
        float(rows[-1]["data_mean [K]"]), rel=0.02
    )
    for name in ("fit.png", "data-1.png"):
        assert (out / "figures" / name).stat().st_size > 5_000


def test_a_fit_that_was_stopped_goes_on_with_the_other_starts(toy, measured, tmp_path, monkeypatch):
    given = {"data": [str(measured[1])], "starts": 3, "runs": 6, "out": tmp_path / "fit"}
    search, done = Search.from_, []

    def stops(self, number, cloud, runs):
        if number == 2:
            raise KeyboardInterrupt
        done.append(number)
        return search(self, number, cloud, runs)

    monkeypatch.setattr(Search, "from_", stops)
    with pytest.raises(KeyboardInterrupt):
        fits.fit("toy", [RANGE], **given)
    assert done == [0, 1]
    monkeypatch.setattr(Search, "from_", lambda *a: done.append(a[1]) or search(*a))
    found = fits.fit("toy", [RANGE], **given, resume=True)
    assert done == [0, 1, 2]
    assert sorted(each.start for each in found.sets) == [0, 1, 2]
    with pytest.raises(InputError, match="of another fit"):
        fits.fit("toy", [RANGE], **{**given, "runs": 7}, resume=True)
    with pytest.raises(InputError, match="give --resume"):
        fits.fit("toy", [RANGE], **given)
    with pytest.raises(InputError, match="holds no run to resume"):
        fits.fit("toy", [RANGE], **{**given, "out": tmp_path / "none"}, resume=True)


def test_a_user_s_material_is_known_to_a_fit(tmp_path):
    """It departs from the paper, so that there is nothing to fit to: but it is known."""
    material = {"mud": {"conductivity": {"value": "1 mS/cm", "source": "ours"}}}
    pairs = ["electrolyte=mud"]
    with pytest.raises(InputError, match="mud: is unknown"):
        fits.fit("graded-li3n", pairs=pairs, out=tmp_path / "a")
    with pytest.raises(InputError, match="departs from the paper in electrolyte"):
        fits.fit("graded-li3n", pairs=pairs, materials=material, out=tmp_path / "b")


def test_layers_of_a_case_from_a_spectrum_in_ohm(tmp_path):
    """The resistivities of the layered cell come back from the impedance of an electrode."""
    name, area = "tang2026/impedance", 0.5
    pairs = ["points_per_decade=5"]
    p = find(name).resolve(None, pairs=pairs)
    frequency = np.geomspace(2.0, 1e6, 40)
    z = p.formula(2 * np.pi * frequency) / 1e-4 / area
    path = Spectrum(frequency, z, "ohm").write(tmp_path / "cell.csv")
    vary = ["bulk_resistivity=100..1000", "interface_resistivity=20..500"]
    given = {"data": [str(path)], "pairs": pairs, "starts": 1, "runs": 30}
    found = fits.fit(name, vary, **given, area=area, out=tmp_path / "fit")
    assert found.sets[0].good
    assert found.sets[0].values == pytest.approx((327.0, 352.3), rel=0.02)  # Table 2
    assert found.determined == 2
    with pytest.raises(InputError, match="give --area"):
        fits.fit(name, vary, **given, out=tmp_path / "ohm")


def test_charges_and_failures_of_a_layer_of_one_s_own(tmp_path):
    cac, failures = tmp_path / "cac.csv", tmp_path / "ccd.csv"
    # Q0 = 7 mAh/cm^2, i* = 3 mA/cm^2, r = 0.95 by hand.
    lines = [f"{i} mA/cm^2,{7 * (1 - i / 3)!r} mAh/cm^2" for i in (0.2, 0.5, 1.0)]
    cac.write_text("\n".join(["current,capacity", *lines]))
    vary = ["capacity_scale=1..30", "limiting_current=0.5..10"]
    name = "tang2026/protocols"
    given = {"starts": 2, "tolerance": 0.01, "runs": 60}
    both = fits.fit(name, vary, data=[f"cac={cac}"], **given, out=tmp_path / "two")
    assert both.sets[0].values == pytest.approx((7.0, 3.0), rel=0.01)
    assert (both.sets[0].good, both.determined) == (True, 2)
    failures.write_text("protocol,ccd,cycles\nccd,1.1 mA/cm^2,\nlife,,300\n")
    data = [f"cac={cac}", f"life={failures}"]
    three = fits.fit(name, [*vary, "recovery=0.5..0.9999"], data=data, **given, out=tmp_path / "3")
    assert 0.9 < three.sets[0].values[2] < 0.98
    assert "2 failures" in three.table()
    vary.append("recovery=0.5..0.9999")
    alone = fits.fit(name, vary, data=[f"life={failures}"], **given, out=tmp_path / "f")
    assert alone.determined < 3
    assert "remain free" in alone.statement()


FREQUENCY = np.geomspace(0.1, 1e6, 61)
CIRCUITS = {
    "R0-p(R1,Q1)-Wo1": Series((Resistor(20.0), Zarc(100.0, 1e4, 0.85), WarburgOpen(80.0, 2.0))),
    "R0-Z1-Ws1": Series((Resistor(20.0), Zarc(100.0, 1e4, 0.85), WarburgShort(80.0, 0.5))),
    "L0-R0-G1": Series((Resistor(20.0), Gerischer(80.0, 0.02))),
}


@pytest.mark.parametrize("text", CIRCUITS)
def test_circuits_come_back_from_noisy_spectra(text, tmp_path):
    drawn = np.random.default_rng(5).standard_normal((2, len(FREQUENCY)))
    z = CIRCUITS[text](2 * np.pi * FREQUENCY)
    z = z + 2e-3 * np.abs(z) * (drawn[0] + 1j * drawn[1])
    path = Spectrum(FREQUENCY, z, "ohm").write(tmp_path / "s.csv")
    found = circuit.fit(text, [str(path)], starts=4, out=tmp_path / "fit")
    best = found.sets[0]
    values = dict(zip((v.name for v in found.variables), best.values, strict=True))
    errors = dict(zip(values, found.errors, strict=True))
    assert best.good
    assert best.misfit == pytest.approx(0.2, rel=0.3)
    for name, truth in {"R0": 20.0, "R1": 100.0, "Z1": 100.0, "Wo1_tau": 2.0, "G1": 80.0}.items():
        if name in values:
            assert values[name] == pytest.approx(truth, rel=0.03)
            assert abs(values[name] - truth) < 4 * errors[name]
    assert (tmp_path / "fit" / "tables" / "data-1.csv").is_file()


def test_a_circuit_of_too_many_elements_is_not_determined(tmp_path):
    z = CIRCUITS["L0-R0-G1"](2 * np.pi * FREQUENCY)
    path = Spectrum(FREQUENCY, z, "ohm").write(tmp_path / "s.csv")
    found = circuit.fit("R0-R1-G1", [str(path)], starts=2, out=tmp_path / "fit")
    assert found.determined == 3
    assert "1 remain free" in found.statement()


def test_a_circuit_goes_on_with_the_starts_that_are_done(tmp_path, monkeypatch):
    z = CIRCUITS["R0-Z1-Ws1"](2 * np.pi * FREQUENCY)
    paths = [Spectrum(FREQUENCY, k * z, "ohm").write(tmp_path / f"{k}.csv") for k in (1, 2)]
    data, out = [str(paths[0])], tmp_path / "fit"
    given = {"runs": 20, "starts": 2, "out": out}
    done, search = [], Search.from_

    def killed(self, number, *rest):
        done.append(number)
        if done == [0, 1]:
            raise KeyboardInterrupt
        return search(self, number, *rest)

    monkeypatch.setattr(Search, "from_", killed)
    with pytest.raises(KeyboardInterrupt):
        circuit.fit("R0-Z1", data, **given)
    resumed = circuit.fit("R0-Z1", data, **given, resume=True)
    assert done == [0, 1, 1]
    afresh = circuit.fit("R0-Z1", data, **given)
    assert done == [0, 1, 1, 0, 1]
    assert resumed.sets == afresh.sets
    for text, other in (("R0-R1", data), ("R0-Z1", [str(paths[1])])):
        with pytest.raises(InputError, match="of another fit"):
            circuit.fit(text, other, **given, resume=True)
    with pytest.raises(InputError, match="holds no starts"):
        circuit.fit("R0-Z1", data, **{**given, "out": tmp_path / "none"}, resume=True)


def test_values_can_be_fixed_and_ranges_given(tmp_path):
    z = CIRCUITS["R0-Z1-Ws1"](2 * np.pi * FREQUENCY)
    path = Spectrum(FREQUENCY, z, "ohm").write(tmp_path / "s.csv")
    found = circuit.fit(
        "R0-Z1-Ws1",
        [f"spectrum={path}"],
        pairs=["R0=20", "Z1_a=0.85"],
        vary=["Z1=50..200"],
        starts=2,
        out=tmp_path / "fit",
    )
    names = [variable.name for variable in found.variables]
    assert names == ["Z1", "Z1_f", "Ws1", "Ws1_tau"]
    assert (found.variables[0].low, found.variables[0].high) == (50.0, 200.0)
    assert found.sets[0].values == pytest.approx((100.0, 1e4, 80.0, 0.5), rel=1e-3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "give one like"),
        ("R0-X1", "give one like|is no element"),
        ("R0-Zz1", "is no element"),
        ("R0-p(R1)", "needs two parts"),
        ("R0-p(R1,Q1", "not closed"),
        ("R0-", "ends too early"),
        ("R0-R0", "has R0 twice"),
        ("R0)R1", "cannot be read"),
        ("R0-p(R1,p(R2,p(R3,C3)),C1))", "cannot be read"),
        ("-".join(f"R{k}" for k in range(31)), "more than 30 elements"),
        ("R" * 5000, "give one like"),
    ],
)
def test_bad_circuits(text, words):
    with pytest.raises(InputError, match=words):
        circuit.fit(text, ["s.csv"])


def test_the_battery_data_format_is_a_curve(tmp_path):
    path = tmp_path / "cell.bdf.csv"
    heads = "Test Time / s,Voltage / V,Current / A,Cycle Count / 1,Net Capacity / Ah"
    path.write_text(f"{heads}\n0,0.1,1e-4,1,0\n60,0.2,1e-4,1,1e-6\n120,0.3,1e-4,1,2e-6\n")
    goal = read_goal(str(path), tolerance=0.01, area=None, results=None, readers={})
    assert (goal.wanted, goal.count) == ("3 points", 3)
    history = {"time [s]": np.array([0.0, 120.0]), "voltage [mV]": np.array([100.0, 306.0])}
    judged = goal.judge(history, None)
    np.testing.assert_allclose(judged.deviations, [0.0, 1.0, 2.0], atol=1e-9)
    assert not judged.good
    late = goal.judge({**history, "time [s]": np.array([0.0, 60.0])}, None)
    assert late.deviations[-1] == 10.0  # what the run did not reach


def test_a_curve_jumps_where_the_current_does(tmp_path):
    """The history has no row right after a jump: its own slope leads back to it."""
    path = tmp_path / "cell.csv"
    path.write_text("time [s],voltage [mV]\n50,105\n101,-119.9\n150,-115\n199,-110.1\n201,0\n")
    goal = read_goal(str(path), tolerance=0.01, area=None, results=None, readers={})
    history = {
        "time [s]": np.array([0.0, 100.0, 150.0, 200.0, 300.0]),
        "current [mA/cm^2]": np.array([1.0, 1.0, -1.0, -1.0, 0.0]),
        "voltage [mV]": np.array([100.0, 110.0, -115.0, -110.0, 0.0]),
    }
    np.testing.assert_allclose(goal.judge(history, None).deviations, 0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("time [s],mean\n0,1\n1,2\n", "no column of frequency|has no unit"),
        ("time [s],mean [K]\n0,1\n", "needs two rows"),
        ("time [s],mean [K]\n0,1\n1,x\n", "line 3 is no row of numbers"),
        ("time [s],mean [K]\n0,1\n1,nan\n", "finite numbers"),
        ("result,value\nmean at the end\n", "line 2 has 1 of 2 columns"),
        ("", "is empty"),
    ],
)
def test_bad_data(tmp_path, content, words):
    path = tmp_path / "d.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        read_goal(str(path), tolerance=None, area=None, results=mean_at_end, readers={})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("current [A],mean [K]\n0,1\n1,2\n", "the first column must be time"),
        ("time [s],men [K]\n0,1\n1,2\n", "did you mean mean"),
        ("time [s],mean [V]\n0,1\n1,2\n", "K"),
        ("result,value\nmean at end,1 K\n", "did you mean mean at the end"),
        ("frequency [Hz],Re [ohm],Im [ohm]\n1,2,-3\n2,2,-3\n", "this case does not compute"),
    ],
)
def test_data_that_the_case_does_not_give(toy, tmp_path, content, words):
    path = tmp_path / "d.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        fits.fit("toy", [RANGE], data=[str(path)], starts=1, out=tmp_path / "fit")
