"""Screening of materials as a case: stored numbers, a material of the user, bad input."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from lithode.cases.ji2020.criteria.case import CASE
from lithode.engine import report
from lithode.engine.runner import run_case


def study(*pairs, draws=100):
    parameters = CASE.resolve(pairs=[f"draws={draws}", *pairs])
    return parameters, CASE.build(parameters).compute(lambda _: None)


def column(results, table, key):
    rows = results.tables[table]
    return dict(zip(rows["material"], rows[key], strict=True))


def found(verdicts, name):
    return next(v for v in verdicts if v.target.name == name)


def test_files_and_stored_numbers(tmp_path, comm):
    result = run_case(CASE.name, preset="quick", out=tmp_path / "a", comm=comm)
    assert result.status == "completed"
    energy = found(result.verdicts, "order by interface energy (eta*, nucleation)")
    assert (energy.computed, energy.reproduced) == ("LPS < Li2S < Li3N < Li3P < LiF", False)
    index = found(result.verdicts, "order by the empirical index")
    assert (index.target.kind, index.reproduced) == ("calibrated", True)
    current = found(result.verdicts, "current with i R = eta*, Li3N-LiF, largest pore")
    assert (current.computed, current.reproduced) == (pytest.approx(0.0412, abs=1e-4), False)
    out = result.directory
    assert {f.name for f in (out / "figures").glob("*.png")} == {
        "ranking.png",
        "overpotentials.png",
    }
    with (out / "tables" / "ranking.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["material"] for row in rows] == [
        "LiF", "Li3N-LiF", "Li3N", "Li3P", "Li2S", "LPS",
    ]  # fmt: skip
    remade, _ = report.remake(out)
    assert [t["computed"] for t in remade["targets"]] == [v.computed for v in result.verdicts]
    radius = result.results["pore radius that 6 mA/cm^2 would need, Li3N-LiF"]
    assert (radius.value, radius.unit) == (pytest.approx(3.4, abs=0.05), "nm")
    # One published order, counted once and missed; the current is the other prediction.
    assert (result.score.predicted, result.score.predicted_met) == (2, 0)
    assert result.score.calibrated == 0


def test_numbers_of_the_five():
    _, results = study()
    etas = column(results, "ranking", "nucleation_overpotential [V]")
    stored = {"LPS": 0, "Li2S": 0.264, "Li3N": 0.580, "Li3P": 0.981, "LiF": 1.996}
    for name, value in stored.items():
        assert etas[name] == pytest.approx(value, abs=6e-4)
    drops = column(results, "ranking", "ohmic_drop [mV]")
    assert drops["LiF"] == pytest.approx(1e4 / 0.3)
    assert column(results, "ranking", "ohmic_budget")["LiF"] == "exceeded"
    leaks = column(results, "ranking", "leakage_budget")
    assert [name for name, kept in leaks.items() if kept == "kept"] == ["LiF", "Li3N-LiF", "Li3N"]


def test_every_number_has_a_source():
    _, results = study()
    for key in ("interface_energy", "ionic_conductivity", "electronic_conductivity"):
        for source in results.tables["materials"][f"{key}_source"]:
            kind, _, text = source.partition(": ")
            assert kind in ("paper", "literature", "assumed")
            assert len(text) > 5


def test_windows_are_where_the_order_of_the_index_breaks():
    _, results = study()
    rows = zip(*results.tables["windows"].values(), strict=True)
    bounds = {(m, q): (v, low, high) for m, q, v, low, high, *_ in rows}
    assert bounds["Li3P", "electronic_conductivity"][1:] == pytest.approx(
        (1.43e-10, 5.44e-6), rel=0.01
    )
    energies = column(results, "materials", "interface_energy")
    index = next(t for t in CASE.targets if t.name == "order by the empirical index")
    for (name, quantity), (value, low, high) in bounds.items():
        if name not in ("Li3P", "Li3N"):
            continue
        assert low < value < high
        for bound, inside in ((low, 1.01), (high, 0.99)):
            for factor, holds in ((inside, True), (1 / inside, False)):
                numbers = {
                    "interface_energy": energies[name],
                    "ionic_conductivity": column(results, "materials", "ionic_conductivity")[name],
                    "electronic_conductivity": column(
                        results, "materials", "electronic_conductivity"
                    )[name],
                }
                unit = "meV/angstrom^2" if quantity == "interface_energy" else "S/cm"
                numbers[quantity] = f"{bound * factor} {unit}"
                p, changed = study(f"add={name}, {', '.join(numbers.values())}")
                verdict = index.judge(changed.history, p)
                assert verdict.reproduced == holds
                assert not CASE.targets_of(p)


def test_draws():
    shares = [study(f"seed={k}", draws=400)[1].tables["orders"]["share_of_draws"] for k in (1, 1)]
    assert shares[0] == shares[1]
    index, ohmic = shares[0][-1], shares[0][1]
    assert 0.4 < index < 0.65
    assert ohmic < 0.02
    sure = study("spread_energy=0", "spread_known=0", "spread_assumed=0")[1]
    assert list(sure.tables["orders"]["share_of_draws"]) == [0, 0, 0, 0, 1]
    assert np.isnan(study(draws=0)[1].history["share_index [1]"]).all()


@pytest.mark.parametrize(
    "pair", ["add=Li2O, 50, 1e-9 S/cm, 1e-14", "current=3mA/cm^2", "solid_pressure=10MPa"]
)
def test_a_system_of_ones_own_is_not_held_against_the_paper(pair):
    """Not even by the orders of the paper's five, which own conductivities used to be given."""
    p, results = study(pair)
    assert not CASE.targets_of(p)
    numbers = [r for r in CASE.results(results.history, p) if isinstance(r.value, float)]
    assert len(numbers) >= 5


def test_a_material_in_one_line(tmp_path):
    p, results = study("add=Li2O, 50, 1e-9 S/cm, 1e-14")
    assert "Li2O" in results.tables["ranking"]["material"]
    assert "critical_overpotential_Li2O [mV]" in results.history
    found = {result.name: result for result in CASE.results(results.history, p)}
    assert found["Li2O: ohmic drop of a layer"].unit == "mV"
    assert "Li2O" in found["ranking by the empirical index"].value
    (tmp_path / "mine.csv").write_text(
        "material,interface_energy,ionic_conductivity,electronic_conductivity\nLiF,1,1,1\n"
    )
    _, replaced = study(f"table={tmp_path / 'mine.csv'}")
    assert replaced.tables["ranking"]["material"].index("LiF") > 0
    assert len(replaced.tables["ranking"]["material"]) == 6


@pytest.mark.parametrize(
    ("pairs", "parts"),
    [
        (["table=gone.csv"], ["table = gone.csv", "cannot be read"]),
        (["add=LiI, 20"], ["add = LiI, 20", "give material"]),
        (["add=LiI, 20, 1, 0"], ["LiI electronic_conductivity = 0"]),
        (["radii=50,5"], ["radii = 50, 5 nm", "ascend"]),
        (["radii=-5,5"], ["radii", "positive"]),
        (["radii="], ["radii"]),
        (["current=1 V"], ["current = 1 V"]),
        (["nucleation_factor=2"], ["nucleation_factor", "at most 1"]),
        (["thickness=0"], ["thickness", "greater than 0"]),
    ],
)
def test_bad_input_is_refused_in_one_line(refused, pairs, parts):
    refused(CASE.name, pairs, *parts)
