"""Taylor tests of the Jacobians that the solvers use: F(u + h v) - F(u) - h J v = O(h^2)."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.fem.petsc import assign
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.parameters import Charge
from lithode.solvers.mixed_conductor.inputs import MixedConductorInputs
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import Numerics as ConductorNumerics
from lithode.solvers.numerics.march import StepControl, march

SIZES = 0.02 / 2.0 ** np.arange(4)


class Taylor:
    """Remainders of a block, one row per unknown, at the present values of its unknowns.

    Args:
        block: The block, whose SNES is asked for residual and Jacobian.
        unknowns: Its functions.
        sizes: Size of the random direction per unknown, in the unit of each.
        conditions: Dirichlet conditions per unknown; the direction is zero there.
    """

    def __init__(self, block, unknowns, sizes, conditions):
        random = np.random.default_rng(1)
        directions = [fem.Function(unknown.function_space) for unknown in unknowns]
        for direction, size, held in zip(directions, sizes, conditions, strict=True):
            direction.x.array[:] = size * random.uniform(-1, 1, len(direction.x.array))
            for condition in held:
                condition.set(direction.x.array, None, 0.0)
        self._block, self._snes = block, block.snes
        self._matrix = self._snes.getJacobian()[0]
        self._state, self._step = (self._matrix.createVecRight() for _ in range(2))
        assign(unknowns, self._state)
        assign(directions, self._step)
        lengths = [len(unknown.x.array) for unknown in unknowns]
        self._parts = np.split(np.arange(sum(lengths)), np.cumsum(lengths)[:-1])
        self.assemble()

    def assemble(self):
        """Make the Jacobian of the state anew."""
        self._block._has_jacobian = False
        self._snes.computeJacobian(self._state, self._matrix)

    def _residual(self, h):
        at, out = self._state.copy(), self._matrix.createVecLeft()
        at.axpy(h, self._step)
        self._snes.computeFunction(at, out)
        return out.array.copy()

    def remainders(self, *, first_order=True):
        """Norms, shape (unknowns, sizes)."""
        slope = self._matrix * self._step
        start = self._residual(0.0)
        rests = [self._residual(h) - start - first_order * h * slope.array for h in SIZES]
        return np.array([[np.linalg.norm(rest[i]) for rest in rests] for i in self._parts])

    def orders(self, **arguments):
        remainders = self.remainders(**arguments)
        return np.log2(remainders[:, :-1] / remainders[:, 1:])[:, -1]


def at_work(growth, **numerics):
    """A model in the middle of a step, at a state where every term counts."""
    model = growth.steps(growth.model(MPI.COMM_SELF, **numerics), 0.1, 0.2, 0.3)
    model.advance(0.4)
    random = np.random.default_rng(0)
    phase = model._unknowns.phase.trial.x.array
    # Away from the kinks of the bounds on xi and of max(c, 0).
    phase[0::2] = 0.1 + 0.8 * random.random(len(phase) // 2)
    phase[1::2] = 0.5 + random.random(len(phase) // 2)
    for condition in model.conditions.phase:
        condition.set(phase)
    return model


@pytest.fixture
def phase(growth):
    """(xi, c) of the staggered model, with potential and stress given."""
    model = at_work(growth)
    unknown, coupling = model._unknowns.phase.trial, model._coupling
    return model, Taylor(coupling._phase_block, [unknown], [1.0], [model.conditions.phase])


def test_jacobian_of_order_parameter_and_concentration(phase):
    _, taylor = phase
    assert taylor.orders(first_order=False) == pytest.approx(1, abs=0.1)
    assert taylor.orders() == pytest.approx(2, abs=0.05)


def test_jacobian_follows_the_parameters(phase):
    """What an old Jacobian misses is of first order, for each of the things that may change."""
    model, taylor = phase
    properties, coupling = model.equations.properties, model._coupling

    changes = {
        "noise": (model._noise.x.array, 30.0),
        "stress": (coupling._lagged_stress.x.array, -40.0),
        "potential": (coupling._lagged_potential.x.array, -0.1),
        "diffusivity": (properties.diffusivity.x.array, 100.0),
        "rate constant": (properties.rate_constant.x.array, 0.1),
        "step": (model.transient.rate_weight.value.reshape(1), 30.0),
    }
    for what, (values, change) in changes.items():
        values += change
        assert taylor.orders() < 1.3, what
        taylor.assemble()
        assert taylor.orders() == pytest.approx(2, abs=0.05), what


def test_jacobian_of_everything_at_once(growth):
    model = at_work(growth, coupling="monolithic")
    conditions = model.conditions
    taylor = Taylor(
        model._coupling._block,
        [levels.trial for levels in model._unknowns.all],
        [1.0, 0.05, 5.0, 0.01],
        [conditions.phase, conditions.potential, [], conditions.displacement],
    )
    np.testing.assert_allclose(taylor.orders(first_order=False), 1, atol=0.1)
    np.testing.assert_allclose(taylor.orders(), 2, atol=0.05)


def test_jacobian_of_two_potentials(growth):
    growth.physics["charge"] = Charge.TWO_POTENTIAL
    model = at_work(growth)
    unknowns, conditions = model._unknowns, model.conditions
    taylor = Taylor(
        model._coupling._block,
        [unknowns.phase.trial, unknowns.potential.trial],
        [1.0, 0.05],
        [conditions.phase, conditions.potential],
    )
    np.testing.assert_allclose(taylor.orders(first_order=False), 1, atol=0.1)
    np.testing.assert_allclose(taylor.orders(), 2, atol=0.05)


@pytest.mark.parametrize("formulation", ["neutral", "poisson"])
@pytest.mark.parametrize("mode", ["potentiostatic", "galvanostatic"])
def test_jacobian_of_the_mixed_conductor(formulation, mode):
    parameters = MixedConductorInputs(mode=mode).model("interlayer")
    domain = structured(MPI.COMM_SELF, (20.0, 30.0), (6, 8), region="interlayer")
    model = MixedConductor(domain, parameters, ConductorNumerics(formulation))
    march(model, StepControl(1e-6, 1.0, 1e-9, max_growth=2.0), 0.01)
    model.advance(0.005)
    levels = model._levels.trial
    # Li+ and electrons everywhere of the order of those at lithium.
    count = levels.function_space.dofmap.index_map_bs
    random = np.random.default_rng(0)
    for component, middle in enumerate([0.0, 2.0, -0.5][:count]):
        values = levels.x.array[component::count]
        values[:] = middle + 0.5 * random.uniform(-1, 1, len(values))
    for condition in model.conditions:
        condition.set(levels.x.array)
    taylor = Taylor(model._block, [levels], [3.0], [model.conditions])
    assert taylor.orders(first_order=False) == pytest.approx(1, abs=0.1)
    assert taylor.orders() == pytest.approx(2, abs=0.05)
    changes = {
        "diffusivity of Li+": (model.equations.cation_diffusivity.x.array, 100.0),
        "diffusivity of electrons": (model.equations.electron_diffusivity.x.array, 1e3),
        "step": (model.transient.rate_weight.value.reshape(1), 30.0),
    }
    for what, (values, change) in changes.items():
        values += change
        assert taylor.orders() < 1.3, what
        taylor.assemble()
        assert taylor.orders() == pytest.approx(2, abs=0.05), what
