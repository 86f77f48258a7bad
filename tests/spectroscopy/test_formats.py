"""Files as instruments write them, made here by the layout that each maker documents."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.spectroscopy.spectrum import read_spectrum
from lithode.theory.circuit import Resistor, Series, Zarc

FREQUENCY = np.geomspace(1e6, 1.0, 13)
EXACT = Series((Resistor(20.0), Zarc(100.0, 1e3, 0.9)))(2 * np.pi * FREQUENCY)
POINTS = list(zip(FREQUENCY.tolist(), EXACT.tolist(), strict=True))


def gamry():
    lines = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        "AREA\tQUANT\t5.00000E-001\tSample &Area (cm^2)",
        "ZCURVE\tTABLE",
        "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange",
        "\t#\ts\tHz\tohm\tohm\tV\tohm\t\N{DEGREE SIGN}\tA\tV\t#",
        *(
            f"\t{k}\t{k + 2}\t{f!r}\t{z.real!r}\t{z.imag!r}\t1\t{abs(z)!r}\t0\t1E-9\t-1E-5\t9"
            for k, (f, z) in enumerate(POINTS)
        ),
        "EXPERIMENTABORTED\tTOGGLE\tF\tExperiment Aborted",
    ]
    return "\r\n".join(lines)


def biologic(cycles=(1,)):
    head = [
        "Potentio Electrochemical Impedance Spectroscopy",
        "Electrode surface area : 0.001 cm\N{SUPERSCRIPT TWO}",
        "Saved on : freq/Hz, Re(Z)/Ohm, Im(Z)/Ohm",
        "",
        "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\tcycle number\t",
    ]
    rows = [
        f"{f!r}\t{c * z.real!r}\t{-c * z.imag!r}\t{abs(z)!r}\t0\t1.5\t{c:.6e}\t"
        for c in cycles
        for f, z in POINTS
    ]
    return "\n".join(["EC-Lab ASCII FILE", f"Nb header lines : {len(head) + 2}", *head, *rows, ""])


def zview():
    rows = (
        f"  {f!r}, 0, 0, {k}, {z.real!r}, {z.imag!r}, 0, 0, 1" for k, (f, z) in enumerate(POINTS)
    )
    head = ["ZPLOT2 ASCII", "Sweep Frequency: Control Voltage", " Data Points: 13"]
    names = "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange"
    return "\n".join([*head, names, "End Comments", *rows])


def palmsens():
    rows = (f"{f!r},0.5,1.0,{abs(z)!r},{z.real!r},{-z.imag!r},1e-9" for f, z in POINTS)
    names = "freq / Hz,neg. Phase / \N{DEGREE SIGN},Idc / uA,Z / Ohm,Z' / Ohm,-Z'' / Ohm,Cs / F"
    return "\n".join(["Date and time:,2026-01-02", "", "Impedance: a cell", names, *rows])


def tab_text():
    """As BioLogic's text export."""
    rows = (f"{f!r}\t{z.real!r}\t{-z.imag!r}" for f, z in POINTS)
    return "\n".join(["freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm", *rows])


def semicolons():
    """As a spreadsheet of half of Europe."""
    rows = (f"{f!r};{z.real!r};{z.imag!r}".replace(".", ",") for f, z in POINTS)
    return "\n".join(["frequency [Hz];Re [ohm];Im [ohm]", *rows])


def blanks():
    rows = (f"  {f!r}   {z.real!r}   {z.imag!r}" for f, z in POINTS)
    return "\n".join(["  Freq/Hz   Z'/ohm   Z''/ohm", *rows])


def chi():
    rows = (f"{f!r}, {z.real!r}, {z.imag!r}, {abs(z)!r}, 0" for f, z in POINTS)
    head = ["Jan. 2, 2026   17:47:14", "A.C. Impedance", "Init E (V) = 0.2", ""]
    return "\n".join([*head, "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg", "", *rows])


@pytest.mark.parametrize(
    ("make", "encoding"),
    [
        (gamry, "utf-8"),
        (gamry, "cp1252"),
        (biologic, "cp1252"),
        (zview, "utf-8"),
        (palmsens, "utf-16"),
        (tab_text, "utf-8"),
        (semicolons, "utf-8-sig"),
        (blanks, "utf-8"),
        (chi, "utf-8"),
    ],
)
def test_files_of_instruments(tmp_path, make, encoding):
    path = tmp_path / "spectrum"
    path.write_bytes(make().encode(encoding))
    found = read_spectrum(path)
    np.testing.assert_allclose(found.frequency, FREQUENCY[::-1])
    np.testing.assert_allclose(found.impedance, EXACT[::-1])
    assert (found.unit, found.notes) == ("ohm", ())


@pytest.mark.parametrize("make", [gamry, biologic, zview, tab_text])
def test_decimal_commas_of_instruments(tmp_path, make):
    text = make()
    if make is zview:
        text = text.replace(", ", "\t")
    path = tmp_path / "spectrum"
    path.write_text(text.replace(".", ","))
    np.testing.assert_allclose(read_spectrum(path).impedance, EXACT[::-1])


def test_one_of_several_sweeps_is_chosen(tmp_path):
    path = tmp_path / "s.mpt"
    path.write_text(biologic((1, 2, 3)))
    np.testing.assert_allclose(read_spectrum(path, sweep=2).impedance, 2 * EXACT[::-1])
    with pytest.raises(InputError, match="holds 3 sweeps, 1 to 3: choose by --sweep"):
        read_spectrum(path)
    with pytest.raises(InputError, match="--sweep = 4: is none of 1, 2, 3"):
        read_spectrum(path, sweep=4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EXPLAIN\nTAG\tEISPOT\n", "has 0 tables ZCURVE"),
        (gamry() + "\n" + gamry(), "has 2 tables ZCURVE"),
        (gamry()[:150], "ends before its table ZCURVE begins"),
        (gamry()[:200], "must be in ohm"),
        ("EC-Lab ASCII FILE\nNb header lines : 900\nfreq/Hz\n", "before its header of 900 lines"),
        ("EC-Lab ASCII FILE\n", "no column"),
        ("ZPLOT2 ASCII\nEnd Comments\n", "holds 0 points"),
        ("ZPLOT2 ASCII\nEnd Comments\n1,2,3\n", "line 3 has 3 of 9 columns"),
        (tab_text().replace(".", ".."), "is no number"),
    ],
)
def test_cut_or_broken_files_are_refused_in_one_line(tmp_path, text, words):
    path = tmp_path / "s.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        read_spectrum(path)
    assert "\n" not in str(error.value)
