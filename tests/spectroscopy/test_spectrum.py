"""Spectra from files: columns, units, signs, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.spectroscopy.spectrum import Spectrum, read_spectrum
from lithode.theory.circuit import Resistor, Series, Zarc

FREQUENCY = np.geomspace(1.0, 1e6, 25)
EXACT = Series((Resistor(20.0), Zarc(100.0, 1e3, 0.9)))(2 * np.pi * FREQUENCY)
HEADER = "frequency [Hz], Re [ohm], Im [ohm]"


def table(path, header=HEADER, f=FREQUENCY, z=EXACT, rows=()):
    lines = [f"{a!r},{b!r},{c!r}" for a, b, c in np.column_stack([f, z.real, z.imag]).tolist()]
    path.write_text("\n".join([header, *lines, *rows]) + "\n")
    return path


@pytest.mark.parametrize(
    ("header", "unit", "factor", "hertz"),
    [
        (HEADER, "ohm", 1.0, 1.0),
        ("Freq (kHz), Zre (kohm), Zim (kohm)", "ohm", 1e3, 1e3),
        ("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm", "ohm", 1.0, 1.0),
        ("f [Hz],Z' [\N{GREEK CAPITAL LETTER OMEGA} cm2],Z'' [ohm cm^2]", "ohm cm^2", 1.0, 1.0),
        ("frequency [Hz],Re [ohm m^2],Im [mohm m^2]", "ohm cm^2", 1e4 + 1e1j, 1.0),
        ("# by hand\n\nfrequency [MHz], Re [ohm cm], Im [ohm cm]", "ohm cm", 1.0, 1e6),
        ("frequency [Hz],impedance_real [ohm],impedance_imag [ohm]", "ohm", 1.0, 1.0),
    ],
)
def test_names_and_units(tmp_path, header, unit, factor, hertz):
    found = read_spectrum(table(tmp_path / "s.csv", header))
    parts = (factor.real, factor.imag) if isinstance(factor, complex) else (factor, factor)
    assert found.unit == unit
    assert found.notes == ()
    np.testing.assert_allclose(found.frequency, hertz * FREQUENCY)
    np.testing.assert_allclose(found.impedance.real, parts[0] * EXACT.real)
    np.testing.assert_allclose(found.impedance.imag, parts[1] * EXACT.imag)


def test_written_spectrum_is_read_again(tmp_path):
    path = Spectrum(FREQUENCY, EXACT, "ohm cm").write(tmp_path / "below" / "s.csv")
    found = read_spectrum(path)
    np.testing.assert_array_equal(found.frequency, FREQUENCY)
    np.testing.assert_array_equal(found.impedance, EXACT)
    assert found.unit == "ohm cm"


def test_falling_frequencies_are_turned(tmp_path):
    found = read_spectrum(table(tmp_path / "s.csv", f=FREQUENCY[::-1], z=EXACT[::-1]))
    np.testing.assert_allclose(found.impedance, EXACT)
    assert np.all(np.diff(found.frequency) > 0)


def test_a_column_named_minus_im_is_negated(tmp_path):
    for name in ("-Im", "- Z''", "\N{MINUS SIGN}Im(Z)"):
        header = f"frequency [Hz], Re [ohm], {name} [ohm]"
        found = read_spectrum(table(tmp_path / "s.csv", header, z=EXACT.conj()))
        np.testing.assert_allclose(found.impedance, EXACT)
        assert found.notes == ()


def test_signs_are_those_of_the_heading_and_doubts_are_said(tmp_path):
    for name, values in (("Im", EXACT.conj()), ("-Im", EXACT)):
        header = f"frequency [Hz], Re [ohm], {name} [ohm]"
        path = table(tmp_path / "s.csv", header, z=values)
        found = read_spectrum(path)
        np.testing.assert_allclose(found.impedance, EXACT.conj())
        assert found.notes == (
            f"{name} [ohm] is taken as its heading says: the spectrum is mostly inductive; "
            "--negate reads it with the other sign",
        )
        turned = read_spectrum(path, negate=True)
        np.testing.assert_allclose(turned.impedance, EXACT)
        assert turned.notes == ()


def test_an_inductive_end_is_no_other_sign(tmp_path):
    z = EXACT + 2j * np.pi * FREQUENCY * 1e-4
    assert np.any(z.imag > 0)
    np.testing.assert_allclose(read_spectrum(table(tmp_path / "s.csv", z=z)).impedance, z)


def test_further_columns_are_left_alone(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("n,Im [ohm],frequency [Hz],note,Re [ohm]\n1,-2,10,x,3\n2,-1,20,y,4\n")
    found = read_spectrum(path)
    np.testing.assert_allclose(found.impedance, [3 - 2j, 4 - 1j])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("frequency, Re [ohm], Im [ohm]\n", 'column "frequency" has no unit'),
        ("frequency [Hz], Re, Im [ohm]\n", 'column "Re" has no unit'),
        ("frequency [Hz], Re(Z), Im(Z)\n", 'column "Re.Z." has no unit'),
        ("frequency [Hz], Im [ohm]\n", "no column of real values"),
        ("Re [ohm], Im [ohm]\n", "no column of frequency values"),
        (f"{HEADER}, Zim [ohm]\n", "two columns of imag values"),
        ("1,2,3\n4,5,6\n", "no column of frequency values"),
        ("frequency [rad/s], Re [ohm], Im [ohm]\n", "must be in Hz, kHz or MHz"),
        ("frequency [Hz], Re [V], Im [ohm]\n", "must be in ohm, ohm cm, ohm cm"),
        ("frequency [Hz], Re [bla], Im [ohm]\n", "must be in ohm, ohm cm, ohm cm"),
        ("frequency [Hz], Re [ohm], Im [ohm cm^2]\n", "Re is in ohm, another kind"),
        ("frequency [Hz]; Re [ohm]; Im [ohm]\n1;2;-3\n", "holds 1 points"),
        (f"{HEADER}\n1,2,-3\n", "holds 1 points"),
        (f"{HEADER}\n1,2,-3\n2,2\n", "line 3 has 2 of 3 columns"),
        (f"{HEADER}\n1,2,-3\n2,two,-3\n", 'line 3: "two" is no number'),
        (f"{HEADER}\n1,2,-3\n2,nan,-3\n", 'line 3: "nan" is no number'),
        (f"{HEADER}\n0,2,-3\n2,2,-3\n", "line 2: frequencies must be greater than 0"),
        (f"{HEADER}\n1,2,-3\n\n5,2,-3\n1,2,-3\n", "1 Hz is there twice .lines 2 and 5"),
        (f"{HEADER}\n1,2,-3\n5,2,-3\n4,2,-3\n", "line 4 turns back"),
        (f"{HEADER}\n9,2,-3\n5,2,-3\n7,2,-3\n", "line 4 turns back"),
        (f"{HEADER}\n1,-2,-3\n5,-2,-3\n", "Re must be positive"),
    ],
)
def test_bad_files(tmp_path, text, words):
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        read_spectrum(path)
    assert "\n" not in str(error.value)


def test_missing_and_binary_files(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_spectrum(tmp_path / "none.csv")
    for content in (b"\x00\x81", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00\x00"):
        (tmp_path / "b.csv").write_bytes(content)
        with pytest.raises(InputError, match="no text"):
            read_spectrum(tmp_path / "b.csv")


@pytest.mark.parametrize("spacing", [np.geomspace, np.linspace])
def test_a_long_spectrum_is_thinned_evenly_and_said(tmp_path, spacing):
    frequency = spacing(1e-3, 1e6, 20_000)
    found = read_spectrum(table(tmp_path / "s.csv", f=frequency, z=EXACT[:1] + 0 * frequency))
    thinned = found.thinned(500)
    assert len(found.frequency) == 20_000
    assert (thinned.frequency[0], thinned.frequency[-1]) == (1e-3, 1e6)
    assert 50 < len(thinned.frequency) <= 500
    assert "20000 points" in thinned.notes[0]
    np.testing.assert_allclose(thinned.impedance, EXACT[0])
    assert np.diff(np.log(thinned.frequency)).max() < 1.1 * max(
        np.log(1e9) / 499, np.log(frequency[1] / frequency[0])
    )
    assert thinned.thinned(500) is thinned


def test_an_area_makes_ohm_an_area_specific_resistance():
    found = Spectrum(FREQUENCY, EXACT, "ohm").per_area(0.5)
    assert found.unit == "ohm cm^2"
    np.testing.assert_allclose(found.impedance, 0.5 * EXACT)
    with pytest.raises(InputError, match=r"in ohm cm\^2 already"):
        found.per_area(2.0)


def test_a_unit_in_a_heading_cannot_hang(tmp_path):
    header = "frequency [Hz], Re [ohm^9^9^9^9^9], Im [ohm]"
    with pytest.raises(InputError, match="must be in ohm"):
        read_spectrum(table(tmp_path / "s.csv", header))


def test_what_is_no_spectrum_by_its_size_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n" + "1,2,-3\n" * 100_001)
    with pytest.raises(InputError, match="more than 100000 lines"):
        read_spectrum(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text(f"f{' ' * 10**6}[Hz], Re [ohm], Im [ohm]\n1,2,-3\n")
    with pytest.raises(InputError, match="line 1 is longer"):
        read_spectrum(tmp_path / "a.csv")
