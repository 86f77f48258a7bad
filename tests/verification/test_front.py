"""A flat lithium front, grown by the whole model, against the speed of theory."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.units import to_model
from lithode.meshes.electrolyte import Electrolyte, build
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Numerics
from lithode.solvers.numerics.march import StepControl, march
from lithode.theory import free_energy, kinetics
from lithode.theory.free_energy import Interface
from tests.verification.manufactured import orders, parameters

COMM = MPI.COMM_SELF
INTERFACE = Interface(0.375, 0.476, 0.16)
D = free_energy.profile_length(INTERFACE.barrier, INTERFACE.gradient_coefficient)
WIDTH = free_energy.interface_width_10_90(INTERFACE.barrier, INTERFACE.gradient_coefficient)
F = inverse_thermal_voltage(298.15)

OVERPOTENTIAL = -0.025
# The metal is at one potential: ions at the front are in equilibrium with the counter electrode.
IONS = np.exp(-F * OVERPOTENTIAL)
WEAK = 0.02  # reaction over phase stiffness; the theory is of first order in it
RATE = WEAK * INTERFACE.mobility * INTERFACE.barrier / (IONS * np.exp(-0.5 * F * OVERPOTENTIAL))
SPEED = kinetics.front_speed(D, RATE, OVERPOTENTIAL, F, 0.5, IONS)
START, TRAVEL, HEIGHT = 2.5 * WIDTH, 4 * WIDTH, 10 * WIDTH


def strip(kind: str, per_width: float) -> tuple[Any, float]:
    """A strip a few elements wide, and its width."""
    size = WIDTH / per_width
    if kind == "structured":
        domain = structured(COMM, (4 * size, HEIGHT), (4, round(HEIGHT / size)))
        return domain, 4 * size
    return build(Electrolyte(6 * size, HEIGHT, size), COMM), 6 * size


@dataclass
class Track:
    """Mean height of the front, and the ions in it, after every step."""

    width: float
    rate: float
    times: list[float] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    ions: list[float] = field(default_factory=list)
    rows: list[Mapping[str, float]] = field(default_factory=list)

    def step(self, model: Any, record: Any) -> None:
        xi, c = (f.x.array for f in model.fields()[:2])
        bell = np.clip(xi * (1 - xi), 0, None) ** 2
        self.times.append(model.time)
        self.rows.append(model.measure())
        self.heights.append(self.rows[-1]["lithium [um^2]"] / self.width)
        self.ions.append(float(np.sum(bell * c) / np.sum(bell)))

    def output(self, model: Any) -> None:
        pass

    def speed_error(self) -> float:
        """Way travelled over that of theory, minus 1, once the profile has set in."""
        late = np.array(self.times) > 0.25 * self.times[-1]
        expected = [kinetics.front_speed(D, self.rate, OVERPOTENTIAL, F, 0.5, c) for c in self.ions]
        theory = np.trapezoid(np.array(expected)[late], np.array(self.times)[late])
        return float(np.ptp(np.array(self.heights)[late]) / theory - 1)


def grow(
    kind: str,
    per_width: float = 5,
    end: float = TRAVEL / SPEED,
    steps: int = 0,
    closure: Mapping[str, Any] | None = None,
    rate: float = RATE,
    **numerics: Any,
) -> tuple[Track, Any]:
    """Grow a flat front, with ``steps`` equal steps or as the tolerance wants."""
    diffusivity = numerics.pop("diffusivity", 200.0)
    conductivity = numerics.pop("conductivity", to_model(0.1, "S/m"))
    domain, width = strip(kind, per_width)
    physics = parameters(
        INTERFACE,
        rate_constant=rate,
        diffusivity=(diffusivity, diffusivity),
        conductivity=(to_model(1e9, "S/m"), conductivity),
        site_density=7.64e4,
        bulk_concentration=1e3,
        overpotential=OVERPOTENTIAL,
        **(closure or {}),
    )
    model = Electrodeposition(
        domain,
        physics,
        lambda x: 0.5 * (1 - np.tanh((x[:, 1] - START) / (2 * D))),
        Numerics(solver="direct", mechanics=False, **numerics),
    )
    track = Track(width, rate)
    control = StepControl(end / steps if steps else 1e-5 * end, end, 1e-9 * end, fixed=steps > 0)
    result = march(model, control, end, observers=[track])
    return track, result


@pytest.mark.parametrize("kind", ["structured", "unstructured"])
def test_speed_at_five_elements_and_the_default_tolerance(kind):
    track, _ = grow(kind)
    assert track.ions[-1] == pytest.approx(IONS, rel=0.02)
    assert abs(track.speed_error()) < 0.02


@pytest.mark.parametrize("drive", [0.35, 0.7])
def test_a_strong_drive_is_slower_than_its_first_order(drive):
    rate = RATE * drive / WEAK
    end = TRAVEL / SPEED * WEAK / drive
    track, _ = grow("structured", end=end, rate=rate, diffusivity=1e4, tolerance=1e-3)
    ions = track.ions[-1]
    net = rate * kinetics.driving(OVERPOTENTIAL, F, 0.5, ions)
    share = kinetics.speed_share(net / (INTERFACE.mobility * INTERFACE.barrier))
    assert share < 0.9
    assert track.speed_error() == pytest.approx(share - 1, abs=0.01)


@pytest.mark.parametrize("kind", ["structured", "unstructured"])
def test_leaning_quadrature_cancels_the_error_in_space(kind):
    leaning, gauss = (
        grow(kind, tolerance=1e-3, lumping=lumping)[0].speed_error() for lumping in (1 / 3, 0.0)
    )
    assert abs(leaning) < 0.002
    assert gauss > 0.008


def test_fast_diffusion_fails_no_step():
    # D dt / h^2 is 2e7: the residual cannot fall to its tolerance for round-off.
    track, result = grow("structured", diffusivity=1e5, tolerance=1e-2)
    assert result.step_failures == 0
    assert abs(track.speed_error()) < 0.02


def test_position_is_of_second_order_in_time():
    end = WIDTH / SPEED
    heights = [grow("structured", end=end, steps=n)[0].heights[-1] for n in (40, 80, 160)]
    changes = [abs(one - two) for one, two in itertools.pairwise(heights)]
    assert orders(changes)[0] == pytest.approx(2.0, abs=0.1)
