"""Marches with vectorised assembly are those with DOLFINx's."""

from __future__ import annotations

import logging

import numpy as np
import pytest
import ufl
from dolfinx import fem

from lithode.core.errors import InputError
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.parameters import Charge
from lithode.solvers.numerics.blocks import MUMPS, NEWTON, NonlinearBlock
from lithode.solvers.numerics.vectorised import compiler

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


def test_one_number_at_a_time_takes_the_same_steps(comm, growth, monkeypatch):
    values = []
    for known in ("scalar", "avx2"):
        monkeypatch.setenv(compiler.ENVIRONMENT, known)
        values.append(growth.values(growth.steps(growth.model(comm), 0.01, 0.02)))
    for one, other in zip(*values, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9 * max(1e-300, abs(one).max()))
    monkeypatch.setenv(compiler.ENVIRONMENT, "quantum")
    with pytest.raises(InputError, match="scalar, baseline, avx2"):
        growth.model(comm)


@pytest.mark.parametrize("coupling", ["staggered", "monolithic"])
def test_two_potentials_take_the_same_steps(comm, growth, coupling):
    growth.physics["charge"] = Charge.TWO_POTENTIAL
    values = []
    for assembly in ("dolfinx", "vectorised"):
        model = growth.model(comm, coupling=coupling, assembly=assembly)
        growth.steps(model, 0.01, 0.02)
        values.append(growth.values(model))
    for one, other in zip(*values, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9 * max(1e-300, abs(one).max()))


def test_what_goes_to_dolfinx_is_in_the_log_once(comm, caplog):
    mesh = structured(comm, (1.0,), (9,)).mesh
    u = fem.Function(fem.functionspace(mesh, ("P", 1)))
    residual = (ufl.bessel_J(1, u) - 0.3) * ufl.TestFunction(u.function_space) * ufl.dx
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            NonlinearBlock(residual, u, [], "bessel_", {**NEWTON, **MUMPS}).solve()
    reason = "bessel: assembled by DOLFINx, because of the function jn"
    assert [record.message for record in caplog.records] == [reason]
    assert abs(u.x.array - 0.6309).max() < 1e-4  # J_1(0.6309) = 0.3
