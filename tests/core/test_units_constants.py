"""The coherent model units, and the constants in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithode.core.constants import FARADAY, GAS_CONSTANT, inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.units import from_model, model_factor, parse, parse_with_unit, to_model


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("um", 1.0),
        ("mm", 1e3),
        ("s", 1.0),
        ("h", 3600.0),
        ("V", 1.0),
        ("mV", 1e-3),
        ("K", 1.0),
        ("MPa", 1.0),
        ("J/m^3", 1e-6),
        ("J/m^2", 1.0),
        ("J/m", 1e6),
        ("mol/m^3", 1.0),
        ("m^3/mol", 1.0),
        ("m^2/s", 1e12),
        ("A/m^2", 1.0),
        ("mA/cm^2", 10.0),
        ("S/m", 1e6),
        ("S/cm", 1e8),
        ("m^3/(J*s)", 1e6),
        ("", 1.0),
    ],
)
def test_one_of_a_unit_in_model_units(unit, factor):
    assert model_factor(unit) == pytest.approx(factor, rel=1e-12)
    assert from_model(to_model(3.0, unit), unit) == pytest.approx(3.0, rel=1e-12)


@given(st.floats(-1e6, 1e6))
def test_a_coherent_system_has_no_factors(value):
    # Ohm, Hooke and Fick: products of coherent units are the coherent unit of the product.
    for left, right, product in [
        ("S/m", "V/m", "A/m^2"),
        ("J", "1/m^3", "Pa"),
        ("m^2/s", "mol/m^4", "mol/(m^2*s)"),
        ("C/mol", "mol/(m^2*s)", "A/m^2"),
    ]:
        assert to_model(value, left) * model_factor(right) == pytest.approx(
            to_model(value, product)
        )


def test_constants():
    assert pytest.approx(0.09648533212) == FARADAY
    assert pytest.approx(8.314462618e-6) == GAS_CONSTANT
    assert inverse_thermal_voltage(298.15) == pytest.approx(1 / 0.025692579, rel=1e-6)
    # 20 MPa on one mole of lithium is 2.7 mV.
    assert 20.0 * to_model(1.3e-5, "m^3/mol") / FARADAY == pytest.approx(2.695e-3, rel=1e-3)


@given(st.floats(-1e9, 1e9))
def test_bare_numbers_are_in_the_unit_of_the_parameter(value):
    assert parse("x", repr(value), "um") == value
    assert parse("x", f"{value!r} mm", "um") == pytest.approx(1e3 * value)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-5", 1e-5), ("2e-3um", 2e-3), ("2.5E+03 um", 2500.0), ("1e2nm", 0.1), ("-.5e1", -5.0)],
)
def test_exponents_are_no_units(text, number):
    assert parse("x", text, "um") == pytest.approx(number)


def test_a_unit_may_begin_like_an_exponent():
    assert parse("x", "2eV", "J") == pytest.approx(2 * 1.602176634e-19)
    assert parse("x", "4e5J", "kJ") == pytest.approx(400.0)


@pytest.mark.parametrize("text", ["3 s", "three", "nan", "inf um", "", "1e999", "um um"])
def test_anything_else_is_refused(text):
    with pytest.raises(InputError):
        parse("x", text, "um")


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("7e-3 1/s", "1/h", 25.2),
        ("2/um", "1/mm", 2000.0),
        ("5%", "", 0.05),
        ("5 %", "%", 5.0),
        (" 0.3 mA cm^-2 ", "A/m^2", 3.0),
        ("0.3 mAh/cm²", "mAh/cm^2", 0.3),
        ("2 µm", "nm", 2000.0),
        ("2 kΩ*cm**2", "ohm*m^2", 0.2),
        ("90°", "deg", 90.0),
        ("1 m^3/(J s)", "m^3/(J*s)", 1.0),
    ],
)
def test_units_as_people_write_them(text, unit, number):
    assert parse("x", text, unit) == pytest.approx(number)
    assert parse_with_unit("x", text, unit) == pytest.approx(number)


@pytest.mark.parametrize("read", [parse, parse_with_unit])
@pytest.mark.parametrize(
    "text",
    ["0,3 mA/cm^2", "-0,1", "1.000,5 mA/cm^2", "[1]", "(1)", "1 2", "{a: 1}", "1/3", "1-2", "1\n2",
     "1 mA/cm^2 2", "1 mA/cm^2 + 1 mA/cm^2", "3*(2 mA/cm^2)", "1..2", "1_0", "mA/cm^2",
     "1 mA,cm^2"],
)  # fmt: skip
def test_nothing_is_made_of_what_is_no_number_with_a_unit(read, text):
    with pytest.raises(InputError, match="give a number in mA/cm") as caught:
        read("x", text, "mA/cm^2")
    assert ("with a decimal point" in str(caught.value)) == ("," in text)


def test_a_bare_number_has_no_unit():
    with pytest.raises(InputError, match=r"x = 1\.5: has no unit; give one like um"):
        parse_with_unit("x", "1.5", "um")
