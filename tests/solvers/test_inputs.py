"""What the models declare for anybody: nothing of a paper, and a system that runs."""

from __future__ import annotations

import pytest

from lithode.core.parameters import describe
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.layered_cell.inputs import LayeredCellInputs


@pytest.mark.parametrize("inputs", [InterphaseInputs, LayeredCellInputs])
def test_neutral_inputs_claim_nothing_of_a_paper(inputs):
    """They are what `show` lists of a case of one's own."""
    for row in describe(inputs):
        assert row.provenance not in ("paper", "calibrated"), row.name
    inputs().health()


def test_a_single_layer_needs_no_junction():
    inputs = LayeredCellInputs()
    inputs.check()
    physics = inputs.model(["layer 1"], [], 0.01)
    assert physics.conductivities == {"layer 1": pytest.approx(1e5)}
    assert physics.porous == (50.0, 50.0)
    assert inputs.ohmic == pytest.approx(10.0)
