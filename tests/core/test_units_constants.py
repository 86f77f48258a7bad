"""The coherent model units, and the constants in them."""

from __future__ import annotations

import subprocess
import sys

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants as codata

from lithode.cases.index import CASES
from lithode.core.constants import (
    BOLTZMANN,
    FARADAY,
    GAS_CONSTANT,
    VACUUM_PERMITTIVITY,
    inverse_thermal_voltage,
)
from lithode.core.errors import InputError
from lithode.core.parameters import describe
from lithode.core.units import (
    from_model,
    model_factor,
    parse,
    parse_with_unit,
    registry,
    to_model,
)
from lithode.engine.registry import find


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
    assert to_model(codata.value("Faraday constant"), "C/mol") == FARADAY
    assert to_model(codata.R, "J/(mol K)") == GAS_CONSTANT
    assert to_model(codata.k, "J/K") == BOLTZMANN
    assert to_model(codata.epsilon_0, "F/m") == pytest.approx(VACUUM_PERMITTIVITY, rel=1e-8)
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


@pytest.fixture(scope="module")
def factor():
    """The sums of `model_factor`, with pint's own definitions."""
    known = pint.UnitRegistry()
    scales = {"[length]": 1e-6, "[current]": 1e-12, "[substance]": 1e-18}

    def by_pint(unit: str) -> float:
        quantity = known.Quantity(1.0, unit).to_base_units()
        found = float(quantity.magnitude)
        for dimension, power in quantity.dimensionality.items():
            found *= scales.get(dimension, 1.0) ** -float(power)
        return found

    return by_pint


def test_own_units_are_those_of_pint_to_the_last_bit(factor):
    names = [name for name in dir(registry()) if not name.startswith("_") and name in registry()]
    assert len(names) > 150
    for name in names:
        # The one measured constant differs from one version of CODATA to the next.
        if registry().Unit(name) not in (registry().Unit("Da"), registry().Unit("u")):
            assert model_factor(name) == factor(name), name
    for unit in ("mAh/cm^2", "m^3/(J*s)", "kJ/mol", "meV", "uS/cm", "MPa*m^0.5", "nm^2/day"):
        assert model_factor(unit) == factor(unit)


def test_every_declared_unit_is_known_and_as_pint_has_it(factor):
    for name in CASES:
        for row in describe(find(name).parameters):
            if row.unit:
                assert model_factor(row.unit) == factor(row.unit), (name, row.name)
                assert parse_with_unit(row.name, f"3 {row.unit}", row.unit) == 3.0


@pytest.mark.parametrize(
    "text", ["1 s^9^9^9^9", "1 s**9**9", "1 (s^9)^9^9", "1 s^999", "1 ((s))", "1 s^" + "9" * 99]
)
def test_towers_of_powers_are_refused_at_once(text):
    with pytest.raises(InputError, match="give a number in s"):
        parse("end_time", text, "s")


@pytest.mark.parametrize("text", ["3 bananas", "3 mA/kkm", "3 s^-1 um foo"])
def test_what_is_no_unit_is_named(text):
    name = text.split()[-1].rpartition("/")[2]
    with pytest.raises(InputError, match=rf"give a number in um \({name} is no unit known here\)"):
        parse("x", text, "um")


def test_what_pint_reads_is_no_unknown_name():
    known = registry()
    names = [name for name in dir(known) if name[0] not in "_\u0394" and name in known]
    names += [
        f"{prefix}{name}" for prefix in ("milli", "k", "u") for name in ("m", "amp", "Pa", "liter")
    ]
    for name in names:
        try:
            known.Quantity(2.0, name)
        except pint.errors.PintError:
            continue
        with pytest.raises(InputError) as caught:
            parse("x", f"2 {name}", "um^9")
        assert "is no unit known here" not in str(caught.value), name


def test_no_units_are_loaded_for_numbers_in_the_unit_of_the_parameter():
    code = (
        "import sys; from lithode.core.units import parse\n"
        "assert parse('x', '3 um', 'um') == parse('x', '3', 'um') == 3.0\n"
        "sys.exit('pint' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
