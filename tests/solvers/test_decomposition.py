"""Constrained decomposition against reactions worked out by hand, HiGHS and convex analysis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog, minimize_scalar

from lithode.core.constants import FARADAY
from lithode.core.errors import InputError
from lithode.core.units import to_model
from lithode.materials.phases import UNITS, Measurement, Phase, PhaseTable
from lithode.solvers.decomposition.equilibrium import Assemblages, lowest
from lithode.solvers.decomposition.model import Decomposition

KJ, GPA = to_model(1.0, "kJ/mol"), to_model(1.0, "GPa")
KELVIN = 298.15
# kJ/mol, J/(mol K), cm^3/mol: not the data of the case, so that these may change.
NUMBERS = {
    "Li": (0.0, 29.12, 13.0),
    "LiCl": (-408.27, 59.31, 20.50),
    "Zr": (0.0, 39.08, 14.02),
    "ZrCl4": (-979.8, 181.4, 83.1),
    "ZrCl3": (-753.9, 137.5, 65.1),
    "ZrCl2": (-544.8, 110.0, 38.5),
    "Li2ZrCl6": (-1796.34, 300.02, 124.0),
}


def table(**enthalpies: float) -> PhaseTable:
    phases = {}
    for name, numbers in NUMBERS.items():
        values = [enthalpies.get(name, numbers[0]), *numbers[1:]]
        known = {
            quantity: Measurement(value, unit, "tests", "assumed", uncertainty=1.0)
            for (quantity, unit), value in zip(UNITS.items(), values, strict=True)
        }
        phases[name] = Phase(name, **known)
    return PhaseTable(phases)


def decomposition(data: PhaseTable | None = None, **options) -> Decomposition:
    return Decomposition.of(data or table(), "Li2ZrCl6", KELVIN, **options)


def by_product(model: Decomposition, values: np.ndarray) -> dict[str, float]:
    """Values of the reactions by the zirconium phase they give."""
    return {
        name: float(values[..., np.flatnonzero(model.assemblages.holds(name))[0]])
        for name in ("Zr", "ZrCl2", "ZrCl3", "ZrCl4", "Li2ZrCl6")
    }


def products(model: Decomposition, potential: float, modulus: float) -> set[str]:
    amounts = model.amounts(model.state(potential, modulus * GPA))
    return {name for n, name in zip(amounts, model.assemblages.phases, strict=True) if n > 1e-6}


def test_corners_are_the_reactions():
    model = decomposition()
    reactions = {model.assemblages.reaction("Li2ZrCl6", k) for k in range(5)}
    assert reactions == {
        "Li2ZrCl6 -> Li2ZrCl6",
        "Li2ZrCl6 -> 2 LiCl + ZrCl4",
        "Li2ZrCl6 + Li -> 3 LiCl + ZrCl3",
        "Li2ZrCl6 + 2 Li -> 4 LiCl + ZrCl2",
        "Li2ZrCl6 + 4 Li -> 6 LiCl + Zr",
    }
    assert model.assemblages.defect < 1e-14
    assert model.assemblages.holds("Li2ZrCl6")[0]


def test_reaction_energies_and_volumes_by_hand():
    model = decomposition()
    gibbs = {name: h - KELVIN * s / 1000 for name, (h, s, _) in NUMBERS.items()}
    energies = by_product(model, model.energies / KJ)
    wanted = 6 * gibbs["LiCl"] + gibbs["Zr"] - gibbs["Li2ZrCl6"] - 4 * gibbs["Li"]
    assert energies["Zr"] == pytest.approx(wanted, rel=1e-12)
    assert energies["Zr"] == pytest.approx(-646.85, abs=0.01)
    assert energies["ZrCl2"] == pytest.approx(-378.25, abs=0.01)
    assert energies["Li2ZrCl6"] == 0
    changes = by_product(model, model.volume_changes / to_model(1, "cm^3/mol"))
    assert changes["Zr"] == pytest.approx(6 * 20.50 + 14.02 - 124.0)
    assert changes["ZrCl2"] == pytest.approx(4 * 20.50 + 38.5 - 124.0)
    counted = decomposition(lithium_volume=True)
    lost = by_product(counted, counted.volume_changes / to_model(1, "cm^3/mol"))
    assert lost["Zr"] == pytest.approx(changes["Zr"] - 4 * 13.0)
    assert lost["ZrCl4"] == pytest.approx(changes["ZrCl4"])


@pytest.mark.parametrize(
    ("enthalpy", "potentials", "modulus"),
    [
        (-569.0, (1.27, 0.84, 0.42, -0.01), 14.8),
        (-544.8, (1.40, 0.97, 0.54, 0.11), 16.3),
        (-502.0, (1.62, 1.19, 0.76, 0.33), 18.8),
        (-404.6, (1.62, 1.44, 1.26, 0.84), 24.7),
    ],
)
def test_switch_potentials_and_moduli(enthalpy, potentials, modulus):
    """The numbers of an independent calculation with the same data."""
    model = decomposition(table(ZrCl2=enthalpy))
    found = [float(model.highest_potential("Zr", k * GPA)) for k in (0, 5, 10, 15)]
    assert found == pytest.approx(potentials, abs=0.011)
    assert float(model.largest_modulus("Zr", 0.0)) / GPA == pytest.approx(modulus, abs=0.06)


def test_products_change_at_the_switch():
    model = decomposition()
    for modulus in (0.0, 5.0, 15.0):
        switch = float(model.highest_potential("Zr", modulus * GPA))
        assert products(model, switch - 1e-6, modulus) == {"LiCl", "Zr"}
        assert products(model, switch + 1e-6, modulus) == {"LiCl", "ZrCl2"}
    switch = float(model.largest_modulus("Zr", 0.3)) / GPA
    assert products(model, 0.3, switch - 1e-6) == {"LiCl", "Zr"}
    assert products(model, 0.3, switch + 1e-6) == {"LiCl", "ZrCl2"}


def test_switch_modulus_does_not_know_the_reactants_energy():
    moduli = [
        float(decomposition(table(Li2ZrCl6=h)).largest_modulus("Zr", 0.0))
        for h in (-1796.34 - 50, -1796.34, -1796.34 + 20)
    ]
    assert moduli == pytest.approx([moduli[1]] * 3, rel=1e-12)
    onsets = [
        float(decomposition(table(Li2ZrCl6=h)).highest_potential("ZrCl2", 0.0))
        for h in (-1796.34 - 50, -1796.34)
    ]
    assert onsets[1] - onsets[0] == pytest.approx(50 * KJ / (2 * FARADAY))


def test_the_reactant_is_kept_if_nothing_gains():
    model = decomposition()
    assert products(model, 3.0, 0.0) == {"Li2ZrCl6"}
    # Equal energies to rounding: 2 LiCl + ZrCl4 is not preferred to the reactant.
    assert by_product(model, model.energies)["ZrCl4"] == pytest.approx(0, abs=1e-12)


def test_the_first_of_equals_is_taken():
    changes = np.zeros(2)
    for volume in (None, 1.0):
        equal = lowest(np.array([0.0, -1e-12]), changes, 1.0, volume)
        lower = lowest(np.array([0.0, -1e-6]), changes, 1.0, volume)
        np.testing.assert_array_equal([equal.weights, lower.weights], np.eye(2))


def test_counted_lithium_volume_turns_the_constraint_round():
    model = decomposition(lithium_volume=True)
    assert np.isinf(model.largest_modulus("Zr", 0.0))
    rising = [float(model.highest_potential("Zr", k * GPA)) for k in (0, 5, 10, 15)]
    assert np.all(np.diff(rising) > 0)


def test_against_highs():
    """Random data: the minimum over corners is the optimum of the linear program."""
    rng = np.random.default_rng(3)
    names = [name for name in NUMBERS if name != "Li"]
    compositions = [table()[name].composition for name in names]
    balance = np.array([[c.get(e, 0.0) for c in compositions] for e in ("Zr", "Cl")])
    lithium = np.array([c.get("Li", 0.0) for c in compositions])
    for _ in range(20):
        noise = {name: NUMBERS[name][0] + rng.normal(0, 60) for name in names}
        data, potential, modulus = table(**noise), rng.uniform(0, 2.5), rng.uniform(0, 20) * GPA
        model = decomposition(data)
        gibbs = data.values("enthalpy") - KELVIN * data.values("entropy")
        places = [list(NUMBERS).index(name) for name in names]
        metal = gibbs[0] - FARADAY * potential
        cost = gibbs[places] + modulus * data.values("volume")[places] - metal * lithium
        solved = linprog(cost, A_eq=balance, b_eq=[1, 6], method="highs")
        start = cost[names.index("Li2ZrCl6")]
        state = model.state(potential, modulus)
        assert float(state.energy) == pytest.approx(solved.fun - start, abs=1e-9)
        order = [names.index(name) for name in model.assemblages.phases]
        np.testing.assert_allclose(model.amounts(state), solved.x[order], atol=1e-7)


@pytest.mark.parametrize("strain_energy", ["linear", "quadratic"])
@pytest.mark.parametrize("modulus", [0.0, 5.0, 15.0, 60.0])
def test_concave_in_potential_with_the_lithium_content_as_slope(strain_energy, modulus):
    """G'(U) is a minimum of functions linear in U: dG'/dU = F n_Li, which never rises with U."""
    model = decomposition(strain_energy=strain_energy)
    potentials = np.linspace(0, 2.4, 2401)
    state = model.state(potentials, modulus * GPA)
    lithium = model.lithium(state)
    assert np.all(np.diff(lithium) <= 1e-9)
    if modulus < 16:
        assert (lithium[0], lithium[-1]) == pytest.approx((4, 0), abs=1e-9)
    slope = np.diff(state.energy) / np.diff(potentials) / FARADAY
    between = (slope <= lithium[:-1] + 1e-9) & (slope >= lithium[1:] - 1e-9)
    assert between.all()
    assert np.all(state.energy <= 1e-15)
    np.testing.assert_allclose(state.weights.sum(axis=-1), 1)


@pytest.mark.parametrize("strain_energy", ["linear", "quadratic"])
def test_slope_with_the_modulus_is_the_strain(strain_energy):
    model = decomposition(strain_energy=strain_energy)
    moduli = np.linspace(0, 40, 801) * GPA
    state = model.state(0.4, moduli)
    change = state.weights @ model.volume_changes
    strain = change if strain_energy == "linear" else change**2 / (2 * model.reactant_volume)
    assert np.all(np.diff(strain) <= 1e-15)
    slope = np.diff(state.energy) / np.diff(moduli)
    assert np.all((slope <= strain[:-1] + 1e-12) & (slope >= strain[1:] - 1e-12))


def test_quadratic_strain_energy_against_a_search():
    """Two corners of opposite strain mix; the share is found by minimising it numerically."""
    energies, changes, volume = np.array([0.0, -0.05, -0.4]), np.array([0.0, -4e-6, 9e-6]), 1.2e-4
    for modulus in (1e3, 3e5, 3e6, 2e7):

        def total(share, first, second, modulus=modulus):
            energy = (1 - share) * energies[first] + share * energies[second]
            change = (1 - share) * changes[first] + share * changes[second]
            return energy + modulus * change**2 / (2 * volume)

        searched = min(
            minimize_scalar(
                total, bounds=(0, 1), args=pair, method="bounded", options={"xatol": 1e-12}
            ).fun
            for pair in ((0, 1), (0, 2), (1, 2))
        )
        found = lowest(energies, changes, modulus, volume)
        assert float(found.energy) == pytest.approx(searched, rel=1e-6, abs=1e-12)
    mixed = lowest(energies, changes, 3e6, volume).weights
    assert 0.1 < mixed[1] < 0.9 or 0.1 < mixed[2] < 0.9


def test_quadratic_strain_shifts_little():
    """An elastic surrounding of 15 GPa moves the switch by a tenth of a volt, not by 1.3 V."""
    model = decomposition(strain_energy="quadratic")
    potentials = np.linspace(0, 2, 2001)
    amounts = model.amounts(model.state(potentials, 15 * GPA))
    with_zr = potentials[amounts[:, model.assemblages.phases.index("Zr")] > 0.5]
    free = float(decomposition().highest_potential("Zr", 0.0))
    assert 0 < free - with_zr.max() < 0.1


def test_an_elastic_surrounding_needs_the_same_pressure():
    """Where it makes both products coexist, its pressure K dV / V_0 is K* of the linear form."""
    model = decomposition(strain_energy="quadratic")
    state = model.state(0.0, 300 * GPA)
    amounts = dict(zip(model.assemblages.phases, model.amounts(state), strict=True))
    assert 0.1 < amounts["ZrCl2"] < 0.9
    assert amounts["Zr"] + amounts["ZrCl2"] == pytest.approx(1)
    pressure = 300 * GPA * (state.weights @ model.volume_changes) / model.reactant_volume
    assert pressure == pytest.approx(float(decomposition().largest_modulus("Zr", 0.0)))


def test_draws_are_those_of_the_data():
    count = 4000
    drawn = decomposition(draws=(count, np.random.default_rng(1)))
    again = decomposition(draws=(count, np.random.default_rng(1)))
    np.testing.assert_array_equal(drawn.energies, again.energies)
    energies = drawn.energies[:, np.flatnonzero(drawn.assemblages.holds("Zr"))[0]] / KJ
    # 6 LiCl, Zr, Li2ZrCl6 and 4 Li, each number with an uncertainty of 1.
    entropies = (KELVIN / 1000) ** 2 * (36 + 1 + 1 + 16)
    assert energies.std() == pytest.approx(np.sqrt(36 + 1 + 1 + 16 + entropies), rel=0.04)
    assert energies.mean() == pytest.approx(-646.85, abs=0.5)
    assert drawn.state(0.5, 15 * GPA).energy.shape == (count,)


@pytest.mark.parametrize(
    ("compositions", "reactant", "part"),
    [
        ({"Li": {"Li": 1}, "LiCl": {"Li": 1, "Cl": 1}, "ZrO2": {"Zr": 1, "O": 2}}, "LiCl", "holds"),
        ({"Li": {"Li": 1}}, "Li", "more than Li"),
    ],
)
def test_elements_that_cannot_react_are_refused(compositions, reactant, part):
    with pytest.raises(InputError, match=part):
        Assemblages.of(reactant, compositions)


def test_another_system_with_three_elements():
    """Li3PS4 to Li2S and Li3P: 8 Li taken up."""
    compositions = {
        "Li": {"Li": 1}, "Li3PS4": {"Li": 3, "P": 1, "S": 4}, "Li2S": {"Li": 2, "S": 1},
        "Li3P": {"Li": 3, "P": 1}, "P": {"P": 1},
    }  # fmt: skip
    found = Assemblages.of("Li3PS4", compositions)
    reactions = {found.reaction("Li3PS4", k) for k in range(len(found.amounts))}
    assert "Li3PS4 + 8 Li -> 4 Li2S + Li3P" in reactions
    assert "Li3PS4 + 5 Li -> 4 Li2S + P" in reactions


def test_a_replaced_number_is_used():
    data = table().with_value("ZrCl2", "volume", 45.0, "test")
    assert data["ZrCl2"].volume == replace(
        NUMBERS_VOLUME, value=45.0, source="test", provenance="assumed"
    )
    moduli = [float(decomposition(d).largest_modulus("Zr", 0.0)) / GPA for d in (table(), data)]
    assert moduli[1] / moduli[0] == pytest.approx((41 + 14.02 - 38.5) / (41 + 14.02 - 45.0))


NUMBERS_VOLUME = Measurement(38.5, "cm^3/mol", "tests", "assumed", 1.0)
