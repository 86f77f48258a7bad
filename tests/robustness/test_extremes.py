"""Legal values at the ends of what a number can be: a line, and no traceback."""

from __future__ import annotations

import pytest

from lithode.core.errors import InputError
from lithode.engine.runner import run_case


@pytest.mark.parametrize(
    ("case", "pair"),
    [
        ("wang2024/transport", "molar_volume=1e308"),
        ("cheng2020/interphase", "jump_length=1e308"),
        ("tang2026/impedance", "thickness=1e-300"),
        ("wang2024/criterion", "thickness=1e300"),
    ],
)
def test_arithmetic_that_overflows_names_the_value(case, pair, tmp_path):
    with pytest.raises(InputError, match="too extreme to compute with") as caught:
        run_case(case, pairs=[pair], out=tmp_path / "a")
    name, _, value = pair.partition("=")
    assert f"{name}={float(value)}" in str(caught.value)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("case", "pair"),
    [
        ("wang2024/transport", "surface_energy=1e308"),
        ("wang2024/transport", "temperature=1e-308"),
        ("wang2024/pores", "ionic_conductivity=1e308"),
        ("wang2024/wetting", "temperature=2000"),
        ("tang2026/impedance", "lowest_frequency=1e-308"),
        ("tang2026/impedance", "grain_boundary_frequency=1e-308"),
        ("tang2026/impedance", "points_per_decade=1000"),
        ("graded-li3n", "lithium_conductivity=1e308"),
        ("graded-li3n", "diffusivity=1e308"),
        ("graded-li3n/bilayer", "second_youngs_modulus=1e308"),
        ("cheng2020/interphase", "temperature=99"),
        ("ji2020/symmetric-cell", "conductivities=1e308,1,1"),
    ],
)
def test_what_no_material_has_is_refused_by_name(case, pair, tmp_path, capfd):
    with pytest.raises(InputError) as caught:
        run_case(case, pairs=[pair], out=tmp_path / "a")
    assert caught.value.field == pair.partition("=")[0]
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "a").exists()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_a_library_says_of_an_extreme_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"porosity=1e-300: too extreme.*singular"):
        run_case("ji2020/penetration", pairs=["porosity=1e-300"], out=tmp_path / "a")


def test_a_bug_stays_a_bug(toy_case, tmp_path):
    with pytest.raises(ZeroDivisionError):
        run_case("toy", values={"bug_at": 0.2, "cells": 4}, out=tmp_path / "a")
