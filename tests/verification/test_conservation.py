"""Lithium and charge balance of a noisy graded run with variable and rejected steps."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.constants import FARADAY
from lithode.solvers.electrodeposition.parameters import Transport


class Audit:
    """Collects the history."""

    def __init__(self):
        self.rows, self.records = [], []

    def step(self, model, record):
        self.rows.append({"time": model.time, **model.measure()})
        self.records.append(record)

    def output(self, model):
        pass

    def __getitem__(self, name):
        return np.array([row[name] for row in self.rows])


def integral(comm, value):
    return comm.allreduce(fem.assemble_scalar(fem.form(value * ufl.dx)), op=MPI.SUM)


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("solver", "charge"), [("direct", 1e-10), ("iterative", 1e-8), ("multigrid", 1e-8)]
)
def test_lithium_and_charge_are_balanced(comm, growth, solver, charge):
    model, audit = growth.model(comm, solver=solver), Audit()
    xi, c = model.fields()[:2]
    ratio = growth.parameters.site_density / growth.parameters.bulk_concentration
    before = integral(comm, xi), integral(comm, c)
    result = growth.run(model, 40.0, audit)
    assert result.rejected > 0
    assert np.ptp([record.dt for record in audit.records]) > 1.0
    assert audit["lithium_defect [1]"].max() < 1e-10
    assert audit["charge_defect [1]"].max() < charge

    # The two currents are the Faradaic one, and its charge is the lithium that was plated.
    faradaic = audit["plating_current [A/m^2]"]
    currents = audit["electrode_current [A/m^2]"] + audit["counter_electrode_current [A/m^2]"]
    np.testing.assert_allclose(currents, faradaic, rtol=charge)
    model.fields()
    after = integral(comm, xi), integral(comm, c)
    assert audit["lithium [um^2]"][-1] == pytest.approx(after[0], rel=1e-12)
    plated = FARADAY * growth.parameters.site_density * (after[0] - before[0])
    passed = np.trapezoid(faradaic, audit["time"]) + faradaic[0] * audit["time"][0]
    assert passed * growth.parameters.width == pytest.approx(plated, rel=0.01)

    # What came in is what is there now, read from the fields and not from the model's own sums.
    there = after[1] - before[1] + ratio * (after[0] - before[0])
    inflow = model.state().scalars["inflow"]
    assert inflow == pytest.approx(there, rel=1e-9)
    assert inflow > 0.3 * ratio * (after[0] - before[0])


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative"])
@pytest.mark.parametrize("transport", [Transport.STERIC, Transport.SINGLE_ION])
def test_bounded_transport_is_balanced(comm, growth, transport, solver):
    physics = {"transport": transport, "concentration_limit": 3.0}
    model, audit = growth.model(comm, physics=physics, solver=solver), Audit()
    xi, c = model.fields()[:2]
    before = integral(comm, xi), integral(comm, c)
    filled = xi.x.array + c.x.array
    growth.run(model, 20.0, audit)
    assert audit["lithium_defect [1]"].max() < 1e-10
    assert audit["charge_defect [1]"].max() < (1e-10 if solver == "direct" else 5e-6)

    model.fields()
    ratio = growth.parameters.site_density / growth.parameters.bulk_concentration
    grown, stored = integral(comm, xi) - before[0], integral(comm, c) - before[1]
    assert grown > 1.0
    inflow = model.state().scalars["inflow"]
    assert inflow == pytest.approx(stored + ratio * grown, rel=1e-9)
    if transport is Transport.SINGLE_ION:
        np.testing.assert_allclose(xi.x.array + c.x.array, filled, atol=1e-10)
        currents = audit["electrode_current [A/m^2]"] + audit["counter_electrode_current [A/m^2]"]
        gain = 1 - 1 / ratio  # fixed anions leave lithium what they held
        np.testing.assert_allclose(currents, gain * audit["plating_current [A/m^2]"], rtol=1e-6)
