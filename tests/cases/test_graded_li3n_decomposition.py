"""The constrained decomposition of Li2ZrCl6 as a case: stored numbers, files, bad input."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
import pytest

from lithode.cases.graded_li3n.decomposition.case import CASE
from lithode.cases.graded_li3n.decomposition.parameters import SHIPPED
from lithode.core.errors import InputError
from lithode.core.results import Result
from lithode.engine import report
from lithode.engine.runner import run_case
from lithode.engine.summary import judge
from lithode.engine.verdict import Verdict
from lithode.materials.phases import PhaseTable
from lithode.output.history import History, read_history

LARGEST = "largest K_eff with Zr at 0 V"
LOWEST = "lowest potential at which ZrCl2 replaces Zr"
SMALL = ["draws=300", "potential_step=0.05"]


def run(out, *pairs, **options):
    return run_case(CASE.name, pairs=[*SMALL, *pairs], out=out, **options)


def found(result, name):
    return next(v for v in result.verdicts if v.target.name == name)


@dataclass(frozen=True)
class Quick:
    """A run without files and pictures."""

    history: History
    verdicts: list[Verdict]
    results: dict[str, Result]


def quick(*pairs, draws=0):
    parameters = CASE.resolve(pairs=["potential_step=0.05", f"draws={draws}", *pairs])
    history = CASE.build(parameters).compute(lambda _: None).history
    results = {result.name: result for result in CASE.results(history, parameters)}
    return Quick(history, judge(CASE, parameters, history), results)


@pytest.mark.mpi
def test_stored_numbers(tmp_path, comm):
    result = run(tmp_path / "a", comm=comm)
    assert result.status == "completed"
    strict = found(result, "products at 0 V, 15 GPa")
    assert (strict.target.kind, strict.computed, strict.reproduced) == (
        "predicted", "LiCl + Zr", False,
    )  # fmt: skip
    assert found(result, "products at 0 V, 0 GPa").reproduced
    assert found(result, "change from 0 to 15 GPa at some potential").reproduced
    assert result.results["lowest potential at which ZrCl2 replaces Zr"].value == pytest.approx(
        0.35
    )
    assert result.results[LARGEST].value == pytest.approx(19.00, abs=0.01)
    history = read_history(tmp_path / "a" / "history.csv")
    assert history["energy_0GPa [kJ/mol]"][0] == pytest.approx(-647.40, abs=0.01)
    assert history["energy_15GPa [kJ/mol]"][0] == pytest.approx(-454.35, abs=0.01)
    assert 0.99 < history["switch_share [1]"].max() <= 1
    low, middle, high = (history[f"switch_modulus_p{q:02d} [GPa]"][0] for q in (5, 50, 95))
    assert (low, middle, high) == pytest.approx((16.3, 19.0, 21.7), abs=0.4)
    assert result.summary["conservation"]["elements"] < 1e-12
    assert (result.summary["steps"], result.summary["ranks"]) == (49, comm.size)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("decomposition") / "a"
    return run(out)


def test_files(finished):
    out = finished.directory
    names = {file.name for file in (out / "figures").glob("*.png")}
    assert names == {"products.png", "map.png", "history.png"}
    with (out / "tables" / "products.csv").open() as file:
        rows = list(csv.DictReader(file))
    first = [row["products"] for row in rows if row["from [V]"] == "0.0"]
    assert first == ["LiCl + Zr"] * 4
    assert [row["products"] for row in rows if row["modulus [GPa]"] == "0.0"] == [
        "LiCl + Zr", "LiCl + ZrCl3", "Li2ZrCl6",
    ]  # fmt: skip
    draws = np.genfromtxt(out / "tables" / "draws.csv", delimiter=",", names=True)
    assert len(draws) == 300
    strict = finished.results["share of draws with that change at 0 V"].value
    assert strict == pytest.approx(np.mean(draws["switch_modulus_0V_GPa"] < 15))
    again, _ = report.remake(out)
    assert again["targets"] == finished.summary["targets"]
    assert again["results"] == finished.summary["results"]


def test_the_same_seed_gives_the_same_run_and_another_does_not():
    shares = [quick(f"seed={k}", draws=300).history["switch_share [1]"] for k in (1, 1, 2)]
    np.testing.assert_array_equal(shares[0], shares[1])
    assert (shares[0] != shares[2]).any()


def test_its_own_phases_are_a_table_it_takes(finished):
    history = read_history(finished.directory / "history.csv")
    again = quick(f"table={finished.directory / 'tables' / 'phases.csv'}", draws=300).history
    assert list(again) == list(history)
    for name, values in history.items():
        np.testing.assert_allclose(again[name], values, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize(
    ("pairs", "strict", "somewhere", "switch"),
    [
        (["zrcl2_enthalpy=-569"], "LiCl + ZrCl2", True, 14.92),
        (["zrcl2_enthalpy=-544.8", "zrcl3_enthalpy=-774.9"], "LiCl + Zr", True, 16.40),
        (["zrcl2_volume=45"], "LiCl + Zr", True, 31.36),
        (["lithium_volume=true"], "LiCl + Zr", False, None),
        (["strain_energy=quadratic"], "LiCl + Zr", False, None),
        (["left_out="], "LiCl + Zr", True, 19.00),
    ],
)
def test_variants(pairs, strict, somewhere, switch):
    result = quick(*pairs)
    assert result.verdicts == []  # other data are no prediction of the paper's
    assert result.results["products at 0 V, 15 GPa"].value == strict
    assert (LOWEST in result.results) == somewhere
    if switch is not None:
        assert result.results[LARGEST].value == pytest.approx(switch, abs=0.01)


def test_zirconium_monochloride_comes_between():
    assert quick("left_out=").history["ZrCl_0GPa [1]"].max() == 1
    assert "ZrCl_0GPa [1]" not in quick().history


def test_another_electrolyte_by_its_own_table(tmp_path):
    rows = [
        ("Li", 0, 29.1, 13.0), ("LiCl", -408.6, 59.3, 20.48), ("Y", 0, 44.4, 19.9),
        ("YCl3", -1000, 137, 75.0), ("Li3YCl6", -2230, 320, 140.0),
    ]  # fmt: skip
    units = ("enthalpy", "kJ/mol"), ("entropy", "J/(mol K)"), ("volume", "cm^3/mol")
    lines = ["phase,quantity,value,unit"] + [
        f"{name},{quantity},{value},{unit}"
        for name, *values in rows
        for (quantity, unit), value in zip(units, values, strict=True)
    ]
    (tmp_path / "y.csv").write_text("\n".join(lines))
    pairs = "reactant=Li3YCl6", "free_product=Y", "constrained_product=YCl3", "left_out="
    result = quick(f"table={tmp_path / 'y.csv'}", *pairs)
    assert result.history["lithium_0GPa [1]"][0] == 3
    assert result.verdicts == []


def test_the_shipped_table_is_consistent_and_says_where_from():
    table = PhaseTable.read(SHIPPED)
    mixing = table["Li2ZrCl6"].enthalpy.value - (
        2 * table["LiCl"].enthalpy.value + table["ZrCl4"].enthalpy.value
    )
    assert mixing == pytest.approx(0, abs=1e-9)
    cell = np.sqrt(3) / 2 * 3.3819**2 * 19.378 / 3 * 0.602214
    assert table["ZrCl2"].volume.value == pytest.approx(cell, abs=0.01)
    assert all(source for source in table.columns()["source"])


@pytest.mark.parametrize(
    ("pairs", "parts"),
    [
        (["table=gone.csv"], ["table = gone.csv", "cannot be read"]),
        (["moduli="], ["moduli"]),
        (["moduli=0,-5"], ["moduli", "between 0 and 1000"]),
        (["moduli=5,0"], ["moduli = 5, 0 GPa", "ascend"]),
        (["moduli=0,5 eV"], ["moduli = 5 eV", "GPa"]),
        (["reactant=Li3YCl6"], ["reactant = Li3YCl6", "not in the table"]),
        (["constrained_product=ZrCl"], ["constrained_product = ZrCl", "not in the table"]),
        (["free_product=Hf"], ["free_product = Hf", "not in the table"]),
        (["left_out=ZrCl, ZrCl2"], ["constrained_product = ZrCl2", "not in the table"]),
        (["left_out=Li2ZrCl6"], ["reactant = Li2ZrCl6", "not in the table"]),
        (["zrcl2_volume=-1"], ["zrcl2_volume = -1.0 cm^3/mol", "greater than 0"]),
        (["potential_step=3"], ["potential_step = 3.0 V", "largest_potential"]),
        (["largest_potential=1 A"], ["largest_potential = 1 A"]),
        (["strain_energy=cubic"], ["one of linear, quadratic"]),
        (["temperature=-3"], ["temperature"]),
    ],
)
def test_bad_input_is_refused_in_one_line(refused, pairs, parts):
    refused(CASE.name, pairs, *parts)


def test_a_bad_table_is_named(tmp_path):
    lines = SHIPPED.read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(line.replace("38.53", "-38.53") for line in lines))
    with pytest.raises(InputError, match=r"ZrCl2 volume = -38.53 cm\^3/mol: must be greater"):
        run_case(CASE.name, pairs=[f"table={bad}"], out=tmp_path / "a")
    bad.write_text("\n".join(line.replace("ZrCl3,", "ZrO2,") for line in lines))
    with pytest.raises(InputError, match="phase = ZrO2: holds O, which Li2ZrCl6 does not"):
        run_case(CASE.name, pairs=[f"table={bad}"], out=tmp_path / "a")
    assert not (tmp_path / "a").exists()
