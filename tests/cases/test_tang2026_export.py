"""Runs in the formats of other programs: the battery data format, and a module for PyBaMM."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from lithode.cases.tang2026.protocols import trace
from lithode.cases.tang2026.protocols.layers import layers_of, protocol_of, recovered
from lithode.core.errors import InputError
from lithode.engine.export import export
from lithode.engine.registry import find
from lithode.engine.rundir import RunDirectory
from lithode.output.bdf import bdf_columns
from lithode.output.tables import write_table

CASE = find("tang2026/protocols")


def loaded(path):
    spec = importlib.util.spec_from_file_location("module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stored(path, **values):
    """A run directory with the trace of a run, and no more."""
    p = CASE.resolve(None, {"recovery": 0.9, **values})
    layers = layers_of(p)
    contacts = {layer.name: recovered(p, layer) for layer in layers}
    chosen = protocol_of(p.protocol)
    found = trace.trace(p, layers, contacts, chosen, lambda part: None)
    directory = RunDirectory(path)
    path.mkdir()
    directory.write_input(CASE.name, p, ())
    write_table(directory.tables / "trace.csv", found.table)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("runs") / "run")


def rows(run, layer):
    with (run / "tables" / "trace.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["layer"] == layer]


@pytest.mark.parametrize("loss", ["opposite", "edge", "spots"])
def test_the_module_for_pybamm_gives_the_voltages_of_the_run(loss, tmp_path):
    run = stored(tmp_path / "run", contact_loss=loss)
    module = loaded(export(run, "pybamm", out=tmp_path / "contact.py"))
    assert set(module.DATA["layers"]) == {"Li", "Li3N"}
    for layer in module.DATA["layers"]:
        mine = rows(run, layer)
        time, current, voltage = (
            np.array([float(row[name]) for row in mine])
            for name in ("time [hour]", "current [mA/cm^2]", "voltage [mV]")
        )
        found = module.cell_resistance(3600 * time, 10 * current, layer, 1.0) * 10 * current
        np.testing.assert_allclose(1e3 * found, voltage, rtol=1e-9, atol=1e-9)


def test_charge_transfer_of_the_module_falls_with_the_current(run, tmp_path):
    module = loaded(export(run, "pybamm", out=tmp_path / "contact.py"))
    args = (0.5, 0.8)
    ohmic = module.resistance(*args, 3.0, "Li")
    assert module.resistance(*args, 300.0, "Li") == ohmic
    assert module.resistance(*args, 1e-6, "Li", butler_volmer=True) == pytest.approx(ohmic)
    falls = [module.resistance(*args, i, "Li", butler_volmer=True) for i in (1.0, 10.0, 100.0)]
    assert ohmic > falls[0] > falls[1] > falls[2] > module.DATA["layers"]["Li"]["pellet"] / 0.3
    # 2RT/F arcsinh(i / (2 i_0 theta)) on each of the two faces, by hand.
    cell, share, i = module.DATA["layers"]["Li"], 0.3, 100.0
    thermal = 8.31446261815324 * 298.15 / 96485.33212
    i0 = thermal / (cell["interface"] / 2)
    drop = 2 * 2 * thermal * np.arcsinh(i / share / (2 * i0)) + i * cell["pellet"] / share
    assert falls[2] * i == pytest.approx(drop, rel=1e-6)


@pytest.mark.slow
def test_pybamm_runs_it(run, tmp_path, capsys):
    pytest.importorskip("pybamm")
    example = loaded(Path(__file__).parents[2] / "benchmarks" / "pybamm_cell.py")
    path = export(run, "pybamm", out=tmp_path / "contact.py")
    off, other = example.main(path, run / "tables" / "trace.csv")
    assert max(off, other) < 1e-6


def test_the_battery_data_format(run, tmp_path):
    table = run / "tables" / "trace.csv"
    path = export(table, "bdf", area=0.5, where={"layer": "Li3N"}, out=tmp_path / "cell.bdf.csv")
    with path.open() as file:
        found = list(csv.DictReader(file))
    mine = rows(run, "Li3N")
    heads = ["Test Time / s", "Voltage / V", "Current / A", "Cycle Count / 1", "Net Capacity / Ah"]
    assert list(found[0]) == heads
    assert len(found) == len(mine)
    last, seen = found[-1], mine[-1]
    assert float(last["Test Time / s"]) == pytest.approx(3600 * float(seen["time [hour]"]))
    assert float(last["Voltage / V"]) == pytest.approx(1e-3 * float(seen["voltage [mV]"]))
    assert float(last["Current / A"]) == pytest.approx(0.5e-3 * float(seen["current [mA/cm^2]"]))
    assert float(last["Net Capacity / Ah"]) == pytest.approx(
        0.5e-3 * float(seen["charge [mAh/cm^2]"])
    )
    # In amperes already, no area is needed.
    plain = {"time [s]": [0.0, 1.0], "current [mA]": [1.0, 2.0], "voltage [V]": [3.0, 4.0]}
    np.testing.assert_allclose(bdf_columns(plain, None)["Current / A"], [1e-3, 2e-3])


def test_what_cannot_be_exported_is_told(run, tmp_path):
    table = run / "tables" / "trace.csv"
    for arguments, words in (
        ((table, "bdf"), "--area"),
        ((table, "bdf", {"layers": "Li"}), "did you mean layer"),
        ((table, "bdf", {"layer": "Na"}), "has no such rows"),
        ((run, "pybam"), "did you mean pybamm"),
        ((tmp_path, "pybamm"), "holds no run"),
        ((tmp_path / "none", "bdf"), "cannot be read"),
    ):
        path, kind, where = (*arguments, None)[:3]
        with pytest.raises(InputError, match=words):
            export(path, kind, where=where, out=tmp_path / "x")
    with pytest.raises(InputError, match=r"voltage.*is no column"):
        bdf_columns({"time [s]": [0.0], "current [A]": [1.0]}, None)
