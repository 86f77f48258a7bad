"""Lithium that cracks its electrolyte: a coarse run, and what an electrolyte brings along."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.fracture.critical_current import simulation
from lithode.cases.fracture.critical_current.parameters import PRESETS, CriticalCurrentParameters
from lithode.cases.fracture.critical_current.targets import results
from lithode.cases.fracture.readings import over_law
from lithode.core.errors import InputError
from lithode.materials.library import LLZTO, LPSCL
from lithode.solvers.numerics.march import march

COARSE = {**PRESETS["quick"], "volume_step": 0.15}


def history(comm, **changes):
    """Return the history of a coarse run and its parameters."""
    p, rows = CriticalCurrentParameters(**{**COARSE, **changes}), []

    class Rows:
        def step(self, model, record):
            rows.append(model.measure())

        def output(self, model):
            pass

    run = simulation.build(p, comm, None)
    march(run.model, run.control, run.end_time, run.output_times, [Rows()])
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {"volume [um^2]": np.array(run.output_times[-len(rows) :]), **columns}, p


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
