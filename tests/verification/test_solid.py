"""The whole model in 3D: lithium grows towards a sphere, with balances closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lithode.meshes.electrolyte import Electrolyte, build
from lithode.meshes.shapes import Particle, Sphere
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.numerics.march import StepControl, march
from lithode.theory.elasticity import Kinematics
from tests.verification.layers import STRONG, ParticleLayer


def film(points):
    bump = 2 * np.exp(-((points[:, 0] - 6) ** 2 + (points[:, 1] - 6) ** 2) / 16)
    return 0.5 * (1 - np.tanh((points[:, 2] - 5 - bump) / 1.6))


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["auto", "multigrid"])
def test_growth_in_3d_closes_its_balances(comm, solver):
    case = ParticleLayer(**STRONG)
    box = Electrolyte(
        width=12,
        depth=12,
        height=18,
        size=2.0,
        particles=(Particle(Sphere((6, 6, 12), 3.5)),),
    )
    numerics = replace(case.numerics, kinematics=Kinematics.SOLID, solver=solver)
    model = Electrodeposition(build(box, comm), case.model, film, numerics)
    assert model.solver == ("iterative" if solver == "auto" else solver)
    before = model.measure()
    march(model, StepControl(1e-3, 10.0, 1e-7), 5.0)
    after = model.measure()
    assert after["lithium [um^3]"] > before["lithium [um^3]"] * 1.01
    assert after["lithium_defect [1]"] < 1e-10
    assert after["charge_defect [1]"] < 1e-6
    # Lithium is compressed, by about what an inclusion of its eigenstrain would be.
    assert 4.0 < after["pressure_mean_electrolyte [MPa]"] < 10.0
