"""The phase field of fracture: irreversibility, regions, ranks, restarts and a filled crack."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import DiagonalType, locate_entities_boundary

from lithode.core.axis import Axis
from lithode.core.errors import InputError, StepFailed
from lithode.meshes.structured import layered, structured
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.fracture.parameters import Numerics, Parameters, Region, Seam
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.sweep import Sweep
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import Regularisation, seam_toughness, strength

pytestmark = pytest.mark.mpi

E, NU, TOUGHNESS = 150e3, 0.26, 6.0
AXIS = Axis("stretch", "U", "um")
GLASS = Region(Stiffness.from_engineering(E, NU), TOUGHNESS)


def pulled(vectors, load):
    """Rollers at the lower ends of all axes, and the load at the end of the last."""
    mesh = vectors.mesh
    last = mesh.geometry.dim - 1

    def along(axis, place, value):
        at = locate_entities_boundary(mesh, last, lambda x: abs(x[axis] - place) < 1e-9)
        part = vectors.sub(axis)
        return fem.dirichletbc(value, fem.locate_dofs_topological(part, last, at), part)

    zero = fem.Constant(mesh, 0.0)
    return [along(axis, 0.0, zero) for axis in range(last + 1)] + [along(last, 1.0, load)]


def bar(comm, numerics=None, **changes):
    domain = structured(comm, (1.0, 1.0), (3, 3))
    plane = Kinematics.PLANE_STRESS
    p = Parameters({"electrolyte": GLASS}, 2.0, Regularisation.AT2, plane, **changes)
    model = Fracture(domain, p, pulled, numerics=numerics)
    return Sweep(model, AXIS, 0.0)


def to(sweep, load):
    """Go to a load, and return what is measured there."""
    sweep.advance(load - sweep.time)
    sweep.accept()
    return sweep.measure()


def damage_of(strain, length=2.0):
    """AT2, evenly: G_c d / l = (1 - d) E eps^2."""
    energy = E * strain**2
    return energy / (energy + TOUGHNESS / length)


@pytest.mark.parametrize("split", [False, True])
def test_damage_follows_the_load_up_and_stays_when_it_falls(comm, split):
    sweep = bar(comm, split=split)
    for strain in (2e-3, 4e-3):
        row, d = to(sweep, strain), damage_of(strain)
        assert row["damage_max [1]"] == pytest.approx(d, rel=1e-6)
        assert row["force [N/m]"] == pytest.approx((1 - d) ** 2 * E * strain, rel=1e-5)
    back = to(sweep, 1e-3)
    assert back["damage_max [1]"] == pytest.approx(d, rel=1e-6)
    assert back["force [N/m]"] == pytest.approx((1 - d) ** 2 * E * 1e-3, rel=1e-5)
    assert back["fracture_energy [uJ/m]"] == pytest.approx(TOUGHNESS * d**2 / 4, rel=1e-5)


def test_with_the_split_pressure_breaks_nothing_that_shear_does_not(comm):
    """Where all sides are held, only the volume shrinks."""

    def pressed(vectors, load):
        mesh = vectors.mesh
        out = []
        for axis in range(2):
            for place in (0.0, 1.0):
                at = locate_entities_boundary(
                    mesh, 1, lambda x, a=axis, p=place: abs(x[a] - p) < 1e-9
                )
                part = vectors.sub(axis)
                value = load if place else fem.Constant(mesh, 0.0)
                dofs = fem.locate_dofs_topological(part, 1, at)
                out.append(fem.dirichletbc(value, dofs, part))
        return out

    found = []
    for split in (True, False):
        domain = structured(comm, (1.0, 1.0), (3, 3))
        p = Parameters({"electrolyte": GLASS}, 2.0, Regularisation.AT2, split=split)
        found.append(to(Sweep(Fracture(domain, p, pressed), AXIS, 0.0), -4e-3)["damage_max [1]"])
    bulk, shear = GLASS.stiffness.bulk, GLASS.stiffness.shear
    # tr eps = 2 eps; dev eps : dev eps = 2 eps^2 - 4 eps^2 / 3.
    sheared, whole = (2 * k * 16e-6 for k in (shear * 2 / 3, shear * 2 / 3 + 2 * bulk))
    crack = TOUGHNESS / 2.0
    expected = [sheared / (sheared + crack), whole / (whole + crack)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_brittle_region_breaks_first(comm):
    """Two layers in a row: AT1 leaves the tougher one whole."""
    domain = layered(comm, np.linspace(0, 1, 9), {"tough": 4, "brittle": 4}, width=0.25, columns=2)
    regions = {"tough": Region(GLASS.stiffness, 4 * TOUGHNESS), "brittle": GLASS}
    p = Parameters(regions, 0.1, kinematics=Kinematics.PLANE_STRESS)
    sweep = Sweep(Fracture(domain, p, pulled), AXIS, 0.0)
    limit = strength(E, TOUGHNESS, 0.1, Regularisation.AT1)
    below = to(sweep, 0.99 * limit / E)
    assert below["damage_max [1]"] == 0
    assert below["force [N/m]"] == pytest.approx(0.99 * limit * 0.25, rel=1e-5)
    above = to(sweep, 1.3 * limit / E)
    assert above["damage_max [1]"] > 0.9
    assert above["force [N/m]"] < 0.2 * limit * 0.25
    damage = sweep.steady.damage
    height = damage.function_space.tabulate_dof_coordinates()[:, 1]
    own = damage.x.array
    assert np.all(own[height < 0.3] < 1e-6)


SEAM = Seam(("below", "above"), 0.3 * TOUGHNESS, 0.12)


def seamed(comm, crack=None, **changes):
    """Two layers of one glass, and a weaker seam between them."""
    domain = layered(comm, np.linspace(0, 1, 41), {"below": 20, "above": 20}, 0.1, columns=2)
    p = Parameters({"below": GLASS, "above": GLASS}, **{"length": 0.1, "seams": (SEAM,), **changes})
    return Sweep(Fracture(domain, p, pulled, crack), AXIS, 0.0)


@pytest.mark.parametrize("law", Regularisation)
def test_a_crack_along_a_seam_costs_the_energy_of_its_best_profile(comm, law):
    """The nodes of a line are broken, and no load is there."""
    sweep = seamed(comm, lambda x: abs(x[1] - 0.5) < 1e-6, length=0.08, regularisation=law)
    cost = sweep.measure()["fracture_energy [uJ/m]"] / 0.1
    assert cost == pytest.approx(seam_toughness(TOUGHNESS, 1.8, 0.12, 0.08, law), rel=0.02)


def test_a_crack_runs_along_a_seam(comm):
    sweep = seamed(comm, kinematics=Kinematics.PLANE_STRESS)
    limit = strength(E, SEAM.toughness, 0.1, Regularisation.AT1)
    assert to(sweep, 0.99 * limit / E)["damage_max [1]"] == 0
    to(sweep, 1.5 * limit / E)
    damage = sweep.steady.damage
    away = abs(damage.function_space.tabulate_dof_coordinates()[:, 1] - 0.5)
    broken = damage.x.array > 0.9
    assert comm.allreduce(int(broken.sum())) > 0
    assert np.all(away[broken] < 0.12)


def test_a_resumed_sweep_is_the_whole_one(comm):
    whole, resumed = bar(comm), bar(comm)
    to(whole, 2e-3)
    state = whole.state()
    for name, function in resumed.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    resumed.restore(state.scalars)
    assert resumed.measure() == whole.measure()
    again, then = (to(sweep, 3e-3) for sweep in (resumed, whole))
    assert again == pytest.approx(then, rel=1e-6)
    if comm.size == 1:
        assert again == then


def filled(comm, swelling=0.0):
    """A crack of half length 1 in the middle of a square of 6 that is held all around."""
    domain = structured(comm, (6.0, 6.0), (48, 48), DiagonalType.crossed)
    h = 1 / 8

    def clamped(vectors, load):
        names = ("electrode", "counter_electrode", "sides")
        zero = np.zeros(2)
        return [
            fem.dirichletbc(zero, boundary_dofs(domain, vectors, name), vectors) for name in names
        ]

    def crack(x):
        return (abs(x[0] - 3) < 1 + h / 4) & (x[1] > 3 - h / 4) & (x[1] < 3 + 1.25 * h)

    glass = Region(GLASS.stiffness, TOUGHNESS, swelling)
    p = Parameters({"electrolyte": glass}, 0.25, load="volume")
    model = Fracture(domain, p, clamped, crack)
    return Sweep(model, Axis("volume", "V", "um^2"), 0.0)


@pytest.fixture(scope="module")
def opened():
    """Rows of a crack that is filled until it grows."""
    from mpi4py import MPI

    sweep = filled(MPI.COMM_WORLD)
    return [to(sweep, volume) for volume in (0.002, 0.004, 0.05)]


def test_a_filled_crack_is_a_spring_until_it_grows(opened):
    first, second, last = opened
    assert second["pressure [MPa]"] == pytest.approx(2 * first["pressure [MPa]"], rel=1e-3)
    assert second["crack_length [um]"] == pytest.approx(first["crack_length [um]"], rel=1e-3)
    # A crack that had not grown would bear 12.5 times the pressure.
    assert last["crack_length [um]"] > 1.2 * first["crack_length [um]"]
    assert last["pressure [MPa]"] < 10 * second["pressure [MPa]"]
    assert 2 * last["elastic_energy [uJ/m]"] == pytest.approx(last["pressure [MPa]"] * 0.05)


def test_a_block_that_swells_presses_on_its_crack(opened):
    """Pressures add up as long as the crack does not grow; an empty crack bears the block's."""
    from mpi4py import MPI

    pressure = 100.0
    sweep = filled(MPI.COMM_WORLD, pressure / (3 * GLASS.stiffness.bulk))
    empty, full = sweep.measure(), to(sweep, 0.004)
    # The rim of the crack, which is not broken through, bears a part.
    assert 0.9 * pressure < empty["pressure [MPa]"] < pressure
    gain = full["pressure [MPa]"] - empty["pressure [MPa]"]
    assert gain == pytest.approx(opened[1]["pressure [MPa]"], rel=1e-2)


def test_what_cannot_be_is_said(comm):
    domain = structured(comm, (1.0, 1.0), (2, 2))
    for field, changes in {
        "crack": {"load": "volume"},
        "kinematics": {"kinematics": Kinematics.SOLID},
        "length": {"length": 0.0},
        "split": {"load": "volume", "split": True},
        "seam": {"seams": (Seam(("electrolyte", "nowhere"), 1.0, 1.0),)},
        "half_width": {"seams": (Seam("sides", 1.0, 0.0),)},
    }.items():
        given = {"length": 1.0, **changes}
        with pytest.raises(InputError, match=field):
            Fracture(domain, Parameters({"electrolyte": GLASS}, **given), pulled)


def test_damage_that_does_not_settle_fails_the_step(comm):
    sweep = bar(comm, numerics=Numerics(alternations=1))
    with pytest.raises(StepFailed, match="still changes after 1"):
        sweep.advance(4e-3)
    assert sweep.steady.damage.x.array.max() == 0


def test_a_filled_slab_between_rollers_is_in_plane_strain(comm):
    """A crack through a slab in 3D, which has the pressure of the same grid in 2D."""
    found = []
    for thickness in ((), (0.5,)):
        dim = 2 + len(thickness)
        domain = structured(comm, (3.0, *thickness, 3.0), (12, *[1] * len(thickness), 12))

        def held(vectors, load, domain=domain, sides=(3.0, *thickness)):
            zero, mesh, dim = fem.Constant(domain.mesh, 0.0), domain.mesh, len(sides) + 1
            ends = [
                fem.dirichletbc(np.zeros(dim), boundary_dofs(domain, vectors, name), vectors)
                for name in ("electrode", "counter_electrode")
            ]
            rollers = []
            for axis, side in enumerate(sides):
                at = locate_entities_boundary(
                    mesh, dim - 1, lambda x, a=axis, b=side: abs(x[a] - b / 2) > b / 2 - 1e-9
                )
                part = vectors.sub(axis)
                dofs = fem.locate_dofs_topological(part, dim - 1, at)
                rollers.append(fem.dirichletbc(zero, dofs, part))
            return [*ends, *rollers]

        def crack(x, dim=dim):
            return (x[0] < 1.1) & (x[dim - 1] > 1.4) & (x[dim - 1] < 1.8)

        kind = Kinematics.SOLID if thickness else Kinematics.PLANE_STRAIN
        p = Parameters({"electrolyte": GLASS}, 0.5, kinematics=kind, load="volume")
        sweep = Sweep(Fracture(domain, p, held, crack), Axis("volume", "V", "um^2"), 0.0)
        area = 0.001 * (thickness[0] if thickness else 1.0)
        row = to(sweep, area)
        size = row["crack_area [um^2]"] / 0.5 if thickness else row["crack_length [um]"]
        found.append((row["pressure [MPa]"], size))
    np.testing.assert_allclose(found[1], found[0], rtol=0.05)


@pytest.mark.parametrize("split", [True, False])
def test_a_crack_that_closes_bears_pressure_only_with_the_split(comm, split):
    """A crack through the bar. It has no shear stiffness left, so that it yields aside; stored."""
    domain = structured(comm, (1.0, 1.0), (16, 16))
    p = Parameters({"electrolyte": GLASS}, 0.1, split=split)

    def crack(x):
        return abs(x[1] - 0.53) < 0.04

    sweep = Sweep(Fracture(domain, p, pulled, crack), AXIS, 0.0)
    whole = E / (1 - NU**2) * 1e-4
    pressed, opened = (to(sweep, load)["force [N/m]"] / whole for load in (-1e-4, 1e-4))
    assert abs(opened) < 1e-3
    assert pressed == pytest.approx(-0.675 if split else 0.0, abs=5e-3)
