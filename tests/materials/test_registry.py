"""Electrolytes by name: the user's own, what is wrong with them, and runs that carry them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lithode.core.errors import InputError
from lithode.core.parameters import choice, describe
from lithode.engine.case import Case
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.runner import run_case
from lithode.materials import registry
from lithode.materials.library import LI3N
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.inputs import Inputs
from lithode.solvers.electrodeposition.setup import simulation

GARNET = """
Garnet-1:
  name: my garnet
  youngs_modulus: {value: 0.15 TPa, source: "Ni 2012", provenance: literature}
  poissons_ratio: {value: 0.26, source: guess}
  conductivity: {value: 4 mS/cm, source: own measurement, provenance: assumed}
"""


class Parameters(Inputs):
    """A strip of garnet."""

    electrolyte: registry.MaterialName = choice(
        "llzo", "the garnet", source="own choice", provenance="assumed"
    )


def build(p, comm, domain):
    return simulation(p, lambda: domain or structured(comm, p.lengths, (4, 30)))


STRIP = {"width": 8.0, "height": 60.0, "element_size": 2.0, "nuclei": 0, "end_time": 1.0}
CASE = Case(
    name="strip", title="a strip", parameters=Parameters, presets={"quick": STRIP}, build=build
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(GARNET)
    return path


def test_a_file_is_read(file):
    (garnet,) = registry.load(file).values()
    assert garnet.name == "my garnet"
    assert garnet.of("youngs_modulus").value == pytest.approx(150.0)
    assert (garnet.of("conductivity").value, garnet.of("conductivity").unit) == (0.4, "S/m")
    assert garnet.of("poissons_ratio").provenance == "assumed"
    assert registry.parse(registry.plain(registry.load(file))) == registry.load(file)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.15 TPa", "0.15", ["Garnet-1 youngs_modulus", "no unit"]),
        ("0.15 TPa", "0.15 V", ["Garnet-1 youngs_modulus", "GPa"]),
        ("0.15 TPa", "-1 GPa", ["Garnet-1 youngs_modulus", "above 0"]),
        ("value: 0.26", "value: 0.5", ["Garnet-1 poissons_ratio", "0.45"]),
        ("value: 0.26, ", "", ["Garnet-1 poissons_ratio has no value"]),
        (", source: guess", "", ["Garnet-1 poissons_ratio has no source"]),
        ("literature", "paper of mine", ["youngs_modulus provenance", "literature, calibrated"]),
        ("conductivity:", "conductance:", ["Garnet-1 has conductance", "conductivity"]),
        ("source: guess", "sauce: guess", ["Garnet-1 poissons_ratio has sauce"]),
        ("Garnet-1:", "llzo:", ["llzo", "library"]),
        ("Garnet-1:", "'my garnet':", ["my garnet", "named like"]),
        ("{value: 0.26, source: guess}", "0.26", ["Garnet-1 poissons_ratio must hold value"]),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_line(file, old, new, words):
    assert old in GARNET
    file.write_text(GARNET.replace(old, new))
    with pytest.raises(InputError) as caught:
        registry.load(file)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("materials")


def test_a_misspelt_material_is_told_the_nearest():
    with pytest.raises(InputError, match=r"electrolyte = lzco: is unknown; did you mean lzc\?"):
        Parameters(electrolyte="lzco")
    assert Parameters(electrolyte="LLZO").electrolyte == "llzo"


def test_a_missing_property_is_named_when_it_is_needed(file):
    file.write_text("\n".join(line for line in GARNET.splitlines() if "poisson" not in line))
    with registry.using(registry.load(file)):
        p = Parameters(electrolyte="Garnet-1")
        given = Parameters(electrolyte="Garnet-1", poissons_ratio=0.2)
    with pytest.raises(InputError, match="materials: my garnet has no poissons_ratio"):
        _ = p.model
    # Parameters keep what was known when they were made.
    assert given.model.regions["electrolyte"].stiffness.shear == pytest.approx(150e3 / 2.4)
    with pytest.raises(InputError, match="electrolyte"):
        Parameters(electrolyte="Garnet-1")


def test_a_run_carries_the_materials_it_was_made_with(file, tmp_path):
    out, again = tmp_path / "out", tmp_path / "again"
    pairs = ["electrolyte=garnet-1"]
    first = run_case(CASE, pairs=pairs, materials=file, out=out)
    assert first.status == "completed"
    file.unlink()
    assert read_input(RunDirectory(out).input).materials == registry.parse(
        registry.plain(read_input(RunDirectory(out).input).materials)
    )
    second = run_case(CASE, from_file=out / "case.yaml", out=again)
    assert second.summary["parameters_hash"] == first.summary["parameters_hash"]
    assert run_case(CASE, resume=True, pairs=["end_time=2"], out=out).status == "completed"
    with pytest.raises(InputError, match="--materials"):
        run_case(CASE, resume=True, materials={"x": {}}, out=out)
    with pytest.raises(InputError, match="electrolyte"):
        run_case(CASE, pairs=pairs, out=tmp_path / "none")


def test_a_case_of_ones_own_names_no_paper():
    for row in describe(Parameters):
        assert row.provenance not in ("paper", "calibrated"), row.name
        assert "paper" not in row.source.lower(), row.name
        assert "graded" not in row.meaning, row.name


def test_a_case_adds_a_material_but_none_of_the_library(monkeypatch):
    monkeypatch.setattr(registry, "_OF_CASES", {})
    registry.add("mud", replace(LI3N, name="mud"))
    assert registry.known()["mud"].name == "mud"
    assert registry.key_of("MUD", "electrolyte") == "mud"
    with pytest.raises(InputError, match="is a material of the library"):
        registry.add("LLZO", LI3N)
    assert registry.known()["llzo"] is not LI3N
