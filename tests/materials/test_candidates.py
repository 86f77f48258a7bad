"""Tables of candidates: what is read, and what is refused in one line."""

from __future__ import annotations

import pytest

from lithode.core.errors import InputError
from lithode.materials import candidates

HEAD = "material,interface_energy,ionic_conductivity,electronic_conductivity"


def write(path, *rows, head=HEAD):
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def test_units_and_sources(tmp_path):
    head = f"{HEAD},ionic_conductivity_source,electronic_conductivity_source"
    row = "LiI,0.32 J/m^2,2.8e-6 S/m,1e-12,literature: Tang 2026,somebody"
    found = candidates.read(write(tmp_path / "a.csv", "# a remark", row, head=head))["LiI"]
    assert found.interface_energy.value == pytest.approx(0.32 / 0.01602177, rel=1e-5)
    assert found.interface_energy.model == pytest.approx(0.32)
    assert found.ionic_conductivity.value == pytest.approx(2.8e-8)
    assert found.ionic_conductivity.provenance == "literature"
    assert found.ionic_conductivity.source == "Tang 2026"
    assert found.electronic_conductivity.provenance == "assumed"
    assert found.electronic_conductivity.source == "somebody"


def test_one_line_and_its_own_columns_read_back(tmp_path):
    found = candidates.parse("LiI, 20, 2.8e-8, 1e-12; Li2O, 0.5 J/m^2, 1e-9 S/cm, 1e-12", "add")
    assert list(found) == ["LiI", "Li2O"]
    columns = candidates.columns(found)
    rows = [",".join(f'"{c}"' for c in row) for row in zip(*columns.values(), strict=True)]
    again = candidates.read(write(tmp_path / "b.csv", *rows, head=",".join(columns)))
    assert again == found
    assert candidates.parse("", "add") == {}


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ("LiI,20,2.8e-8", ["row 1 has more or fewer cells"]),
        ("LiI,,2.8e-8,1e-12", ["LiI interface_energy = unset", "meV/angstrom^2"]),
        ("LiI,20,0,1e-12", ["LiI ionic_conductivity = 0", "greater than 0"]),
        ("LiI,20,2.8e-8,-1", ["LiI electronic_conductivity = -1", "greater than 0"]),
        ("LiI,20 S/cm,2.8e-8,1e-12", ["LiI interface_energy = 20 S/cm"]),
        ("LiI,twenty,2.8e-8,1e-12", ["LiI interface_energy = twenty"]),
        ('LiI,"-0,1 J/m^2",2.8e-8,1e-12', ["interface_energy = -0,1 J/m^2", "decimal point"]),
        ("LiI,20,1 2,1e-12", ["LiI ionic_conductivity = 1 2", "give a number in S/cm"]),
        ("Li I,20,2.8e-8,1e-12", ["table row 1 = Li I", "named like"]),
    ],
)
def test_bad_lines_are_refused(tmp_path, row, parts):
    with pytest.raises(InputError) as caught:
        candidates.read(write(tmp_path / "a.csv", row))
    line = str(caught.value)
    assert "\n" not in line
    for part in parts:
        assert part in line


def test_bad_tables_are_refused(tmp_path):
    with pytest.raises(InputError, match="no column ionic_conductivity"):
        candidates.read(write(tmp_path / "a.csv", "LiI,3", head="material,interface_energy"))
    with pytest.raises(InputError, match="has a column colour"):
        candidates.read(write(tmp_path / "a.csv", "a,1,1,1,red", head=f"{HEAD},colour"))
    with pytest.raises(InputError, match="LiI: is there twice"):
        candidates.read(write(tmp_path / "a.csv", "LiI,1,1,1", "LiI,1,1,1"))
    with pytest.raises(InputError, match="add = LiI, 20: give material"):
        candidates.parse("LiI, 20", "add")
