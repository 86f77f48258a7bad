"""What the models declare for anybody: nothing of a paper, and a system that runs."""

from __future__ import annotations

import pytest

from lithode.core.parameters import describe
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.layered_cell.inputs import LayeredCellInputs
from lithode.solvers.mixed_conductor import health as mixed_conductor
from lithode.solvers.mixed_conductor.inputs import MixedConductorInputs
from lithode.solvers.wetting import health as wetting
from lithode.solvers.wetting.inputs import WettingInputs


@pytest.mark.parametrize(
    "inputs", [InterphaseInputs, LayeredCellInputs, MixedConductorInputs, WettingInputs]
)
def test_neutral_inputs_claim_nothing_of_a_paper(inputs):
    """They are what `show` lists of a case of one's own."""
    for row in describe(inputs):
        assert row.provenance not in ("paper", "calibrated"), row.name
        assert "Fig." not in row.source, row.name


@pytest.mark.parametrize(
    "health",
    [
        InterphaseInputs().health,
        LayeredCellInputs().health,
        lambda: mixed_conductor.health(MixedConductorInputs(), height=10.0),
        lambda: wetting.health(WettingInputs(), pore_width=2.0),
    ],
)
def test_neutral_inputs_are_healthy(health):
    assert all(line.healthy for line in health())


def test_neutral_inputs_of_the_mixed_conductor_give_its_conductivities():
    """sigma = F^2 c D / (R T), 3e-4 S/cm at 1000 mol/m^3."""
    p = MixedConductorInputs()
    diffusivity = 1e-12 * p.model("any").regions["any"].cation_diffusivity  # in m^2/s
    f = p.model("any").inverse_thermal_voltage
    assert 96485.33 * f * 1e3 * diffusivity == pytest.approx(0.03, rel=1e-6)  # in S/m
    assert not p.model("any").nucleation


def test_neutral_wetting_is_neither_philic_nor_phobic():
    p = WettingInputs()
    assert p.model("grains").solid.contact_angles == {"grains": 90.0}
    assert p.pressure == 0


def test_a_single_layer_needs_no_junction():
    inputs = LayeredCellInputs()
    inputs.check()
    physics = inputs.model(["layer 1"], [], 0.01)
    assert physics.conductivities == {"layer 1": pytest.approx(1e5)}
    assert physics.porous == (50.0, 50.0)
    assert inputs.ohmic == pytest.approx(10.0)
