"""Tables of phases: what is read, and what is refused in one line."""

from __future__ import annotations

import csv
import io

import pytest
import yaml

from lithode.core.errors import InputError
from lithode.materials.phases import PhaseTable, composition

HEAD = "phase,quantity,value,unit,uncertainty,provenance,source"
ROWS = [
    "Li,enthalpy,0,kJ/mol,0,literature,reference",
    "Li,entropy,29.1,J/(mol K),,literature,",
    "Li,volume,13.0,cm^3/mol,0,literature,",
    "LiCl,enthalpy,-408600,J/mol,500,literature,CRC",
    'LiCl,entropy,14.17,"cal/(mol K)",,,',
    "LiCl,volume,2.048e-5,m^3/mol,1e-7,,",
]


def write(path, rows, head=HEAD):
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def test_units_are_converted_and_defaults_filled(tmp_path):
    found = PhaseTable.read(write(tmp_path / "a.csv", ["# a remark", "", *ROWS]))
    salt = found["LiCl"]
    assert (salt.enthalpy.value, salt.enthalpy.uncertainty) == pytest.approx((-408.6, 0.5))
    assert salt.entropy.value == pytest.approx(59.29, abs=0.01)
    assert salt.volume.value == pytest.approx(20.48)
    assert (salt.entropy.provenance, salt.entropy.source) == ("assumed", "the user's table")
    assert salt.enthalpy.source == "CRC"
    assert salt.enthalpy.unit == "kJ/mol"


def test_yaml_and_its_own_columns_read_back(tmp_path):
    first = PhaseTable.read(write(tmp_path / "a.csv", ROWS))
    columns = first.columns()
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(rows))
    assert PhaseTable.read(tmp_path / "b.yaml") == first
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    (tmp_path / "c.csv").write_text(text.getvalue())
    assert PhaseTable.read(tmp_path / "c.csv") == first


def test_formulas():
    assert composition("Li2ZrCl6") == {"Li": 2, "Zr": 1, "Cl": 6}
    assert composition("ZrCl2 3R") == {"Zr": 1, "Cl": 2}
    assert composition("Zr6Cl1.5Cl") == {"Zr": 6, "Cl": 2.5}


def test_left_out_phases(tmp_path):
    found = PhaseTable.read(write(tmp_path / "a.csv", ROWS))
    assert list(found.without(["LiCl"]).phases) == ["Li"]
    with pytest.raises(InputError, match="phase = ZrCl5: is not in the table"):
        found.without(["ZrCl5"])


def changed(row: int, old: str, new: str) -> list[str]:
    assert old in ROWS[row]
    return [line.replace(old, new) if k == row else line for k, line in enumerate(ROWS)]


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        (
            changed(5, "2.048e-5", "-2.048e-5"),
            ["LiCl volume = -2.048e-5 m^3/mol", "greater than 0"],
        ),
        (changed(5, "1e-7", "1e-5"), ["LiCl volume", "at most 20%"]),
        (changed(3, ",500,", ",-500,"), ["LiCl enthalpy = -500 J/mol", "uncertainty"]),
        (changed(3, "-408600", "much"), ["LiCl enthalpy = much", "must be a number"]),
        (changed(3, "-408600", "nan"), ["LiCl enthalpy = nan", "finite"]),
        (changed(3, "J/mol", ""), ["LiCl enthalpy", "no unit"]),
        (changed(3, "J/mol", "GPa"), ["LiCl enthalpy", "kJ/mol"]),
        (changed(3, "J/mol", "J/mole/"), ["LiCl enthalpy", "kJ/mol"]),
        (changed(3, "enthalpy", "energy"), ["table row 4 = energy", "enthalpy, entropy, volume"]),
        (changed(3, "literature", "rumour"), ["LiCl enthalpy = rumour", "provenance"]),
        (changed(3, "LiCl", "Li(Cl)"), ["phase = Li(Cl)", "without brackets"]),
        (changed(3, "LiCl", ""), ["phase", "without brackets"]),
        ([*ROWS, ROWS[3]], ["table row 7 = LiCl enthalpy", "twice"]),
        (ROWS[:-1], ["no volume of LiCl"]),
        (ROWS[3:], ["has no Li:"]),
        ([*ROWS, "LiCl,volume"], ["row 7 has more or fewer cells"]),
        ([*ROWS, ROWS[0] + ",x"], ["row 7 has more or fewer cells"]),
        ([], ["is empty"]),
    ],
)
def test_a_wrong_row_is_refused(tmp_path, rows, parts):
    with pytest.raises(InputError) as caught:
        PhaseTable.read(write(tmp_path / "a.csv", rows))
    assert "\n" not in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("a.csv", HEAD.replace("unit,", "") + "\nLi,enthalpy,0,0,literature,\n", "no column unit"),
        ("a.csv", HEAD + ",remark\n" + ROWS[0] + ",x\n", "has a column remark"),
        ("a.csv", "", "is empty"),
        ("a.txt", HEAD, "must end in"),
        ("a.yaml", "phases: [", "is not YAML"),
        ("a.yaml", "LiCl: 3", "list with one mapping"),
        ("a.yaml", "- {phase: Li,\n   value: 1, phase: Na}", "line 2 = phase: is there twice"),
        ("a.yaml", "- {phase: Li, quantity: volume, value: 1}", "no column unit"),
        ("a.yml", "- {phase: Li, quantity: volume, value: 1, unit: m, x: 1}", "has a column x"),
        ("gone.csv", None, "cannot be read"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, name, text, part):
    if isinstance(text, bytes):
        (tmp_path / name).write_bytes(text)
    elif text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=part):
        PhaseTable.read(tmp_path / name)
