"""Lithium that cracks its electrolyte: a coarse run, and what an electrolyte brings along."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.fracture.critical_current import simulation
from lithode.cases.fracture.critical_current.parameters import PRESETS, CriticalCurrentParameters
from lithode.cases.fracture.critical_current.targets import results
from lithode.cases.fracture.readings import over_law
from lithode.cases.fracture.void import simulation as void
from lithode.cases.fracture.void import targets as of_void
from lithode.cases.fracture.void.parameters import PRESETS as VOIDS
from lithode.cases.fracture.void.parameters import VoidParameters
from lithode.cases.verification.pressurised_crack.parameters import CrackParameters
from lithode.cases.verification.pressurised_crack.simulation import build
from lithode.core.errors import InputError
from lithode.materials.library import LLZTO, LPSCL
from lithode.solvers.numerics.march import march

COARSE = {**PRESETS["quick"], "volume_step": 0.15}


def history(comm, **changes):
    """Return the history of a coarse run and its parameters."""
    p = CriticalCurrentParameters(**{**COARSE, **changes})
    return ran(simulation.build(p, comm, None)), p


def ran(run):
    """Return the history of a run."""
    rows = []

    class Rows:
        def step(self, model, record):
            rows.append(model.measure())

        def output(self, model):
            pass

    march(run.model, run.control, run.end_time, run.output_times, [Rows()])
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {"volume [um^2]": np.array(run.output_times[-len(rows) :]), **columns}


@pytest.mark.mpi
def test_a_coarse_flaw_bears_about_what_a_sharp_one_does(comm):
    """Stored numbers."""
    columns, p = history(comm)
    assert over_law(columns, p) == pytest.approx(0.8905, abs=2e-3)
    found = {result.name: result.value for result in results(columns, p)}
    assert found["critical_current"] == pytest.approx(
        0.8905 * found["closed form with one pressure"], rel=3e-3
    )
    assert found["what the crack does beyond"] == "runs"


def test_compression_of_the_block_adds_to_the_pressure_that_extends_the_flaw(comm):
    columns, p = history(comm, compression=60.0)
    free, without = history(comm)
    gain = max(columns["pressure [MPa]"]) - max(free["pressure [MPa]"])
    # Softened material gives way: 30 of 31 MPa at l = c / 20, less on a coarse mesh.
    assert gain == pytest.approx(49.9, abs=0.5)
    currents = [p.critical_current_of(10.0) for p in (p, without)]
    assert currents[0] / currents[1] == pytest.approx(1 + 60 / p.critical_pressure)


def test_an_electrolyte_brings_its_numbers():
    p = CriticalCurrentParameters()
    assert p.fracture_toughness == LLZTO.of("fracture_toughness").value
    q = CriticalCurrentParameters(electrolyte="LPSCL", conductivity="0.3 mS/cm")
    assert q.electrolyte == "lpscl"
    assert q.youngs_modulus == LPSCL.of("youngs_modulus").value
    assert q.conductivity == pytest.approx(0.03)
    with pytest.raises(InputError, match="Li3N has no fracture_toughness"):
        CriticalCurrentParameters(electrolyte="li3n")
    assert CriticalCurrentParameters(electrolyte="li3n", fracture_toughness=0.5).conductivity == 0.1
    with pytest.raises(InputError, match="electrolyte"):
        CriticalCurrentParameters(electrolyte="butter")


def coarse_void(comm, **changes):
    p = VoidParameters(**{**VOIDS["quick"], "interface_resistance": 2.0, **changes})
    return ran(void.build(p, comm, None)), p


@pytest.mark.mpi
def test_a_pore_bears_more_than_a_crack_as_deep(comm):
    """Stored numbers."""
    columns, p = coarse_void(comm)
    assert of_void.over_sharp(columns, p) == pytest.approx(1.2708, rel=2e-3)
    assert of_void.beyond(columns, p).startswith("runs")


def test_a_pore_with_a_groove_is_as_bad_as_a_crack_as_deep(comm):
    columns, p = coarse_void(comm, groove=3.0, last_volume=1.3)
    assert of_void.pressure_over_sharp(columns, p) == pytest.approx(1, abs=0.05)


def test_a_gap_crowds_the_current_at_its_rim(comm):
    """About as much as the closed form says, which has no cracked layer of a width."""
    given = {"flow": "none", "interface_resistance": 2e-6, "void": "gap", "last_volume": 0.9}
    found = [coarse_void(comm, void_width=width, **given) for width in (1.0, 50.0)]
    with_gap, without = (of_void.critical_current(columns, p) for columns, p in reversed(found))
    laws = [of_void.beside_gap(p) for _, p in found]
    assert with_gap / without == pytest.approx(laws[1] / laws[0], rel=0.12)


def test_strength_sets_the_length():
    p = VoidParameters(strength=700.0)
    assert p.wall_strength == pytest.approx(700)
    assert VoidParameters(strength=350.0).length == pytest.approx(4 * p.length)
    with pytest.raises(ValueError, match="void_height"):
        VoidParameters(void_height=10.0)


def test_what_a_void_means_for_its_user():
    p = VoidParameters()
    columns = {
        "current_density [A/m^2]": [10.0, 100.0, 40.0],
        "crack_length [um]": [10.0, 10.2, 15.0],
    }

    def said(*tops):
        history = {**columns, "crack_top [um]": list(tops)}
        return of_void.findings({name: np.array(row) for name, row in history.items()}, p)[0]

    assert "runs" in said(10.0, 10.0, 15.0)
    assert "spalls" in said(10.0, 10.0, 10.0)


@pytest.mark.slow
@pytest.mark.parametrize("finer", [4, 8])
def test_the_volume_of_at2_hardly_depends_on_the_mesh(comm, finer):
    """What it has too much of at l = 0.05 a is its length, by 0.7 l at each tip; stored."""
    p = CrackParameters(regularisation="AT2", length_ratio=0.05, elements_per_length=finer)
    sweep, volume = build(p, comm, None).model, 0.02 * p.critical_volume
    sweep.advance(volume)
    sweep.accept()
    ratio = volume / p.opened_volume(sweep.measure()["pressure [MPa]"])
    assert ratio == pytest.approx({4: 1.0589, 8: 1.0541}[finer], abs=5e-4)
