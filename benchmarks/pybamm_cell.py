"""PyBaMM runs cells whose contact a run of Lithode has lost: a symmetric cell, and a full one.

    lithode run tang2026/protocols --out results/ccd
    lithode export results/ccd pybamm --out contact.py
    python3 benchmarks/pybamm_cell.py contact.py results/ccd/tables/trace.csv

The first cell is the one that Lithode followed, and gives the same voltages. The second is a
lithium-ion cell of PyBaMM (Marquis 2019) in series with what the lost contact adds.
"""

from __future__ import annotations

import csv
import importlib.util
import sys

import numpy as np
import pybamm

LAYER, HOURS = "Li3N", 6.0


def load(path):
    spec = importlib.util.spec_from_file_location("contact", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def symmetric_cell(contact, currents, times):
    """Return the voltages of a symmetric cell of 1 m^2 under steps of current in A."""
    model = pybamm.BaseModel("symmetric cell")
    charge = pybamm.Variable("charge [A.h]")
    current = pybamm.Parameter("current [A]")
    model.rhs = {charge: current / 3600}
    model.initial_conditions = {charge: pybamm.Scalar(0)}
    resistance = contact.cell_resistance(pybamm.t, current, LAYER, 1.0)
    model.variables = {"voltage [V]": current * resistance}
    found = []
    for value, (start, end) in zip(currents, times, strict=True):
        values = pybamm.ParameterValues({"current [A]": value})
        solver = pybamm.IDAKLUSolver()
        solution = pybamm.Simulation(model, parameter_values=values, solver=solver).solve(
            np.linspace(start, end, 3)
        )
        found.append(solution["voltage [V]"].entries[[0, -1]])
    return np.array(found)


def full_cell(contact, hours):
    """Return times and voltages of a lithium-ion cell with and without the lost contact."""
    found = []
    for lost in (False, True):
        model = pybamm.lithium_ion.SPM({"contact resistance": "true"})
        values = pybamm.ParameterValues("Marquis2019")
        values["Current function [A]"] = 0.1
        area = values["Electrode width [m]"] * values["Electrode height [m]"]
        start = contact.cell_resistance(0.0, 0.1, LAYER, area)
        now = contact.cell_resistance(pybamm.t, 0.1, LAYER, area)
        values["Contact resistance [Ohm]"] = now if lost else float(start)
        solution = pybamm.Simulation(model, parameter_values=values).solve([0, 3600 * hours])
        t = np.linspace(0, 3600 * hours, 25)
        found.append(solution["Voltage [V]"](t))
    resistance = contact.cell_resistance(t, 0.1, LAYER, area)
    return t, np.array(found), 0.1 * (resistance - start)


def main(module, trace):
    contact = load(module)
    with open(trace) as file:
        rows = [row for row in csv.DictReader(file) if row["layer"] == LAYER]
    time, current, voltage = (
        np.array([float(row[name]) for row in rows]).reshape(-1, 2)
        for name in ("time [hour]", "current [mA/cm^2]", "voltage [mV]")
    )
    # A cell may fail as a step begins.
    flows = (current[:, 0] != 0) & (time[:, 1] > time[:, 0])
    found = symmetric_cell(contact, 10 * current[flows, 0], 3600 * time[flows])
    # Lithode gives both ends of each step; PyBaMM the same from theta(t) and R(theta, i).
    off = np.max(np.abs(1e3 * found - voltage[flows]))
    print(f"symmetric cell: {flows.sum()} steps, up to {voltage.max():.4g} mV, off by {off:.2g} mV")
    _, (whole, lost), drop = full_cell(contact, HOURS)
    print(f"full cell: lost contact costs {1e3 * (whole - lost)[-1]:.4g} mV after {HOURS:g} h")
    error = np.max(np.abs(whole - lost - drop))
    print(
        f"and I (R(theta(t)) - R(theta(0))) is {1e3 * drop[-1]:.4g} mV, off by {1e3 * error:.2g} mV"
    )
    return off, 1e3 * error


if __name__ == "__main__":
    main(*sys.argv[1:])
