"""Steps solved as accurately as they deserve: ``accuracy=balanced`` against ``strict``."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.solvers.electrodeposition.parameters import Charge, Transport
from lithode.solvers.numerics.march import march

END = 12.0
PHYSICS = {
    "one potential": {},
    "steric": {"transport": Transport.STERIC, "concentration_limit": 2.0},
    "fixed anions": {"transport": Transport.SINGLE_ION},
    "two potentials": {"charge": Charge.TWO_POTENTIAL},
    "two potentials, fixed anions": {
        "charge": Charge.TWO_POTENTIAL,
        "transport": Transport.SINGLE_ION,
    },
}


class Sizes:
    """Remembers the steps of a march."""

    def __init__(self):
        self.steps = []

    def step(self, model, record):
        self.steps.append(record.dt)

    def output(self, model):
        pass


def halved(steps):
    return [dt / 2 for dt in steps for _ in range(2)]


@pytest.mark.parametrize("solver", [pytest.param("direct", marks=pytest.mark.slow), "iterative"])
@pytest.mark.parametrize("name", PHYSICS)
def test_algebraic_error_is_below_a_tenth_of_the_time_error(comm, growth, name, solver):
    def model(accuracy):
        return growth.model(comm, physics=PHYSICS[name], accuracy=accuracy, solver=solver)

    strict, seen = model("strict"), Sizes()
    march(strict, growth.control, END, (), [seen])
    balanced = growth.steps(model("balanced"), *seen.steps)
    finer = growth.steps(model("strict"), *halved(seen.steps))
    xi, loose, fine = (m._unknowns.phase.now.x.array[0::2] for m in (strict, balanced, finer))
    in_time = 4 / 3 * np.abs(xi - fine).max()
    assert 1e-8 < np.abs(loose - xi).max() < 0.1 * in_time
    row, exact = balanced.measure(), strict.measure()
    assert row["lithium_defect [1]"] < 1e-13
    assert row["charge_defect [1]"] < 1e-11
    assert row["lithium [um^2]"] == pytest.approx(exact["lithium [um^2]"], rel=1e-4)


@pytest.mark.mpi
def test_balances_close_on_any_ranks(comm, growth):
    model = growth.model(comm, accuracy="balanced", solver="iterative")
    march(model, growth.control, END)
    row = model.measure()
    assert row["lithium_defect [1]"] < 1e-13
    assert row["charge_defect [1]"] < 1e-11
