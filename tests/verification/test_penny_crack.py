"""A penny-shaped crack in 3D, full of lithium: a quarter of it between two planes of symmetry.

Sneddon (Proc. R. Soc. A 187, 229, 1946): a crack of radius a grows at p_c = K_Ic sqrt(pi / (4 a))
and has the volume 16 (1 - nu^2) p a^3 / (3 E).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import locate_entities_boundary

from lithode.core.axis import Axis
from lithode.meshes.structured import graded, stretched
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.fracture.parameters import Parameters, Region
from lithode.solvers.lithium_crack.growth import GrowingCrack, Steps
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.solvers.lithium_crack.stalled import StalledCrack
from lithode.solvers.numerics.sweep import Sweep
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import Regularisation, effective_toughness

E, NU, TOUGHNESS, RADIUS, SIGMA = 150e3, 0.26, 6.0, 10.0, 5e4
# a / (sigma r) is 1.
RESISTANCE = RADIUS / SIGMA
METAL = Lithium(128.46, 1.3e-5, 298.15, kinetics="linear")
PER_LENGTH = 2
"""Elements per l."""


def closed_forms():
    """Return p_c in MPa, and the volume in um^3 of the quarter at it."""
    toughness = effective_toughness(TOUGHNESS, 1 / PER_LENGTH, 1.0, Regularisation.AT1)
    modulus = E / (1 - NU**2)
    pressure = math.sqrt(modulus * toughness * math.pi / (4 * RADIUS))
    return pressure, 4 / 3 * pressure * RADIUS**3 / modulus


def penny(comm, ratio, reach, growth, fine):
    """Return the crack, normal to the first axis, in a block of ``reach`` radii."""
    length, far = ratio * RADIUS, reach * RADIUS
    h = length / PER_LENGTH
    across = graded(2 * length, h, far, growth)
    along = graded(RADIUS + fine * length, h, far, growth)
    domain = stretched(comm, (np.concatenate([-across[:0:-1], across]), along, along))

    def held(vectors, _):
        def fixed(part, at):
            facets = locate_entities_boundary(domain.mesh, 2, at)
            return fem.locate_dofs_topological(part, 2, facets)

        sides = fixed(vectors, lambda x: np.max(abs(x), axis=0) > far - 1e-6)
        zero = fem.Constant(domain.mesh, 0.0)
        mirrors = [
            fem.dirichletbc(zero, fixed(part, lambda x, a=axis: x[a] < 1e-6), part)
            for axis, part in ((k, vectors.sub(k)) for k in (1, 2))
        ]
        return [fem.dirichletbc(np.zeros(3), sides, vectors), *mirrors]

    def broken(x):
        return (abs(x[0] - h / 2) < 0.75 * h) & (np.hypot(x[1], x[2]) < RADIUS + h / 4)

    glass = Region(Stiffness.from_engineering(E, NU), TOUGHNESS, conductivity=SIGMA)
    p = Parameters({"electrolyte": glass}, length, kinematics=Kinematics.SOLID, load="volume")
    return Fracture(domain, p, held, broken)


def coarse(comm):
    return penny(comm, 0.4, reach=4.0, growth=1.7, fine=0.9)


def stalled(model, *shares):
    """Return pressure, volume and current at shares of the critical volume, over closed forms."""
    sweep = Sweep(StalledCrack(model, METAL), Axis("volume", "V", "um^3"), 0.0)
    pressure, volume = closed_forms()
    rows = []
    for share in shares:
        sweep.advance(share * volume - sweep.time)
        sweep.accept()
        row = sweep.measure()
        over = row["pressure [MPa]"] / pressure
        # A flat electrode has J (r + z / sigma); the mean z over the crack is 4 a / (3 pi).
        law = row["pressure [MPa]"] * METAL.volume_per_charge
        law /= RESISTANCE + 4 / (3 * math.pi) * RADIUS / SIGMA
        rows.append((over, share / over, row["current_density [A/m^2]"] / law))
    return rows


@pytest.mark.mpi
def test_a_penny_full_of_lithium_stalls(comm):
    """On a mesh so coarse that the crack is 1.14 times as long as it should; stored."""
    before, last = stalled(coarse(comm), 0.5, 2.2)
    np.testing.assert_allclose(before, (0.3416, 1.464, 0.937), rtol=2e-3)
    assert last[0] == pytest.approx(0.941, rel=2e-3)


@pytest.mark.mpi
def test_a_penny_grows_in_time(comm):
    """Beyond its largest pressure; stored, so that it is that of any ranks."""
    volume = closed_forms()[1]
    model = GrowingCrack(coarse(comm), METAL, lambda t: 12.0 * t, Steps(volume=volume))
    rows = []
    for dt in (9.0, 3.0):
        model.advance(dt)
        model.accept()
        rows.append(model.measure())
    assert all(row["lithium_defect [1]"] < 1e-12 for row in rows)
    rise = rows[-1]["volume [um^3]"] - rows[-2]["volume [um^3]"]
    assert rise == pytest.approx(3.0 * rows[-1]["inflow [um^3/s]"], rel=1e-6)
    assert rows[-1]["crack_area [um^2]"] > 1.1 * rows[0]["crack_area [um^2]"]
    found = [row["pressure [MPa]"] for row in rows]
    np.testing.assert_allclose(found, (222.755, 283.010), rtol=1e-3)


@pytest.mark.slow
def test_a_penny_converges_to_the_closed_forms(comm):
    """The misses of pressure, volume and current halve with l."""
    misses = []
    for ratio, peak in ((0.4, 2.2), (0.2, 1.6)):
        model = penny(comm, ratio, reach=5.0, growth=1.4, fine=1.5)
        before, last = stalled(model, 0.5, peak)
        misses.append([1 - last[0], before[1] - 1, 1 - before[2]])
    rough, finer = np.array(misses)
    assert np.all(finer > 0)
    np.testing.assert_allclose(finer / rough, 0.5, atol=0.15)
    assert np.all(finer < (0.07, 0.25, 0.05))
