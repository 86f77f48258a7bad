"""Marches with vectorised assembly are those with DOLFINx's."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from lithode.solvers.electrodeposition.parameters import Charge

pytestmark = [pytest.mark.mpi, pytest.mark.mpi3]


class Rows:
    """Observer that keeps what is measured after each step."""

    def __init__(self):
        self.rows = []

    def step(self, model, record):
        # What is lost in the balances is round-off, and no two programs have the same.
        row = {name: value for name, value in model.measure().items() if "defect" not in name}
        self.rows.append(list(row.values()))

    def output(self, model):
        pass


@pytest.mark.parametrize("solver", ["direct", "iterative"])
def test_history_of_a_coarse_graded_layer(comm, growth, caplog, solver):
    histories, values = [], []
    for assembly in ("dolfinx", "vectorised"):
        model, observer = growth.model(comm, solver=solver, assembly=assembly), Rows()
        growth.run(model, 2.0, observer)
        histories.append(np.array(observer.rows))
        values.append(growth.values(model))
    assert "assembled by DOLFINx" not in caplog.text
    expected, found = histories
    assert len(found) > 5
    scale = np.maximum(np.nan_to_num(abs(expected)).max(axis=0), 1e-9)
    np.testing.assert_allclose(found / scale, expected / scale, rtol=0, atol=1e-9)
    for one, other in zip(*values, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9 * max(1e-300, abs(one).max()))


def test_what_goes_to_dolfinx_is_in_the_log(comm, growth, caplog):
    growth.physics["charge"] = Charge.TWO_POTENTIAL
    with caplog.at_level(logging.WARNING):
        model = growth.model(comm, assembly="vectorised")
        growth.steps(model, 0.01)
    assert "phase: assembled by DOLFINx, because of several unknowns" in caplog.text
