"""Temperature: Arrhenius' law, what is refused without it, and that heating helps."""

from __future__ import annotations

import math

import pytest

from lithode.cases.graded_li3n.bilayer.parameters import Parameters as Bilayer
from lithode.cases.graded_li3n.growth.parameters import Parameters as Growth
from lithode.cases.ji2020.penetration.parameters import Parameters as Penetration
from lithode.cases.ji2020.symmetric_cell.parameters import Parameters as SymmetricCell
from lithode.cases.wang2024.pores.parameters import Parameters as Pores
from lithode.core.errors import InputError
from lithode.engine import registry as cases
from lithode.engine.case import Case
from lithode.engine.runner import run_case
from lithode.materials import registry
from lithode.materials.library import LI3N, LITHIUM, LZC
from lithode.materials.thermal import ThermalInputs, first_known
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.health import health
from lithode.solvers.electrodeposition.inputs import Inputs
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.layered_cell.inputs import LayeredCellInputs
from lithode.solvers.mixed_conductor.inputs import MixedConductorInputs
from lithode.solvers.wetting.inputs import WettingInputs
from lithode.theory import arrhenius

BOLTZMANN = 8.617333262e-5
"""In eV/K."""
COLD, ROOM, HOT = 273.15, 298.15, 333.15
THERMODYNAMIC = {"graded-li3n/decomposition", "verification/disc", "verification/dispersion"}
"""Cases with a temperature and without a rate that was measured at another one."""
HEATED = {"graded-li3n", "ji2020/penetration", "ji2020/symmetric-cell"}


def factor(barrier, temperature=HOT, reference=ROOM):
    return math.exp(-barrier / BOLTZMANN * (1 / temperature - 1 / reference))


def test_arrhenius():
    assert arrhenius.factor(0.29, HOT, ROOM) == pytest.approx(factor(0.29), rel=1e-9)
    assert factor(0.29) == pytest.approx(3.273, rel=1e-3)
    assert arrhenius.factor(0.29, COLD, ROOM) < 1 / 2.5
    assert arrhenius.factor(0.29, 313.7, 313.7) == 1.0
    assert first_known(None, 0.0, 0.3) == 0.0


@pytest.mark.parametrize(
    "inputs",
    [Inputs, Growth, Bilayer, LayeredCellInputs, SymmetricCell, Penetration, MixedConductorInputs,
     WettingInputs, InterphaseInputs, Pores],
)  # fmt: skip
def test_nothing_changes_at_the_reference_temperature(inputs):
    p = inputs(temperature=311.0, reference_temperature=311.0)
    assert p.activation_energies
    for constant in p.activation_energies:
        assert p.thermal_factor(constant) == 1.0
    assert p.temperature == 311.0


@pytest.mark.parametrize("name", sorted(cases.entries()))
def test_every_case_heats_by_arrhenius_or_says_what_it_does_not_know(name):
    case = cases.find(name)
    if "temperature" not in case.parameters.model_fields or name in THERMODYNAMIC:
        return
    assert issubclass(case.parameters, ThermalInputs)
    assert case.parameters().activation_energies
    if name in HEATED:
        hot = case.parameters(temperature=HOT)
        assert hot.thermal_factor("exchange_current_density") > 2
        return
    with pytest.raises(InputError, match=r"has no activation energy.*298\.15 K") as caught:
        _ = case.parameters(temperature=HOT).model
    assert caught.value.field == "temperature"


def test_the_material_of_the_electrolyte_leads_reaction_and_transport():
    room, hot = Inputs().model, Inputs(temperature=HOT).model
    before, after = (m.regions["electrolyte"] for m in (room, hot))
    expected = factor(LI3N.activation_energy.value)
    for name in ("rate_constant", "diffusivity", "conductivity"):
        assert getattr(after, name) == pytest.approx(expected * getattr(before, name), rel=1e-9)
    assert after.stiffness == before.stiffness
    energies = {
        "exchange_current_activation": 0.6, "diffusivity_activation": 0.2,
        "conductivity_activation": 0.4,
    }  # fmt: skip
    own = Inputs(temperature=COLD, **energies).model.regions["electrolyte"]
    names = ("rate_constant", "diffusivity", "conductivity")
    for name, energy in zip(names, energies.values(), strict=True):
        ratio = getattr(own, name) / getattr(before, name)
        assert ratio == pytest.approx(factor(energy, COLD), rel=1e-9)
    given = Inputs(temperature=HOT, reaction_constant=2.0, conductivity=1.0)
    assert given.rate_constant == pytest.approx(2 * expected, rel=1e-9)
    assert given.electrolyte_conductivity == pytest.approx(1e6 * expected, rel=1e-9)
    lines = {line.name: line.value for line in health(Inputs(temperature=HOT))}
    assert lines["L_eta"] == pytest.approx(Inputs(temperature=HOT).rate_constant)


def test_the_second_layer_has_a_barrier_of_its_own():
    line = r"temperature = 333.15 K: the conductivity of Li2ZrCl6 has no activation energy"
    with pytest.raises(InputError, match=line):
        _ = Bilayer(temperature=HOT).model
    hot = Bilayer(temperature=HOT, second_conductivity_activation=0.35).model.regions["lzc"]
    assert hot.conductivity == pytest.approx(LZC.conductivity.model * factor(0.35), rel=1e-9)
    given = {"second_conductivity": 1.0, "temperature": HOT}
    with pytest.raises(InputError, match="second_conductivity has no activation energy"):
        Bilayer(**given)
    own = Bilayer(**given, second_conductivity_activation=0.3).model.regions["lzc"]
    assert own.conductivity == pytest.approx(1e6 * factor(0.3), rel=1e-9)


def test_a_users_material_brings_its_barrier_and_its_temperature():
    entry = {
        "youngs_modulus": {"value": "40 GPa", "source": "own"},
        "poissons_ratio": {"value": 0.3, "source": "own"},
        "conductivity": {"value": "1 mS/cm", "source": "own"},
    }
    barrier = {
        "activation_energy": {"value": "0.35 eV", "source": "own"},
        "reference_temperature": {"value": "30 degC", "source": "own"},
    }
    found = registry.parse({"plain": entry, "mine": entry | barrier})
    assert registry.parse(registry.plain(found)) == found
    with registry.using(found):
        hot = Inputs(temperature=HOT, electrolyte="mine")
        assert hot.electrolyte_conductivity == pytest.approx(
            1e5 * factor(0.35, HOT, 303.15), rel=1e-9
        )
        assert Inputs(temperature=303.15, electrolyte="mine").electrolyte_conductivity == 1e5
        for constant in ("exchange_current_density", "diffusivity"):
            assert hot.thermal_factor(constant) == pytest.approx(factor(0.35), rel=1e-9)
        with pytest.raises(InputError, match="exchange_current_density has no activation energy"):
            Inputs(temperature=HOT, electrolyte="plain")
        given = Inputs(temperature=HOT, electrolyte="plain", conductivity_activation=0.3)
        assert given.electrolyte_conductivity == pytest.approx(1e5 * factor(0.3), rel=1e-9)
    bad = {"mine": entry | {"activation_energy": {"value": "0.35", "source": "own"}}}
    with pytest.raises(InputError, match="mine activation_energy"):
        registry.parse(bad)


def test_a_layered_cell_has_less_resistance_and_softer_lithium():
    cells = [SymmetricCell(temperature=t) for t in (COLD, ROOM, HOT)]
    resistances = [p.ohmic for p in cells]
    assert resistances[2] == pytest.approx(resistances[1] / factor(0.29), rel=1e-9)
    assert resistances == sorted(resistances, reverse=True)
    totals = [p.ohmic + line.value for p in cells for line in p.health() if line.name == "2 R_ct"]
    assert totals == sorted(totals, reverse=True)
    hot, models = cells[2], [p.model(("a", "b", "c"), ("ab", "bc"), 0.1) for p in cells]
    for region, sigma in models[1].conductivities.items():
        ratio = models[2].conductivities[region] / sigma
        assert ratio == pytest.approx(factor(0.29), rel=1e-9)
    # At one rate of A sigma^n the stress is as A^(-1/n).
    soft = factor(LITHIUM.creep_activation.value) ** (-1 / LITHIUM.creep_exponent.value)
    assert 0.7 < soft < 0.9
    assert models[2].pores.yield_stress == pytest.approx(hot.yield_stress * soft, rel=1e-9)
    faces = [Penetration(temperature=t).face(1e5) for t in (COLD, ROOM, HOT)]
    assert faces[2].conductivity == pytest.approx(faces[1].conductivity * factor(0.29), rel=1e-9)
    assert faces[0].exchange_current_density < faces[1].exchange_current_density


def test_a_mixed_conductor_needs_both_barriers():
    known = {"ionic_activation": 0.3, "electronic_activation": 0.1}
    room = MixedConductorInputs().model("layer")
    hot = MixedConductorInputs(temperature=HOT, **known).model("layer")
    # D = sigma / (f F c), so that T enters once more.
    ratio = hot.regions["layer"].electron_diffusivity / room.regions["layer"].electron_diffusivity
    assert ratio == pytest.approx(factor(0.1) * HOT / ROOM, rel=1e-9)
    exchange = [m.lithium.exchange_current_density for m in (room, hot)]
    assert exchange[1] == pytest.approx(factor(0.3) * exchange[0], rel=1e-9)
    with pytest.raises(InputError, match="electronic_conductivity has no activation energy"):
        MixedConductorInputs(temperature=HOT, ionic_activation=0.3)
    p = Pores(temperature=HOT, ionic_activation=0.3)
    assert p.thermal_factor("exchange_current_density") == pytest.approx(factor(0.3), rel=1e-9)


def test_wetting_and_interphase_go_as_their_reactions():
    room = WettingInputs(applied_overpotential=0.01, rate_constant=1.0)
    hot = room.model_copy(update={"temperature": HOT, "exchange_current_activation": 0.3})
    # M = i_0 v_m^2 / (F R T).
    ratio = hot.interface.mobility / room.interface.mobility
    assert ratio == pytest.approx(factor(0.3) * ROOM / HOT, rel=1e-9)
    assert hot.drive.rate_constant == pytest.approx(factor(0.3), rel=1e-9)
    barriers = {"bond_activation": 0.5, "electronic_activation": 0.4}
    cold, warm = InterphaseInputs().model(), InterphaseInputs(temperature=HOT, **barriers).model()
    assert (warm.first / cold.first, warm.second / cold.second) == pytest.approx(
        (factor(0.5), factor(0.5)), rel=1e-9
    )
    ratio = warm.path.diffusivity / cold.path.diffusivity
    assert ratio == pytest.approx(factor(0.4) * HOT / ROOM, rel=1e-9)


def strip(p, comm, domain):
    return simulation(p, lambda: domain or structured(comm, p.lengths, (2, 20)))


def test_heating_plates_more_lithium(tmp_path):
    """At a held potential, with reaction and conduction in series; 0, 25 and 60 degC."""
    small = {"width": 4.0, "height": 40.0, "element_size": 2.0, "nuclei": 0, "end_time": 60.0}
    case = Case(name="strip", title="a strip", parameters=Inputs, presets={"quick": small},
                build=strip)  # fmt: skip
    plated = []
    for temperature in (COLD, ROOM, HOT):
        values = [f"temperature={temperature} K", "noise_amplitude=0", "time_tolerance=0.05"]
        result = run_case(case, pairs=values, out=tmp_path / str(temperature), figures=False)
        plated.append(result.history["lithium [um^2]"].diff().sum())
    assert plated[0] < 0.6 * plated[1] < 0.36 * plated[2]
