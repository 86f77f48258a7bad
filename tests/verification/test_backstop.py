"""What a layer without plating feels, against layers in series and prescribed maps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lithode.meshes import electrolyte
from lithode.meshes.shapes import Particle, Polygon
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Backstop, Numerics
from lithode.theory.elasticity import Stiffness
from tests.verification.layers import STRONG, ParticleLayer

pytestmark = pytest.mark.mpi

WIDTH, HEIGHT, LAYER = 24.0, 30.0, 18.0
# One block under the middle of the second layer, 8 um wide and 8 um high.
BLOCK = Polygon(((8.0, 10.0), (16.0, 10.0), (16.0, 18.0), (8.0, 18.0)))
FIRST = ParticleLayer(**{**STRONG, "transport": "steric"}, width=WIDTH, height=HEIGHT, nuclei=0)
SECOND = dataclasses.replace(
    FIRST.electrolyte_with(1.3e-3),
    stiffness=Stiffness.from_engineering(25e3, 0.3),
    rate_constant=0.0,
)
PHYSICS = dataclasses.replace(
    FIRST.model,
    regions={**FIRST.regions, "second": SECOND},
    backstop=Backstop("second", "electrolyte", particles="particles"),
)


def start(comm, initial, size=1.2, scale=1.0):
    """The model at a prescribed order parameter, with all eigenstrains scaled."""
    layers = (
        electrolyte.Layer("electrolyte", LAYER),
        electrolyte.Layer("second", HEIGHT - LAYER, inside=True),
    )
    blocks = (Particle(BLOCK),)
    stack = electrolyte.Electrolyte(
        WIDTH, HEIGHT, size, size_inside=3.0, margin=3.5, layers=layers, particles=blocks
    )
    regions = {
        name: dataclasses.replace(region, eigenstrain=scale * region.eigenstrain)
        for name, region in PHYSICS.regions.items()
    }
    physics = dataclasses.replace(PHYSICS, regions=regions)
    return Electrodeposition(electrolyte.build(stack, comm), physics, initial, Numerics("direct"))


def film(thickness):
    """A flat film with the profile of the interface."""
    d = 3.5 / (2 * np.log(9))
    return lambda x: 0.5 * (1 - np.tanh((x[:, 1] - thickness) / (2 * d)))


def series_pressure(thickness):
    """Hydrostatic pressure in the second layer above a flat film: layers in series."""
    y = np.linspace(0, HEIGHT, 40001)
    xi = film(thickness)(np.column_stack([y, y]))
    h = xi**3 * (6 * xi**2 - 15 * xi + 10)
    second = SECOND.stiffness
    below = PHYSICS.regions["electrolyte"]
    metal = PHYSICS.lithium.stiffness

    def mixed(name):
        solid = np.where(y < LAYER, getattr(below.stiffness, name), getattr(second, name))
        return h * getattr(metal, name) + (1 - h) * solid

    shear, lame = mixed("shear"), mixed("first_lame")
    stretch, bulk = lame + 2 * shear, lame + 2 * shear / 3
    swelling = 3 * bulk * below.eigenstrain * xi / stretch
    stress = -np.trapezoid(swelling, y) / np.trapezoid(1 / stretch, y)
    return -second.bulk * stress / (second.first_lame + 2 * second.shear)


def test_flat_film_is_all_background(comm):
    exact = series_pressure(7.0)
    row = start(comm, film(7.0)).measure()
    assert row["pressure_background [MPa]"] == pytest.approx(exact, rel=4e-3)
    assert abs(row["pressure_transmitted_max [MPa]"]) < 2e-3 * exact
    assert row["covered_fraction [1]"] == 0.0
    assert np.isnan(row["pressure_tip_mean [MPa]"])
    assert np.isnan(row["pressure_particle_mean [MPa]"])


def below_the_block(x):
    """Lithium that presses on the bottom of the block only."""
    return 1.0 * ((abs(x[:, 0] - 12) < 4) & (x[:, 1] > 6) & (x[:, 1] < 10 + 1e-6))


def test_block_transmits_what_presses_on_it(comm):
    rows = [start(comm, below_the_block, scale=scale).measure() for scale in (1.0, 2.0)]
    for name in ("transmitted_mean", "transmitted_max", "background", "particle_mean"):
        one, two = (row[f"pressure_{name} [MPa]"] for row in rows)
        assert one > 1e-3, name
        assert two == pytest.approx(2 * one, rel=1e-9), name
    assert rows[0]["covered_fraction [1]"] == 0.0


def touching(x):
    """Lithium below the left part of the second layer, up to x = 6 um, and on its electrode."""
    return 1.0 * (x[:, 0] < 6 + 1e-6) * (x[:, 1] < LAYER + 1e-6)


def test_what_lithium_touches_is_told_apart(comm):
    model = start(comm, touching)
    xi = model._unknowns.phase.now.x.array[0::2]
    x, y = model._space.tabulate_dof_coordinates().T[:2]
    row = model.observables.backstop(xi, 100 + x)
    # Lithium covers 6 of the 16 um beside the block, and ends within an element.
    assert row["covered_fraction [1]"] == pytest.approx(6 / 16, abs=1.2 / 16)
    tip = (xi >= 0.5) & (y > LAYER - 3.5)
    assert row["pressure_tip_max [MPa]"] == pytest.approx(
        comm.allreduce((100 + x)[tip].max(initial=0), op=max)
    )
    assert 102 < row["pressure_tip_mean [MPa]"] < 104
    assert 104.5 < row["pressure_tip_p90 [MPa]"] <= 106.1
    # The block begins at 8 um: what is within 3.5 um of lithium is left out.
    moved = model.observables.backstop(np.where((y > LAYER - 1e-6) & (x < 15), 1.0, xi), 100 + x)
    assert np.isfinite(row["pressure_transmitted_mean [MPa]"])
    assert np.isnan(moved["pressure_transmitted_mean [MPa]"])
