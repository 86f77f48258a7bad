"""Masses, impedance and LPS alone of Ji 2020: numbers, own cells, input."""

from __future__ import annotations

import pytest

from lithode.cases.ji2020.cell_data.parameters import Parameters
from lithode.cases.tang2026.protocols.layers import layers_of, recovered
from lithode.cases.tang2026.protocols.parameters import Parameters as Protocols
from lithode.core.units import from_model
from lithode.engine.runner import run_case

NAME = "ji2020/cell-data"


def test_the_numbers_of_the_page(run_once):
    run = run_once(NAME)
    ratios = [v.ratio for v in run.verdicts]
    assert ratios == pytest.approx([0.941, 1.068, 1.75], rel=2e-3)
    assert [v.reproduced for v in run.verdicts] == [True, True, False]
    assert run.results["porosity of Li3N-LiF"].value == pytest.approx(0.123, abs=1e-3)
    assert (run.directory / "figures" / "contact.png").is_file()


def test_the_contact_is_that_of_the_other_paper():
    """Its numbers are typed here and found there."""
    p = Protocols()
    lithium = next(layer for layer in layers_of(p) if layer.name == "Li")
    theirs, ours = recovered(p, lithium), Parameters().contact
    assert ours.capacity == pytest.approx(theirs.capacity, rel=1e-3)
    assert ours.limiting_current == pytest.approx(theirs.limiting_current, rel=1e-3)
    assert ours.recovery == pytest.approx(theirs.recovery, abs=1e-3)
    assert (ours.law, ours.faces) == (theirs.law, theirs.faces)
    assert from_model(ours.recovery_current, "mA/cm^2") == pytest.approx(0.3)
    assert ours.recovery_current == pytest.approx(theirs.recovery_current)


@pytest.mark.parametrize(
    ("pair", "name", "sign"),
    [
        ("layer_mass=20", "porosity of Li3N-LiF", 1),
        ("nitride_density=1.9", "porosity of Li3N-LiF", 1),
        ("lps_mass=120", "thickness of LPS", 1),
        ("half_cycle=2", "CCD of lithium on the bare electrolyte", -1),
        ("limiting_current=5", "CCD of lithium on the bare electrolyte", 1),
        ("resistance=100", "voltage of the activated cell", -1),
    ],
)
def test_own_cells_end_with_an_answer_that_moves_as_physics_says(
    run_once, tmp_path, pair, name, sign
):
    plain = run_once(NAME)
    changed = run_case(NAME, pairs=[pair], out=tmp_path / "a", figures=False)
    assert changed.verdicts == []
    assert sign * (changed.results[name].value - plain.results[name].value) > 0


@pytest.mark.parametrize(
    ("pair", "words"),
    [("layer_mass=50", "of the volume of layer_thickness"), ("binder_share=1", "less than 1")],
)
def test_bad_input(refused, pair, words):
    refused(NAME, [pair], words)
