"""The interphase model against exact solutions, and what it conserves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.integrate import quad

from lithode.meshes import layer_pair as bilayer
from lithode.meshes.layer_pair import Bilayer
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.interphase.model import Interphase
from lithode.solvers.interphase.parameters import ELECTROLYTE, METAL, Interstitial, Numerics
from lithode.solvers.numerics.march import StepControl, march

CONTROL = StepControl(1e-2, 1e9, 1e-9, max_growth=2.0, many_iterations=12)
FIXED = replace(CONTROL, fixed=True)
# Slow O: with quick interstitials all is quasi-steady, and errors in time are those of rounding.
INPUTS = InterphaseInputs(
    oxygen_barrier=0.675,
    phosphorus_barrier=0.42,
    first_rate=3e-3,
    nitrogen_reach=6.0,
    oxygen_reach=22.0,
    phosphorus_reach=2.0,
    matrix_reach=8.0,
    electronic_conductivity=2.3e-11,
)


def physics(lower, upper, **changes):
    """Parameters that are read off along these thicknesses."""
    given = INPUTS.model()
    line = ((0.0,), (lower + upper,))
    return replace(given, detection=replace(given.detection, line=line), **changes)


def layers(lower, upper, size, comm=MPI.COMM_SELF, reach=(0.05, 0.3), **given):
    return bilayer.build(Bilayer(lower, upper, size, reach, **given), (METAL, ELECTROLYTE), comm)


def immobile():
    """Atoms that stay where they are set free and do not precipitate."""
    still = Interstitial(0.0, 0.0, 0.0)
    return {"nitrogen": still, "oxygen": still, "phosphorus_atom": still}


def exact_uptake(p, time):
    """Lithium taken up per area, over its concentration in the metal.

    In time the balance of lithium becomes one of the dose A alone, D A'' = F(A), with the
    lithium F that a dose has brought in, A = t at the metal and 0 far away. Its first integral
    gives the flux: D A' = - sqrt(2 D int_0^t F dA).
    """
    k1, k2, solid = p.first, p.second, p.electrolyte

    def brought_in(dose):
        w = np.exp(-k1 * dose)
        q = k1 / (k1 - k2) * (np.exp(-k2 * dose) - np.exp(-k1 * dose))
        return solid.first_uptake * (1 - w) + solid.second_uptake * (1 - w - q)

    integral = quad(brought_in, 0, time, epsrel=1e-11, limit=200)[0]
    return np.sqrt(2 * p.path.diffusivity * integral) / p.capacity


def test_growth_from_reaction_to_diffusion_limited():
    """Uptake at all times, of 2nd order in space."""
    p = physics(0.02, 0.3, first=3e-3, second=1e-3, **immobile())
    errors = []
    for size in (0.005, 0.0025, 0.00125):
        domain = layers(0.02, 0.3, size, grading=0.0)
        model = Interphase(domain, p, Numerics(tolerance=0.005))
        found = []
        for time in (300.0, 3000.0, 3e4):
            march(model, replace(CONTROL, max_growth=1.6), time)
            taken = model.measure()["lithium_taken [um]"]
            found.append(abs(taken / exact_uptake(p, time) - 1))
        errors.append(found)
    assert max(errors[-1]) < 0.03
    assert errors[-1][-1] < 1e-3
    assert np.log2(errors[1][0] / errors[2][0]) > 1.7
    # Long after, it is the parabola of a sharp front: sqrt(2 D u t).
    uptake = p.electrolyte.first_uptake + p.electrolyte.second_uptake
    sharp = np.sqrt(2 * p.path.diffusivity * uptake * 1e7) / p.capacity
    assert exact_uptake(p, 1e7) == pytest.approx(sharp, rel=1e-3)


def test_front_of_the_parabola():
    """The front itself is at L = sqrt(2 D t / u): twice as deep after four times the time."""
    p = physics(0.02, 0.3, first=0.1, second=0.05, **immobile())
    # Salts that are not seen must not stop the reading: only Li3PO4 counts here.
    model = Interphase(layers(0.02, 0.3, 0.001), p, Numerics(tolerance=0.005))
    fronts = []
    for time in (1e4, 4e4):
        march(model, replace(CONTROL, max_growth=1.6), time)
        line, intact = model.observables.line, model.observables.contents().intact
        fronts.append(line.distances[-1] - line(intact).sum() * 0.32 / 2000)
    first, second = (front - 0.02 for front in fronts)
    uptake = p.electrolyte.first_uptake + p.electrolyte.second_uptake
    expected = np.sqrt(2 * p.path.diffusivity * 4e4 / uptake)
    assert second == pytest.approx(expected, rel=0.05)
    assert second / first == pytest.approx(2.0, rel=0.05)


def test_interstitials_in_the_metal():
    """In steady diffusion with a sink, salts are spread as cosh(x / reach), to 2nd order."""
    lower, reach = 0.05, 0.012
    mobility = 1e-3
    quick = Interstitial(mobility, mobility / reach**2, mobility)
    atoms = {"nitrogen": quick, "oxygen": quick, "phosphorus_atom": quick}
    # So much metal that salts displace none of it.
    p = physics(lower, 0.1, first=1e-3, second=1e-3, lithium=1e12, **atoms)
    errors = []
    for size in (0.005, 0.0025, 0.00125):
        domain = layers(lower, 0.1, size, grading=0.0)
        model = Interphase(domain, p, Numerics(tolerance=0.02))
        march(model, CONTROL, 1e3)
        x = model._scalar.tabulate_dof_coordinates()[:, 0]
        inside = x < lower + 1e-9
        salts = model.observables.contents().salts[0][inside]
        shape = salts / salts[np.argmax(x[inside])]
        expected = np.cosh(x[inside] / reach) / np.cosh(lower / reach)
        errors.append(np.max(np.abs(shape - expected)))
    assert errors[-1] < 2e-3
    assert np.log2(errors[0] / errors[1]) > 1.7
    assert np.log2(errors[1] / errors[2]) > 1.7


def steps(model, dt, end):
    march(model, replace(FIXED, initial_step=dt), end)
    return model


def test_second_order_in_time():
    """Equal steps, against much smaller ones on the same mesh."""
    domain = layers(0.05, 0.1, 0.004)
    p = physics(0.05, 0.1)
    finest = steps(Interphase(domain, p), 5.0, 2000.0).observables.contents()
    errors = []
    for dt in (80.0, 40.0):
        found = steps(Interphase(domain, p), dt, 2000.0).observables.contents()
        pairs = [(found.intact, finest.intact), *zip(found.salts, finest.salts, strict=True)]
        errors.append([np.max(np.abs(a - b)) for a, b in pairs])
    assert np.all(np.log2(np.array(errors[0]) / errors[1]) > 1.7)


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative"])
def test_flat_interface_in_2d_is_as_in_1d(comm, solver):
    """With both solvers, but for the nodes amid its squares."""
    p = physics(0.05, 0.08)
    flat = layers(0.05, 0.08, 0.004)
    one = Interphase(flat, p)
    march(one, CONTROL, 2e4)
    line = ((0.0, 0.0), (0.0, 0.13))
    p = replace(p, detection=replace(p.detection, line=line))
    domain = layers(0.05, 0.08, 0.004, comm, width=0.03)
    two = Interphase(domain, p, Numerics(solver))
    march(two, CONTROL, 2e4)
    expected, found = one.measure(), two.measure()
    for name in ("layer_1 [nm]", "layer_2 [nm]", "layer_3 [nm]", "lithium_taken [um]"):
        assert found[name] == pytest.approx(expected[name], rel=0.02, abs=0.2), name
    assert max(value for name, value in found.items() if "defect" in name) < 1e-8
    assert found["smallest [1]"] > -1e-5
    if solver == "iterative":
        domain = layers(0.05, 0.08, 0.004, width=0.03)
        direct = Interphase(domain, p, Numerics("direct"))
        march(direct, CONTROL, 2e4)
        assert found["layer_3 [nm]"] == pytest.approx(direct.measure()["layer_3 [nm]"], rel=1e-6)


def test_rough_interface_keeps_its_species():
    p = physics(0.05, 0.08)
    line = ((0.0, 0.0), (0.0, 0.13))
    p = replace(p, detection=replace(p.detection, line=line))
    domain = layers(0.05, 0.08, 0.004, width=0.06, roughness=0.01)
    model = Interphase(domain, p)
    assert model.observables.interface == pytest.approx(0.06, abs=0.002)
    march(model, CONTROL, 5e3)
    row = model.measure()
    assert max(value for name, value in row.items() if "defect" in name) < 1e-10
    # Lithium reaches what stands out into it from more sides: the interphase is not even.
    assert row["layer_3 [nm]"] > 1


def test_rejected_step_changes_nothing():
    model = Interphase(layers(0.05, 0.08, 0.004), physics(0.05, 0.08))
    march(model, CONTROL, 100.0)
    before = {k: f.x.array.copy() for k, f in model.state().functions.items()}
    model.advance(100.0)
    for name, function in model.state().functions.items():
        np.testing.assert_array_equal(function.x.array, before[name])


def test_closing_path_slows_growth():
    """With a path that closes with N and P the front is slower, and does not stop."""
    fronts = []
    for closing in (0.0, 5.0):
        p = physics(0.05, 0.12)
        p = replace(p, path=replace(p.path, closing=closing))
        model = Interphase(layers(0.05, 0.12, 0.003), p)
        march(model, CONTROL, 2e4)
        early = model.measure()["front [nm]"]
        march(model, CONTROL, 8e4)
        fronts.append((early, model.measure()["front [nm]"]))
    assert fronts[1][1] < fronts[0][1]
    assert fronts[1][1] > 1.3 * fronts[1][0]


def test_used_up_electrolyte_ends_the_run():
    model = Interphase(layers(0.02, 0.02, 0.002), physics(0.02, 0.02))
    result = march(model, CONTROL, 1e8)
    assert result.status == "stopped"
    assert result.event.name == "electrolyte used up"
