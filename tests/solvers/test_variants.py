"""Several steady models side by side."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from lithode.meshes.structured import structured
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants


@pytest.mark.mpi
def test_models_keep_apart_under_one_load(toy_case, comm):
    rod = importlib.import_module("lithode.cases.rod")
    domain = structured(comm, (1.0, 1.0), (2, 2))
    both = Variants({"one": rod.Root(domain, 1e9), "two": rod.Root(domain, 1e9)})
    sweep = Sweep(both, rod.AXIS, 1.0)
    assert both.unknowns == 18
    assert [f.name for f in both.fields()] == [f.name for f in both.unknown_functions()]
    assert list(sweep.state().functions) == ["root_one", "root_two"]
    row = both.measure()
    assert row["load_one [A/m^2]"] == row["load_two [A/m^2]"] == 10.0
    assert row["root_one [1]"] ** 3 + row["root_one [1]"] == pytest.approx(10.0)
    sweep.advance(0.5)
    assert both.measure() == row
    sweep.accept()
    assert both.load == 15.0
    np.testing.assert_allclose(
        both.measure()["root_two [1]"] ** 3, 15 - both.measure()["root_two [1]"]
    )
