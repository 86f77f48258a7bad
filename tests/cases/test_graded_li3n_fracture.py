"""Cracks in the graded layer and in the layer on top of it, coarse."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.graded_li3n.bilayer_fracture import simulation as bilayer
from lithode.cases.graded_li3n.bilayer_fracture.parameters import Parameters as Flaw
from lithode.cases.graded_li3n.bilayer_fracture.targets import findings as flaw_findings
from lithode.cases.graded_li3n.fracture import simulation as layer
from lithode.cases.graded_li3n.fracture.parameters import Parameters as Crack
from lithode.cases.graded_li3n.fracture.targets import findings, path

pytestmark = pytest.mark.mpi


def after(sweep, *volumes):
    """Return what is measured after each volume."""
    rows = []
    for volume in volumes:
        sweep.advance(volume - sweep.time)
        sweep.accept()
        rows.append(sweep.measure())
    return rows


def test_a_swollen_rim_presses_on_a_flaw(comm):
    """Stored numbers; both flaws are as stiff, and their pressures apart by about as much."""
    p = Flaw(length_ratio=0.3, elements_per_length=2)
    sweep = bilayer.build(p, comm, None).model
    empty = sweep.measure()
    (row,) = after(sweep, 0.3 * p.volumes[1])
    gains = [r["pressure_swollen [MPa]"] - r["pressure_plain [MPa]"] for r in (empty, row)]
    assert empty["pressure_plain [MPa]"] == pytest.approx(0, abs=1e-6)
    assert gains[0] == pytest.approx(gains[1], rel=0.1)
    assert gains[0] == pytest.approx(19.011, rel=2e-3)
    assert row["pressure_plain [MPa]"] == pytest.approx(4.439, rel=2e-3)


def test_what_a_flaw_means_for_its_user():
    deep, shallow = Flaw(rim=40.0, flaw_length=20.0), Flaw(swelling_pressure=0.0)
    columns = {"pressure_swollen [MPa]": [40.0, 68.0], "pressure_plain [MPa]": [0.0, 27.0]}
    history = {name: np.array(values) for name, values in columns.items()}
    assert any("holds it shut" in line for line in flaw_findings(history, deep))
    assert deep.closing_pressure == pytest.approx(40, rel=1e-3)
    assert shallow.closing_pressure == 0


def test_a_crack_below_a_particle(comm):
    """Stored numbers of the first growth."""
    p = Crack(length=4.0, elements_per_length=2, toughness_ratio=4, seam_ratio=0.5)
    sweep = layer.build(p, comm, None).model
    first, last = after(sweep, p.volumes[1], 3 * p.volumes[1])
    assert first["pressure [MPa]"] == pytest.approx(32.277, rel=5e-3)
    assert last["pressure [MPa]"] < 3 * first["pressure [MPa]"]
    assert last["crack_top [um]"] > first["crack_top [um]"]
    parts = sum(last[f"crack_length_{name} [um]"] for name in ("around", "disc", "core"))
    assert parts == pytest.approx(last["crack_length [um]"], rel=1e-9)


def test_where_a_crack_went():
    p = Crack()

    def at(core, growth):
        columns = {
            "crack_top [um]": [15.0, 40.0],
            "crack_length_core [um]": [0.0, core * 2 * p.core_radius],
            "crack_length [um]": [20.0, 20.0 + growth],
        }
        return {name: np.array(values) for name, values in columns.items()}

    assert path(at(1.0, 50.0), p) == "through"
    assert path(at(0.1, 50.0), p) == "aside"
    assert path(at(0.0, 10.0), p) == "stopped"
    assert "through the particle" in findings(at(1.0, 50.0), p)[0]


def test_the_gain_that_is_known_is_that_of_the_defaults():
    from lithode.cases.graded_li3n.bilayer_fracture.parameters import Parameters
    from lithode.cases.graded_li3n.bilayer_fracture.targets import TARGETS

    assert TARGETS[0].paper == pytest.approx(Parameters().closing_pressure, rel=1e-5)
