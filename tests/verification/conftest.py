"""A small graded layer, the smallest thing that has all of the physics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lithode.meshes import electrolyte
from lithode.meshes.electrolyte import Electrolyte
from lithode.meshes.shapes import Circle, Particle
from lithode.solvers.electrodeposition.initial import initial_lithium
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Numerics
from lithode.solvers.numerics.march import StepControl, march
from tests.verification.layers import STRONG, ParticleLayer

PARAMETERS = ParticleLayer(**STRONG, width=24.0, height=30.0, nuclei=2)
LAYER = Electrolyte(24.0, 30.0, 2.0, particles=(Particle(Circle((13.0, 18.0), 5.0)),))
CONTROL = StepControl(initial_step=1e-3, max_step=10.0, min_step=1e-7)


class Growth:
    """Builds and runs the small layer, with other physics if so told."""

    parameters, control = PARAMETERS, CONTROL

    def __init__(self, **physics: Any) -> None:
        self.physics = physics

    def domain(self, comm: Any) -> Any:
        return electrolyte.build(LAYER, comm)

    def model(
        self, comm: Any, domain: Any = None, physics: Any = None, **numerics: Any
    ) -> Electrodeposition:
        return Electrodeposition(
            self.domain(comm) if domain is None else domain,
            replace(PARAMETERS.model, **self.physics, **(physics or {})),
            initial_lithium(PARAMETERS),
            Numerics(**{"solver": "direct", **numerics}),
        )

    def run(self, model: Electrodeposition, end_time: float, *observers: Any) -> Any:
        return march(model, CONTROL, end_time, observers=observers)

    def steps(self, model: Electrodeposition, *sizes: float) -> Electrodeposition:
        """Take these steps, whatever their error."""
        for dt in sizes:
            model.advance(dt)
            model.accept()
        return model

    def values(self, model: Electrodeposition) -> list[Any]:
        """Copies of all accepted levels."""
        return [function.x.array.copy() for function in model.state().functions.values()]


@pytest.fixture
def growth() -> Growth:
    return Growth()
