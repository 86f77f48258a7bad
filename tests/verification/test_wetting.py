"""The wetting model against Young's law, capillary pressures, front speed and itself."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI
from scipy.optimize import least_squares

from lithode.core.constants import FARADAY
from lithode.core.errors import InputError
from lithode.meshes import grains
from lithode.meshes.structured import structured
from lithode.solvers.numerics.checkpoint import read_domain, restore, write_checkpoint
from lithode.solvers.numerics.front_gauges import FrontGauge
from lithode.solvers.physics import free_energy, wetting
from lithode.solvers.wetting.equations import Equations
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import (
    Drive,
    GrainFields,
    Numerics,
    Observation,
    Parameters,
    Walls,
)
from lithode.theory import capillarity, kinetics
from lithode.theory.capillarity import grain_profile
from lithode.theory.free_energy import Interface
from tests.verification.manufactured import alternating, integrate, norm, orders
from tests.verification.wetting_problems import (
    GAMMA,
    INTERFACE,
    MOLAR_VOLUME,
    D,
    K,
    ball,
    box,
    driven,
    fields,
    film,
    held,
    physics,
    run,
)


def contour(model: Wetting) -> Any:
    """Points where zeta is one half on the edges of cells, shape (n, 2)."""
    zeta = model.fields()[0]
    space = zeta.function_space
    points = space.tabulate_dof_coordinates()[:, :2]
    columns = [FrontGauge(space)._edges[:, k] for k in (0, 1)]
    a, b = (zeta.x.array[c] - 0.5 for c in columns)
    crossed = (a > 0) != (b > 0)
    share = (a[crossed] / (a[crossed] - b[crossed]))[:, None]
    start, end = (points[c[crossed]] for c in columns)
    return start + share * (end - start)


class Drop:
    """A sessile drop, half of it by symmetry, which starts as half a disc.

    Args:
        formulation: "wall" or "grain_field".
        contact_angle: In degrees.
        radius: About the final radius.
        size: Of the squares.
    """

    def __init__(self, formulation: str, contact_angle: float, radius: float, size: float) -> None:
        self.floor = 0.0 if formulation == "wall" else 6 * D
        tall = 1.7 if contact_angle > 100 else 1.3
        domain = box((1.5 * radius, tall * radius + self.floor), size)
        angle = math.radians(contact_angle)
        share = (angle - math.sin(angle) * math.cos(angle)) / (math.pi / 2)
        start = (0.85 if contact_angle > 100 else 1.0) * radius * math.sqrt(share)
        solid: Any = Walls({"electrode": contact_angle})
        if self.floor:
            solid = fields(lambda x: [x[:, 1] - self.floor], contact_angle)
        self.model = Wetting(
            domain, physics(solid, conserved=True), ball((0.0, self.floor), start), Numerics()
        )
        self.end = (3 if contact_angle > 100 else 1) * radius**2 / K

    def circle(self) -> tuple[float, float]:
        """Radius of the circle through the upper surface, and its angle with the wall."""
        points = contour(self.model)
        low = points[(points[:, 0] < 2 * D) & (points[:, 1] < self.floor + 3 * D)]
        # Below a drop on a grain field zeta falls to one half before phi does.
        wall = float(low[:, 1].mean()) if self.floor else 0.0
        upper = points[points[:, 1] > wall + 7 * D]
        found = least_squares(
            lambda q: np.hypot(upper[:, 0], upper[:, 1] - q[0]) - q[1], (wall, upper[:, 1].max())
        ).x
        return found[1], math.degrees(math.acos((wall - found[0]) / found[1]))


@pytest.mark.parametrize(
    ("formulation", "contact_angle", "tolerance"),
    [
        ("wall", 60.0, 1.0),
        ("wall", 90.0, 1.0),
        ("wall", 120.0, 1.0),
        ("grain_field", 60.0, 2.0),
        ("grain_field", 90.0, 2.0),
        ("grain_field", 120.0, 2.0),
    ],
)
def test_sessile_drop(formulation, contact_angle, tolerance):
    radius, size = 22 * D, 0.8 * D
    if formulation == "grain_field" and contact_angle < 120:
        radius, size = 30 * D, 0.6 * D
    drop = Drop(formulation, contact_angle, radius, size)
    run(drop.model, drop.end)
    radius, angle = drop.circle()
    assert angle == pytest.approx(contact_angle, abs=tolerance)
    row = drop.model.measure()
    assert row["content_defect [1]"] < 1e-10
    assert row["lithium_defect [1]"] < 1e-10
    # Laplace: the pressure that keeps the content is gamma / R.
    assert row["pressure [MPa]"] == pytest.approx(GAMMA / radius, rel=0.04)


@pytest.mark.parametrize("contact_angle", [60.0, 120.0])
def test_entry_threshold_of_a_channel(contact_angle):
    """One per cent above -2 gamma cos(theta) / w the meniscus advances, below it recedes."""
    width = 16 * D
    threshold = capillarity.pore_pressure(GAMMA, contact_angle, width)
    for factor in (0.99, 1.01):
        pressure = factor * threshold
        model = Wetting(
            box((width, 2 * width), 0.8 * D),
            physics(Walls({"sides": contact_angle}), drive=Drive(pressure)),
            film(width),
        )
        run(model, 10 * width**2 / K / math.pi**2)
        advances = model.measure()["plating_current [A/m^2]"] > 0
        assert advances == (pressure > threshold)


@pytest.mark.parametrize("contact_angle", [30.0, 60.0, 90.0, 135.0])
def test_meniscus_on_a_row_of_grains(contact_angle):
    """At rest it is flat, so it meets round grains R cos(theta) above their centres."""
    radius, size, base = 16 * D, 0.3, 2.0
    row = grains.staggered(1, 1, radius, 12 * D, 1.0, base)
    domain = grains.build(
        grains.Interlayer(2 * radius + 12 * D, base + 2 * radius + 2, size, row), MPI.COMM_SELF
    )
    wanted = base + radius * (1 + math.cos(math.radians(contact_angle)))
    start = base + radius if contact_angle < 90 else base + 0.7 * radius
    model = Wetting(domain, physics(Walls({"grains": contact_angle})), film(start))
    run(model, 40 * radius**2 / K)
    points = contour(model)
    assert points[points[:, 0] < size, 1].mean() == pytest.approx(wanted, abs=size)


def test_flat_surface_at_rest():
    length = 12 * D
    model = Wetting(
        box((2 * D, 2 * length), 0.25 * D), physics(Walls({})), lambda x: 1.0 * (x[:, 1] < length)
    )
    run(model, 200 / INTERFACE.barrier)
    assert model.measure()["energy [pJ/um]"] / (2 * D) == pytest.approx(GAMMA, rel=0.01)
    zeta, points = model.fields()[0].x.array, model.fields()[0].function_space
    heights = points.tabulate_dof_coordinates()[:, 1]
    place = float(contour(model)[:, 1].mean())
    np.testing.assert_allclose(zeta, grain_profile(heights - place, D), atol=0.01)


@pytest.mark.parametrize(
    ("drive", "dimension"),
    [
        (Drive(pressure=0.05), 2),
        (Drive(overpotential=-1e-3, rate_constant=1.0), 2),
        (Drive(overpotential=-1e-3, rate_constant=1.0, concentration=1.01), 2),
        (Drive(pressure=0.05), 3),
    ],
)
def test_speed_of_a_driven_front(drive, dimension):
    f, alpha = drive.inverse_thermal_voltage, drive.symmetry_factor
    rate = drive.pressure * INTERFACE.mobility
    rate += drive.rate_constant * kinetics.driving(
        drive.overpotential, f, alpha, drive.concentration
    )
    speed, width = 6 * D * rate, 2 * D
    size = 0.8 * D
    domain = box((*(width,) * (dimension - 1), 24 * D), size)
    start = film(6 * D, dimension - 1)
    model = Wetting(domain, physics(Walls({}), drive=drive), start, Numerics(tolerance=1e-3))
    heights = []
    for end in (2 * D / speed, 10 * D / speed):
        run(model, end)
        heights.append(model.measure()["tip_height [um]"])
    assert heights[1] - heights[0] == pytest.approx(8 * D, rel=0.01)
    current = model.measure()["plating_current [A/m^2]"]
    assert current == pytest.approx(FARADAY / MOLAR_VOLUME * speed, rel=0.02)


@pytest.mark.parametrize("make", [driven, held])
def test_residual_is_the_slope_of_the_energy(make):
    model = make()
    zeta = model.state().functions["order_parameter"]
    space, eq = zeta.function_space, model.equations
    zeta.x.array[:] = np.random.default_rng(1).uniform(0.0, 1.0, len(zeta.x.array))
    test = ufl.TestFunction(space)
    slope = ufl.derivative(eq.energy(zeta) - eq.work(zeta), zeta, test)
    slope = fem.assemble_vector(fem.form(slope)).array
    residual = INTERFACE.mobility * slope + (
        fem.assemble_vector(fem.form(eq.plating(zeta, test) + eq.relaxation(zeta, test))).array
    )
    assert np.abs(residual).max() < 1e-12 * np.abs(slope).max()


@pytest.mark.parametrize("solid", ["walls", "grains"])
def test_manufactured_solution(solid):
    """Second order in space of all terms, with small steps."""
    errors = [manufactured_error(solid, n) for n in (8, 16, 32)]
    assert orders(errors)[-1] == pytest.approx(2.0, abs=0.2)
    assert errors[-1] < 1e-3


def manufactured_error(solid: str, n: int) -> float:
    domain = structured(MPI.COMM_SELF, (1.0, 1.0), (n, n), region="pores")
    mesh, interface, length = domain.mesh, Interface(1.0, 0.1, 0.7), 0.2
    wet: Any = Walls({"sides": 60.0, "electrode": 110.0})
    if solid == "grains":
        wet = GrainFields(lambda x: [x[:, 0] - 0.4], 3.0, -0.15, length)
    drive = Drive(0.3, -0.01, 0.4, 38.92, 0.4, 1.1)
    space = fem.functionspace(mesh, ("P", 1))
    eq = Equations.on(domain, space, Parameters(interface, wet, MOLAR_VOLUME, drive), 1 / 3)
    time, x = fem.Constant(mesh, 0.0), ufl.SpatialCoordinate(mesh)
    change = 0.3 * ufl.exp(-time) * ufl.sin(2 * x[0] + 0.3) * ufl.cos(1.5 * x[1])
    exact, mobility = 0.4 + change, interface.mobility
    flux = interface.gradient_coefficient * ufl.grad(exact)
    force = free_energy.double_well_force(exact, interface.barrier)
    if solid == "grains":
        phi = 1 / (1 + ufl.exp((x[0] - 0.4) / length))
        flux -= wet.coupling * ufl.grad(phi)
        force += wet.barrier * exact * phi**2
    push = eq.pressure * 30 * exact**2 * (1 - exact) ** 2
    source = -change + mobility * (force - ufl.div(flux) - push)
    through = ufl.inner(flux, ufl.FacetNormal(mesh))

    def residual(u: Any, rate: Any) -> Any:
        test = ufl.TestFunction(u.function_space)
        form = eq.residual(u, rate, 0.0, test) - source * test * ufl.dx(degree=4)
        for wall, cosine in eq.walls:
            pull = wetting.wall_pull(exact, interface.surface_energy, cosine)
            form += mobility * pull * test * wall
        return form - mobility * through * test * ufl.ds(degree=4)

    last = integrate(residual, space, exact, time, [0.01] * 10)
    return norm(mesh, last - exact)


@pytest.mark.parametrize("make", [driven, held])
def test_second_order_in_time(make):
    def after(steps: Any) -> Any:
        model = make()
        for dt in steps:
            model.advance(dt)
            model.accept()
        return model.fields()[0].x.array.copy()

    ends = [after(alternating(n, 1.0, 1.5)) for n in (16, 32, 64)]
    changes = [np.abs(a - b).max() for a, b in itertools.pairwise(ends)]
    assert orders(changes)[0] == pytest.approx(2.0, abs=0.35)


class Energies:
    """Energy less the work of the drive, after every step."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, model: Any, record: Any) -> None:
        self.values.append(model.state().scalars["energy"])

    def output(self, model: Any) -> None:
        pass


@pytest.mark.parametrize("make", [driven, held])
def test_energy_law(make):
    """Energy falls by what the moving surface dissipates, closer with smaller steps."""
    defects = []
    for tolerance in (1e-2, 1e-3):
        model, seen = make(tolerance=tolerance), Energies()
        run(model, 3.0, [seen])
        row = model.measure()
        assert np.all(np.diff(seen.values) < 1e-5 * row["dissipation [pJ/um]"])
        assert row["energy_rise [pJ/um]"] < 1e-5 * row["dissipation [pJ/um]"]
        assert row["lithium_defect [1]"] < 1e-10
        defects.append(row["energy_defect [1]"])
    assert defects[1] < 0.5 * defects[0] < 0.02


def everything(model: Wetting) -> Any:
    return {**model.measure(), **model.state().scalars}


@pytest.mark.mpi
@pytest.mark.parametrize("make", [driven, held])
def test_restart_ends_where_the_whole_run_ends(comm, make, tmp_path):
    model = make(comm)
    run(model, 0.5)
    write_checkpoint(tmp_path, model, case="wetting", parameters_hash="")
    run(model, 1.0)
    again = make(comm, read_domain(tmp_path / "state.h5", comm))
    restore(tmp_path / "state.h5", again)
    run(again, 1.0)
    whole = everything(model)
    for name, value in everything(again).items():
        # What Newton leaves over, and the slope of its last secants.
        if not any(part in name for part in ("defect", "rise", "compliance")):
            assert value == pytest.approx(whole[name], rel=1e-8, abs=1e-10), name


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("make", "solver", "tolerance"),
    [(driven, "direct", 1e-11), (driven, "iterative", 1e-8), (held, "iterative", 1e-8)],
)
def test_ranks_agree(comm, make, solver, tolerance):
    rows = []
    for where in (MPI.COMM_SELF, comm):
        model = make(where, solver=solver)
        run(model, 1.0)
        rows.append(model.measure())
    for name, value in rows[0].items():
        if "defect" not in name and "rise" not in name:
            assert rows[1][name] == pytest.approx(value, rel=tolerance, abs=1e-10), name


def test_lithium_at_the_counter_electrode_ends_the_run():
    model = driven(pressure=0.5)
    result = run(model, 1e3)
    assert result.status == "stopped"
    assert result.event is not None
    assert result.event.name == "through"
    assert model.measure()["rows_filled [1]"] == 2.0
    assert model.measure()["filled_fraction [1]"] > 0.8


@pytest.mark.parametrize(
    ("solid", "observation", "field"),
    [
        (Walls({"grains": 60.0}), Observation(), "wall"),
        (Walls({}), Observation("nothing"), "region"),
    ],
)
def test_names_that_the_mesh_does_not_have(solid, observation, field):
    with pytest.raises(InputError) as error:
        Wetting(box((1.0, 1.0), 0.5), physics(solid), film(0.5), observation=observation)
    assert error.value.field == field
