"""Models are freed without the garbage collector, which ranks would run at different times."""

from __future__ import annotations

import gc
import weakref

import pytest
from mpi4py import MPI

from lithode.engine.registry import find

CASES = (
    "graded-li3n/bilayer",
    "cheng2020/interphase",
    "wang2024/transport",
    "wang2024/wetting",
    "ji2020/symmetric-cell",
)


@pytest.mark.parametrize("name", CASES)
def test_a_model_that_has_marched_is_freed(name):
    case = find(name)
    simulation = case.build(case.resolve(), MPI.COMM_SELF, None)
    model, dt = simulation.model, simulation.control.initial_step
    model.advance(dt)
    model.accept()
    model.measure()
    gc.collect()
    gc.disable()
    try:
        alive = weakref.ref(model)
        del model, simulation
        assert alive() is None
    finally:
        gc.enable()
