from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lithode.core.errors import InputError
from lithode.core.parameters import (
    CaseParameters,
    choice,
    count,
    describe,
    parse_pairs,
    quantity,
    with_overrides,
)


class Sample(CaseParameters):
    thickness: float = quantity(
        90.0, "um", "electrolyte thickness", source="Fig. 5", provenance="paper", gt=0
    )
    current: float = quantity(
        1.0, "mA/cm^2", "applied current density", source="Sec. 2", provenance="paper", ge=0, le=50
    )
    width: float | None = quantity(
        None, "um", "interface width", source="derived", provenance="numerical", gt=0
    )
    shots: tuple[float, ...] = quantity(
        (600.0, 1200.0), "s", "times of the pictures", source="Fig. 5", provenance="paper"
    )
    particles: Literal["fine", "graded"] = choice(
        "fine", "grain sizes", source="Fig. 5", provenance="paper"
    )
    stress: bool = choice(True, "with mechanics", source="Sec. 2", provenance="paper")
    mesh_file: Path | None = choice(None, "a mesh", source="user", provenance="numerical")
    seed: int = count(1, "noise seed", source="ours", provenance="numerical", ge=0)


@pytest.mark.parametrize(
    ("pair", "name", "value"),
    [
        ("thickness=0.09 mm", "thickness", 90.0),
        ("thickness=42", "thickness", 42.0),
        ("current=40 A/m^2", "current", 4.0),
        ("width=2 um", "width", 2.0),
        ("width=unset", "width", None),
        ("shots=10 min, 1500", "shots", (600.0, 1500.0)),
        ("shots=none", "shots", ()),
        ("particles=graded", "particles", "graded"),
        ("stress=off", "stress", False),
        ("seed=7", "seed", 7),
        ("mesh_file=a=b.msh", "mesh_file", Path("a=b.msh")),
    ],
)
def test_texts_become_values_in_the_declared_unit(pair: str, name: str, value: object) -> None:
    got = getattr(with_overrides(Sample, pairs=[pair]), name)
    assert got == (pytest.approx(value) if isinstance(value, float) else value)
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        ({"thickness": -1.0}, ["thickness = -1.0 um", "greater than 0"]),
        ({"thickness": "-1 mm"}, ["thickness = -1000.0 um", "greater than 0"]),
        ({"thickness": "nan"}, ["thickness = nan", "finite"]),
        ({"thickness": math.nan}, ["thickness = nan um", "finite"]),
        ({"thickness": math.inf}, ["thickness = inf um", "finite"]),
        ({"thickness": "4 mA/cm^2"}, ["thickness = 4 mA/cm^2", "number in um"]),
        ({"thickness": "1,5"}, ["thickness = 1,5", "decimal point"]),
        ({"thickness": "9 apples"}, ["thickness = 9 apples", "um"]),
        ({"thickness": True}, ["thickness = True", "um"]),
        ({"thickness": [1.0]}, ["thickness = [1.0] um", "finite number"]),
        ({"thickness": None}, ["thickness", "greater than 0"]),
        ({"current": 60}, ["current = 60 mA/cm^2", "at least 0 and at most 50"]),
        ({"shots": "600,nan"}, ["shots = nan", "finite"]),
        ({"particles": "course"}, ["particles = course", "one of fine, graded"]),
        ({"stress": "perhaps"}, ["stress = perhaps", "true or false"]),
        ({"seed": "1.5"}, ["seed = 1.5", "whole number"]),
        ({"seed": -1}, ["seed = -1", "at least 0"]),
        ({"thicknes": 1.0}, ["parameter = thicknes", "did you mean thickness?"]),
    ],
)
def test_a_bad_value_is_one_line_with_field_value_and_what_is_allowed(
    values: dict[str, Any], parts: list[str]
) -> None:
    for make in (lambda: with_overrides(Sample, values), lambda: Sample(**values)):
        with pytest.raises(InputError) as caught:
            make()
        for part in parts:
            assert part in str(caught.value)
        assert "\n" not in str(caught.value)


@given(text=st.text(max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_value_or_an_input_error(text: str) -> None:
    try:
        value = with_overrides(Sample, {"thickness": text}).thickness
    except InputError:
        return
    assert math.isfinite(value)
    assert value > 0


def test_later_layers_win_and_pairs_win_over_all() -> None:
    layers = {"thickness": 10.0, "seed": 2}, {"thickness": "20 um"}
    assert with_overrides(Sample, *layers).thickness == 20.0
    final = with_overrides(Sample, *layers, pairs=["thickness=30um"])
    assert (final.thickness, final.seed, final.particles) == (30.0, 2, "fine")


@pytest.mark.parametrize("pairs", [["thickness"], ["=3"], ["seed=1", "seed=2"]])
def test_malformed_pairs_are_refused(pairs: list[str]) -> None:
    with pytest.raises(InputError, match="--set"):
        parse_pairs(pairs)


def test_bad_defaults_are_refused() -> None:
    class Bad(CaseParameters):
        length: float = quantity(-1, "m", "length", source="-", provenance="assumed", gt=0)

    with pytest.raises(InputError, match="length = -1 m: must be"):
        Bad()


def test_rows_tell_value_unit_meaning_source_and_limits() -> None:
    rows = {row.name: row for row in describe(Sample(current=2.0))}
    row = rows["current"]
    assert (row.value, row.unit, row.source, row.provenance) == (2.0, "mA/cm^2", "Sec. 2", "paper")
    assert row.meaning == "applied current density"
    assert row.allowed == "a finite number in mA/cm^2 at least 0 and at most 50"
    assert rows["width"].value is None
    assert rows["width"].allowed.endswith("or unset")
    assert describe(Sample)[0].name == "preset"


def test_values_reach_the_solvers_in_coherent_units() -> None:
    parameters = Sample(current=4.0, thickness=90.0)
    assert parameters.model_value("thickness") == pytest.approx(90.0)
    assert parameters.model_value("current") == pytest.approx(40.0)
    with pytest.raises(InputError, match="width = unset"):
        parameters.model_value("width")


def test_hash_follows_the_values_only() -> None:
    assert Sample().parameters_hash == Sample(thickness="0.09 mm").parameters_hash
    assert Sample().parameters_hash != Sample(seed=2).parameters_hash
    plain = Sample(mesh_file=Path("x.msh")).plain()
    assert Sample(**plain).plain() == plain
