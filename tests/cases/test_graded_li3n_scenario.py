"""Which runs of graded-li3n the paper is held against, and what its inputs claim."""

from __future__ import annotations

import pytest

from lithode.cases.graded_li3n.bilayer.case import CASE as BILAYER
from lithode.cases.graded_li3n.growth.case import CASE
from lithode.cases.graded_li3n.growth.parameters import Parameters
from lithode.core.parameters import describe


@pytest.mark.parametrize(
    "changed",
    [{"particles": "random"}, {"dimension": 3}, {"diffusivity": 2e-11}, {"interface_width": 3.0},
     {"drive_ratio": 0.8}, {"electrolyte": "lpscl"}, {"charge": "two_potential"}],
)  # fmt: skip
def test_another_system_is_not_judged_by_the_paper(changed):
    assert CASE.targets_of(Parameters(**changed)) == []
    numerical = {"element_size": 1.2, "time_tolerance": 1e-2, "seed": 3, "solver": "direct"}
    assert len(CASE.targets_of(Parameters(**numerical))) == 5
    assert len(CASE.targets_of(Parameters(particles="fine", **numerical))) == 5


def test_what_is_assumed_is_not_called_calibrated_or_numerical():
    rows = {row.name: row.provenance for row in describe(Parameters)}
    for name in ("surface_energy", "interface_width", "drive_ratio", "temperature"):
        assert rows[name] == "assumed"
    calibrated = {name for name, kind in rows.items() if kind == "calibrated"}
    assert calibrated == {
        "exchange_current_density", "diffusivity", "mechanical_factor", "eigenstrain_fine",
        "eigenstrain_coarse",
    }  # fmt: skip


def test_the_surface_energy_has_no_effect_of_its_own():
    """Only products of L_sigma with W, kappa and the noise enter, and drive_ratio scales them."""
    one, other = (Parameters(surface_energy=energy).diffuse_interface for energy in (0.1, 0.7))
    assert other.barrier == pytest.approx(7 * one.barrier)
    for name in ("barrier", "gradient_coefficient"):
        products = [i.mobility * getattr(i, name) for i in (one, other)]
        assert products[0] == pytest.approx(products[1], rel=1e-12)


def test_one_li3n_makes_both_figures():
    growth, bilayer = CASE.resolve("quick"), BILAYER.resolve("one-li3n")
    one, other = growth.model, bilayer.model
    assert one.regions == {name: other.regions[name] for name in one.regions}
    assert (one.transport, one.kinetics) == (other.transport, other.kinetics)
    assert one.overpotential == other.overpotential
    assert BILAYER.resolve("quick").model.regions["fine"] != one.regions["fine"]
    rows = {row.name: row for row in describe(bilayer)}
    assert rows["diffusivity"].source == "as graded-li3n"
    assert rows["layer_thickness"].provenance == "calibrated"
