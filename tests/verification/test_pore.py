"""A pore full of lithium: what it gains, where it breaks, and the charge that reaches it."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem

from lithode.core.axis import Axis
from lithode.meshes import pore
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.fracture.parameters import Parameters, Region
from lithode.solvers.lithium_crack.growth import GrowingCrack, Steps
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.solvers.lithium_crack.supply import Supply
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import boundary_dofs, integral
from lithode.solvers.numerics.sweep import Sweep
from lithode.theory import fracture
from lithode.theory.elasticity import Stiffness
from lithode.theory.pore import onset_pressure, opened_volume

pytestmark = pytest.mark.mpi

E, NU, LENGTH, RADIUS = 150e3, 0.26, 2.0, 8.0
GLASS = Region(Stiffness.from_engineering(E, NU), 6.0, conductivity=5e4)
METAL = {"exchange_current_density": 128.46, "molar_volume": 1.3e-5, "temperature": 298.15}
ROUND = pore.Pore(
    cover=92.0, height=16.0, width=16.0, size=0.5, near=1.0, path=110.0, reach=200.0, grading=0.3
)


@pytest.fixture
def block(comm):
    """A pore in the middle of a block that is held all around."""
    domain = pore.build(ROUND, comm)

    def held(vectors, _):
        names = ("electrode", "counter_electrode", "sides")
        return [
            fem.dirichletbc(np.zeros(2), boundary_dofs(domain, vectors, name), vectors)
            for name in names
        ]

    p = Parameters({"electrolyte": GLASS}, LENGTH, load="volume", wall="wall")
    return Fracture(domain, p, held)


def test_a_round_pore_grows_as_a_tube_and_its_wall_breaks_at_its_strength(block):
    """Lame; AT1 damages nothing before. The block has 12 times the radius to each side."""
    sweep = Sweep(block, Axis("volume", "V", "um^2"), 0.0)
    modulus = E / (1 - NU**2)
    strength = fracture.strength(modulus, GLASS.toughness, LENGTH, fracture.Regularisation.AT1)
    onset = onset_pressure(strength, NU, RADIUS, RADIUS)

    def at(share):
        sweep.advance(share * opened_volume(E, NU, onset, RADIUS, RADIUS) - sweep.time)
        sweep.accept()
        return sweep.measure()

    below = at(0.9)
    assert below["damage_max [1]"] == 0
    # The elements are chords of the wall, and the block is finite.
    assert below["pressure [MPa]"] == pytest.approx(0.9 * onset, rel=0.03)
    assert below["crack_top [um]"] == pytest.approx(108, rel=1e-4)
    assert at(1.1)["damage_max [1]"] > 1e-3


def test_what_does_not_go_to_the_electrode_goes_into_the_pore(block):
    p = block.parameters
    found = Supply(block.domain, block.damage, p.regions, Lithium(**METAL), wall=p.wall)
    inflow = found.solve(20.0, 30.0)
    assert inflow == pytest.approx(found.inflow(20.0), rel=1e-9)
    assert found.stalling_current(30.0) < 20
    conductance = found.lithium.volume_per_charge**2 * 128.46 / 0.025693
    around = found.conductances(block.cracks.shares)[0] / conductance
    assert around == pytest.approx(2 * np.pi * RADIUS, rel=0.01)


def test_broken_material_at_the_wall_is_part_of_what_is_filled(block):
    """For any damage an even strain opens its integral and the hole: no place counts twice."""
    u, d = block.displacement, block.damage
    strain, one = 1e-3, fem.Constant(block.domain.mesh, 1.0)
    u.interpolate(lambda x: strain * x[:2])
    # Broken up to the wall on one side, and nowhere at the edge of the block.
    d.interpolate(lambda x: np.maximum(0, 1 - np.hypot(x[0] - 210, x[1] - 100) / 16))
    hole = 400 * 200 - integral(compiled(one * ufl.dx))
    whole = hole + integral(compiled(d * ufl.dx))
    assert block.filled.volumes()[0] == pytest.approx(2 * strain * whole, rel=1e-9)


def test_a_pore_fills_in_time_with_what_flows_in(block):
    model = GrowingCrack(block, Lithium(**METAL), lambda _: 20.0, Steps(volume=0.2))
    grown = 0.0
    for dt in (0.02, 0.05):
        model.advance(dt)
        model.accept()
        row = model.measure()
        grown += dt * row["inflow [um^2/s]"]
        assert row["volume [um^2]"] == pytest.approx(grown, rel=1e-6)
    assert row["lithium_defect [1]"] < 1e-6
    assert row["pressure [MPa]"] > 0
