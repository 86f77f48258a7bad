"""Voids against creep, coarse: stored numbers, verdicts, restart, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.tang2026.voids.targets import TARGETS, findings, results
from lithode.core.errors import InputError
from lithode.engine.registry import find
from lithode.engine.report import remake
from lithode.engine.runner import run_case
from lithode.output.fields import FieldReader
from lithode.output.history import read_history
from lithode.solvers.voids.model import VoidCell

NAME = "tang2026/voids"
CASES = ("tang2026/impedance", "tang2026/protocols", NAME)
COARSE = ("element_size=0.01", "growth=2")
FOUR = (*COARSE, "contact_fractions=0.2,0.5,0.9,0.97")

# At theta 0.2, 0.5, 0.9, 0.97.
STORED = {
    "closure [1]": [9.278, 0.01946, 6.406e-6, 1.308e-7],
    "edge_over_mean_Li [1]": [1.192, 1.242, 1.128, 1.058],
    "uneven_fraction_Li [1]": [0.0342, 0.0393, 0.0153, 0.0055],
    "constriction_Li [1]": [0.815, 0.193, 0.0081, 0.00094],
}
MISSED = {
    "5 MPa, 0.3 mA/cm^2, voids at bare Li after 150 or Li3N after 5000 cycles": "neither",
    "5 MPa, 0.8 mA/cm^2, contact of Li3N and bare Li": "alike",
    "gap of 6 min Li3N after half a cycle at 1 mA/cm^2, 5 MPa": "alike",
}


@pytest.mark.mpi
def test_creep_keeps_the_contact(comm, tmp_path):
    result = run_case(NAME, pairs=FOUR, out=tmp_path / "v", comm=comm)
    assert result.status == "completed"
    kinds = {v.target.name: v.target.kind for v in result.verdicts}
    assert [name for name, kind in kinds.items() if kind == "verification"] == [
        "20 MPa, 0.5 mA/cm^2, bare Li"
    ]
    assert str(result.score).startswith("predicted 0 of 4")
    missed = {v.target.name: v.computed for v in result.verdicts if not v.reproduced}
    assert {name: missed.pop(name) for name in MISSED} == MISSED
    rise, resistivity = missed.values()
    assert 0.1 < rise < 0.3
    assert 0.2 < resistivity < 0.5
    if comm.rank == 0:
        assert max(result.summary["conservation"].values()) < 1e-10
        history = read_history(result.directory / "history.csv")
        for column, values in STORED.items():
            assert history[column] == pytest.approx(values, rel=0.02)
        for name, form in (
            ("constriction_ideal", "constriction"),
            ("closure_newtonian", "closure"),
        ):
            closed = history[f"{form}_closed_form [1]"][:2]
            assert history[f"{name} [1]"][:2] == pytest.approx(closed, rel=0.02)
        contact = read_table(result.directory / "tables" / "contact.csv")
        ends = {name: values[-1] for name, values in contact.items()}
        assert ends["contact_bound_1MPa [1]"] == pytest.approx(0.515, abs=0.01)
        assert ends["contact_Li_1MPa [1]"] == pytest.approx(0.721, abs=0.01)
        assert ends["contact_bound_5MPa [1]"] == pytest.approx(0.955, abs=0.005)
        assert ends["contact_bound_20MPa [1]"] > 0.99
        assert ends["resistance_Li_1MPa [ohm cm^2]"] == pytest.approx(4.80, rel=0.02)
        held = read_table(result.directory / "tables" / "pressure.csv")
        assert np.all(np.diff(held["pressure_bound [MPa]"]) > 0)
        names = {picture.name for picture in (result.directory / "figures").glob("*.png")}
        assert names == {"cell.png", "contact.png"}
        reader = FieldReader(result.directory / "fields.vtkhdf")
        assert {"radius", "velocity", "pressure", "strain_rate"} <= set(reader.names)
        on_disc = reader.values("radius", 0)[reader.grid.points[:, 0] == 0.5]
        assert on_disc == pytest.approx(np.sqrt(0.2))
    comm.Barrier()


def read_table(path):
    heads, *rows = path.read_text().splitlines()
    values = np.array([[float(v) for v in row.split(",")] for row in rows])
    return dict(zip(heads.split(","), values.T, strict=True))


def test_resumed_sweep_solves_for_new_fractions_only(tmp_path, monkeypatch):
    out, solved, solve = tmp_path / "r", [], VoidCell.solve

    def counted(cell):
        solved.append(cell.load)
        return solve(cell)

    monkeypatch.setattr(VoidCell, "solve", counted)
    run_case(NAME, pairs=[*COARSE, "contact_fractions=0.3,0.6"], out=out)
    assert solved == [0.3, 0.6]
    contact = read_table(out / "tables" / "contact.csv")
    # It leaves the sweep at once.
    assert np.all(np.isnan(contact["contact_bound_5MPa [1]"]))
    # Another load alone: the sweep is made, and begins, at its first fraction.
    solved.clear()
    run_case(NAME, pairs=["stack_pressures=2", "current=1"], out=out, resume=True)
    assert solved == [0.3]
    assert "contact_bound_2MPa [1]" in read_table(out / "tables" / "contact.csv")
    solved.clear()
    run_case(NAME, pairs=["contact_fractions=0.3,0.6,0.95"], out=out, resume=True)
    assert solved == [0.3, 0.95]
    history = read_history(out / "history.csv")
    assert history["contact_fraction [1]"].tolist() == [0.3, 0.6, 0.95]
    assert history["closure [1]"][-1] == pytest.approx(6.3e-7, rel=0.05)
    contact = read_table(out / "tables" / "contact.csv")
    assert np.all(np.isfinite(contact["contact_bound_2MPa [1]"]))


def test_layers():
    """What Li3N does to the resistance of its interface, and to the first contact."""
    case = find(NAME)
    thick, thin, gapped = (
        case.resolve(None, None, [f"nitridation={minutes} min"]) for minutes in (3, 1, 6)
    )
    # Table 2: 94.8 ohm cm of two interfaces, 700 um.
    assert thick.interface("Li3N") == pytest.approx(94.8 * 0.07 / 2)
    # 1.9 um less of 2e-4 S/cm.
    assert thick.interface("Li3N") - thin.interface("Li3N") == pytest.approx(0.95)
    assert gapped.first_contact("Li3N") < thick.first_contact("Li3N") == thin.first_contact("Li")
    assert gapped.first_contact("Li") == thick.first_contact("Li")
    own = case.resolve(None, None, ["layer_thickness=10 um", "initial_contact=0.5"])
    assert own.interface("Li3N") == pytest.approx(94.8 * 0.07 / 2 + 3.55)
    assert own.first_contact("Li") == 0.5
    assert own.wagner("Li3N") == pytest.approx(own.interface("Li3N") / (1449 * 50e-4))


def test_pressure_and_creep_rate_scale_out():
    case = find(NAME)
    p = case.resolve()
    ratio = p.closing_ratio(5.0, 0.5)
    assert p.closing_ratio(20.0, 0.5) == pytest.approx(ratio * 4**6.56)
    assert p.closing_ratio(5.0, 1.0) == pytest.approx(ratio / 2)
    weak = case.resolve(None, None, ["creep_rate=8.9e-6 1/s"])
    # A hundredth of the rate is half of the pressure.
    assert weak.closing_ratio(5 * 100 ** (1 / 6.56), 0.5) == pytest.approx(ratio)


def stored(rows=slice(None)):
    columns = {"contact_fraction [1]": [0.2, 0.5, 0.9, 0.97], **STORED}
    columns |= {name.replace("_Li ", "_Li3N "): values for name, values in STORED.items()}
    columns |= {f"{name}_closed_form [1]": [1.0] * 4 for name in ("closure", "constriction")}
    # The closed forms do not hold beyond 0.5.
    columns |= {"closure_newtonian [1]": [1.01, 0.97, 2.0, 2.0]}
    columns |= {"constriction_ideal [1]": [1.02, 1.0, 2.0, 2.0]}
    return {name: np.array(values)[rows] for name, values in columns.items()}


def test_findings():
    texts = findings(stored(), find(NAME).resolve())
    assert "at 5 MPa: the contact tends to 0.95" in texts[1]
    assert texts[3] == "half of the contact is lost only below 0.96 MPa, in the first way"
    assert texts[4] == (
        "up to theta = 0.5 the constriction of an ideal contact is within 2 % of its closed form, "
        "creep at n = 1 within 3 %"
    )


def judged(history, start=""):
    """What the targets say whose names begin so."""
    p = find(NAME).resolve()
    return {t.judge(history, p).computed for t in TARGETS if t.name.startswith(start)}


@pytest.mark.parametrize(
    "pair",
    [
        "creep_rate=1e-9",
        "creep_exponent=5",
        "tube_radius=10",
        "void_height=1",
        "cycle=150",
        "nitridation=6 min",
        "layer_thickness=1",
        "thickness=500",
        "stack_pressures=2",
        "current=1",
        "initial_contact=0.5",
        "vacancy_sinks=50",
        "plating_back=0.5",
        "pillar_strength=50",
    ],
)
def test_other_cells_and_loads_are_not_held_against_the_paper(pair):
    case = find(NAME)
    sweep = ["contact_fractions=0.1,0.9", "element_size=0.01"]
    bulk = [target for target in TARGETS if not target.where]
    assert case.targets_of(case.resolve("paper", None, sweep)) == bulk
    assert case.targets_of(case.resolve(None, None, [pair])) == []


def test_no_voids_where_the_paper_has_them_is_no_prediction():
    """The same model has none at bare lithium either: one row for both, and it is missed."""
    p = find(NAME).resolve()
    verdicts = [target.judge(stored(), p) for target in TARGETS if not target.where]
    met = [v.target for v in verdicts if v.reproduced]
    assert all(target.kind == "verification" or target.repeats for target in met)
    row = next(target for target in TARGETS if "voids at bare Li" in target.name)
    assert row.judge(stored(), p).computed == "neither"
    lost = {**stored(), "closure [1]": 1e-6 * stored()["closure [1]"]}
    assert row.judge(lost, p).computed == "both"
    lost |= {"uneven_fraction_Li3N [1]": np.full(4, 1e-12)}
    assert row.judge(lost, p).computed == "Li only"


def swept():
    """The stored sweep with the creep that it has at n = 1."""
    return {**stored(), "closure_newtonian [1]": np.array([1.05, 0.224, 0.0062, 5.5e-4])}


def contacts(*pairs):
    """Contact fractions at 1, 5 and 20 MPa: the bound, and with the current of bare Li."""
    p = find(NAME).resolve(None, None, list(pairs))
    found = {r.name: r.value for r in results(swept(), p) if r.name.startswith("contact fraction")}
    return [
        [0.2 if isinstance(x, str) else x for name, x in found.items() if name.endswith(words)]
        for words in ("at least", "bare Li")
    ]


def test_lithium_by_its_size():
    """Strong where it is small: gaps stay open that bulk lithium closes; small voids close."""
    bulk, size = contacts(), contacts("strength=size")
    assert contacts("strength=size", "pillar_strength=0", "diffusional_creep=0") == [
        pytest.approx(part, abs=2e-3) for part in bulk
    ]
    assert bulk[0][1] > 0.9 > 0.4 > size[0][1]
    assert size[1][1] > 0.98
    assert size[0] == sorted(size[0])
    stronger = contacts("strength=size", "pillar_strength=200")
    assert stronger[0][2] < size[0][2]
    gap = contacts("strength=size", "initial_contact=0.7")
    assert gap[1][1] < 0.5
    assert contacts("initial_contact=0.7")[1] == pytest.approx(bulk[1], abs=1e-6)
    p = find(NAME).resolve(None, None, ["strength=size"])
    rows = {target.read: target.judge(swept(), p).computed for target in TARGETS if target.where}
    assert {"voids", "neither", "alike"} < set(rows.values())
    assert [t.name for t in TARGETS if t.where and not t.repeats] == [
        "lithium by its size: 20 MPa, 0.5 mA/cm^2, bare Li"
    ]


def test_vacancies_and_plating_keep_more_contact():
    hard = ("strength=size", "diffusional_creep=0")
    lost = contacts(*hard)[1][1]
    assert lost < 0.5
    for pairs in (("vacancy_sinks=20",), ("plating_back=1",)):
        assert contacts(*hard, *pairs)[1][1] > 0.9
    p = find(NAME).resolve(None, None, ["vacancy_sinks=50"])
    assert p.carried(0.5) == pytest.approx(0.166, rel=0.01)
    assert p.carried(0.01) == 1.0
    needed = {r.name: r.value for r in results(swept(), find(NAME).resolve(None, None, hard))}
    assert needed["plating that must return to keep 0.9 at 5 MPa"] > 0.99


def test_numbers_counted_elsewhere_name_their_row():
    rows = {f"{name}: {t.name}" for name in CASES for t in find(name).targets}
    assert all(t.repeats in rows for name in CASES for t in find(name).targets if t.repeats)


def test_a_gap_below_the_sweep_is_not_judged():
    assert judged(stored(), "gap") == {"alike"}
    assert judged(stored(slice(2, None)), "gap") == {None}


def test_a_contact_beyond_the_sweep_is_not_judged():
    short = stored(slice(0, 2))
    for name in ("20 MPa", "5 MPa", "R_void", "gap"):
        assert judged(short, name) == {None}
    texts = findings(short, find(NAME).resolve(None, None, ["stack_pressures=0.3,5"]))
    assert "0.3 MPa: the contact tends to less than 0.2 if all" in texts[0]
    assert "5 MPa: the contact tends to more than 0.5 if all" in texts[1]
    assert not any("half of the contact" in text for text in findings(
        stored(slice(2, None)), find(NAME).resolve()))  # fmt: skip


def test_a_run_that_ended_after_one_fraction_has_a_report(tmp_path):
    result = run_case(NAME, pairs=(*COARSE, "contact_fractions=0.2,0.5"), out=tmp_path / "one")
    lines = (result.directory / "history.csv").read_text().splitlines(keepends=True)
    (result.directory / "history.csv").write_text("".join(lines[:2]))
    summary, made = remake(result.directory)
    assert {entry["computed"] for entry in summary["targets"]} == {None}
    assert summary["findings"] == []
    assert len(summary["results"]) == 5
    assert [picture.name for picture in made] == ["cell.png", "report.html"]


@pytest.mark.parametrize(
    ("pairs", "field", "words"),
    [
        (("contact_fractions=0,0.5",), "contact_fractions", "between 0 and 1"),
        (("contact_fractions=0.5,1",), "contact_fractions", "between 0 and 1"),
        (("contact_fractions=0.5,0.4",), "contact_fractions", "rise"),
        (("contact_fractions=0.5",), "contact_fractions", "at least two"),
        (("initial_contact=0.04",), "contact_fractions", "must not begin above 0.04"),
        (("contact_fractions=0.8,0.9", "nitridation=6 min"), "contact_fractions", "above 0.7"),
        (("stack_pressures=-5",), "stack_pressures", "greater than 0"),
        (("stack_pressures=0",), "stack_pressures", "greater than 0"),
        (("stack_pressures=5,5",), "stack_pressures", "each once"),
        (("stack_pressures=5 um",), "stack_pressures", "give a number in MPa"),
        (("layer_thickness=0",), "layer_thickness", "greater than 0"),
        (("nitridation=2 min",), "nitridation", "one of 1 min, 3 min, 6 min"),
        (("initial_contact=1",), "initial_contact", "less than 1"),
        (("current=0",), "current", "greater than 0"),
        (("capacity=-1",), "capacity", "greater than 0"),
        (("creep_exponent=0.5",), "creep_exponent", "at least 1"),
        (("creep_rate=0",), "creep_rate", "greater than 0"),
        (("tube_radius=0 um",), "tube_radius", "greater than 0"),
        (("tube_radius=351",), "tube_radius", "at most half of the thickness, 350 um"),
        (("void_height=0",), "void_height", "greater than 0"),
        (("cycle=2000",), "cycle", "Table 2 has 0, 20, 150 for both"),
        (("element_size=0.5",), "element_size", "at most 0.02"),
        (("thickness=100", "nitridation=1 min"), "thickness", "leaves no resistance"),
    ],
)
def test_bad_input(refused, pairs, field, words):
    refused(NAME, pairs, words, field=field, builders=["lithode.meshes.disc_in_tube.build"])


def test_options_of_the_solver_are_checked(tmp_path):
    with pytest.raises(InputError, match="snes_typo"):
        run_case(NAME, out=tmp_path / "o", petsc_options=["-creep_snes_typo", "1"])
    assert not (tmp_path / "o").exists()
