"""Ten spectra with known answers, beside what pyimpspec made of them (benchmarks/spectra.py)."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import pytest

_PATH = Path(__file__).parents[2] / "benchmarks" / "spectra.py"
# pyimpspec has no tail and no loop, and smears both.
_BEYOND = "arc and blocking electrode", "arc and inductive loop"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("spectra", _PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_areas_are_the_exact_ones_and_those_of_another_package(benchmark):
    with benchmark.TABLE.open() as file:
        stored = {(row["spectrum"], row["quantity"]): row for row in csv.DictReader(file)}
    found = list(benchmark.rows(benchmark.by_lithode))
    assert {key[0] for key in stored} == set(benchmark.SPECTRA)
    assert len(found) == len(stored) == 27
    for name, quantity, exact, value in found:
        row = stored[name, quantity]
        assert value == pytest.approx(float(row["lithode"]), rel=2e-3)
        if quantity == benchmark.KRAMERS_KRONIG:  # the noise, and what is fitted away of it
            assert 0.7 * exact < value < 1.3 * exact
            assert 0.5 * float(row["pyimpspec"]) < value < 1.2 * float(row["pyimpspec"])
            continue
        assert value == pytest.approx(exact, rel=0.04)
        if name not in _BEYOND:
            assert value == pytest.approx(float(row["pyimpspec"]), rel=0.015)
