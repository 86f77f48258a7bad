"""Distributions of relaxation times of ten spectra with known answers, beside those of pyimpspec.

    python3 benchmarks/spectra.py lithode      where Lithode is installed
    python3 benchmarks/spectra.py pyimpspec    where pyimpspec 5 is (pip install pyimpspec cvxopt)

Each fills its column of data/spectra.csv. Both use Gaussians, lambda 1e-3, the first derivative,
shape factor 0.5 and an inductance. The spectra are formulas in NumPy, of neither package.
pyimpspec is no dependency: its licence is the GPL, and only this file calls it.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

TABLE = Path(__file__).parent / "data" / "spectra.csv"
HEAD = "spectrum", "quantity", "exact", "lithode", "pyimpspec"
FREQUENCY = np.geomspace(1.0, 1e6, 61)
W = 2j * np.pi * FREQUENCY
NOISE, SERIES, LAMBDA = 2e-3, 20.0, 1e-3
KRAMERS_KRONIG = "Kramers-Kronig residual, % rms"


def arc(resistance, frequency, exponent=1.0):
    return resistance / (1 + (W / (2 * np.pi * frequency)) ** exponent)


def root(time_constant):
    return np.sqrt(W * time_constant)


# Impedance without the 20 ohm in series, and what must come out: the area between two frequencies.
SPECTRA = {
    "RC": (arc(100, 1e3), {(1, 1e6): 100}),
    "constant phase 0.8": (arc(100, 1e3, 0.8), {(1, 1e6): 100}),
    "three RC": (
        arc(80, 1e5) + arc(50, 1e3) + arc(100, 10),
        {(1e4, 1e6): 80, (100, 1e4): 50, (1, 100): 100},
    ),
    "three arcs 0.9": (
        arc(80, 1e5, 0.9) + arc(50, 1e3, 0.9) + arc(100, 10, 0.9),
        {(1e4, 1e6): 80, (100, 1e4): 50, (1, 100): 100},
    ),
    "two RC 0.8 decades apart": (
        arc(100, 1e3) + arc(100, 6300),
        {(300, 2510): 100, (2510, 5e4): 100},
    ),
    "two arcs and 2 uH": (
        arc(100, 1e4, 0.9) + arc(50, 30, 0.9) + W * 2e-6,
        {(550, 1e6): 100, (1, 550): 50},
    ),
    "arc and finite Warburg": (
        arc(100, 1e4, 0.9) + 60 * np.tanh(root(0.02)) / root(0.02),
        {(400, 1e6): None, (1, 1e6): 160},
    ),
    "Gerischer": (100 / np.sqrt(1 + W * 0.01), {(1, 1e6): 100}),
    "arc and blocking electrode": (
        arc(100, 1e4) + 1 / (1e-5 * W**0.9),
        {(1e3, 1e5): 100},
    ),
    "arc and inductive loop": (
        arc(100, 1e4) + 30 * W / (W + 2 * np.pi * 3),
        {(1e3, 1e5): 100, (1, 1e6): 70},
    ),
}


def measured(name):
    drawn = np.random.default_rng(list(SPECTRA).index(name)).standard_normal((2, len(W)))
    z = SERIES + SPECTRA[name][0]
    return z + NOISE * np.abs(z) * (drawn[0] + 1j * drawn[1])


def between(tau, gamma, low, high):
    """Return the area of gamma between two frequencies; beyond the data where they end there."""
    frequency = 1 / (2 * np.pi * tau)
    inside = (frequency >= (0 if low == 1 else low)) & (
        frequency <= (9e99 if high == 1e6 else high)
    )
    return float(np.trapezoid(gamma[inside], np.log(tau[inside])))


def by_lithode(z):
    from lithode.spectroscopy import drt, kramers_kronig

    found = drt.analyse(FREQUENCY, z, LAMBDA)
    lost = found.loop.resistance if found.loop else 0.0
    size = 100 * kramers_kronig.hold(FREQUENCY, z).size
    return np.exp(found.log_tau), found.gamma, lost, size


def by_pyimpspec(z):
    import pyimpspec
    from pyimpspec.analysis.drt.tr_rbf import calculate_drt_tr_rbf

    data = pyimpspec.DataSet(FREQUENCY[::-1].copy(), z[::-1].copy())
    found = calculate_drt_tr_rbf(data, lambda_value=LAMBDA, inductance=True, num_procs=1)
    tau, gamma = found.get_drt_data()
    order = np.argsort(tau)
    tested = pyimpspec.perform_kramers_kronig_test(data, admittance=False, num_procs=1)
    _, real, imag = tested.get_residuals_data()
    size = float(np.sqrt(np.mean(real**2 + imag**2)))
    return tau[order], gamma[order], 0.0, size


def rows(analyse):
    """Yield spectrum, quantity, exact value, found value."""
    for name, (_, areas) in SPECTRA.items():
        tau, gamma, lost, size = analyse(measured(name))
        for (low, high), exact in areas.items():
            if exact is not None:
                area = between(tau, gamma, low, high) - (lost if (low, high) == (1, 1e6) else 0)
                yield name, f"{low:g} to {high:g} Hz", exact, area
        yield name, KRAMERS_KRONIG, 100 * NOISE * 2**0.5, size


def main(column):
    known = {}
    if TABLE.exists():
        with TABLE.open() as file:
            known = {(row["spectrum"], row["quantity"]): row for row in csv.DictReader(file)}
    lines = []
    for name, quantity, exact, value in rows(
        {"lithode": by_lithode, "pyimpspec": by_pyimpspec}[column]
    ):
        row = known.get((name, quantity), {})
        row |= {
            "spectrum": name,
            "quantity": quantity,
            "exact": f"{exact:.4g}",
            column: f"{value:.4g}",
        }
        lines.append({key: row.get(key, "") for key in HEAD})
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    print(TABLE.read_text())


if __name__ == "__main__":
    main(sys.argv[1])
