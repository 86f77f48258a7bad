"""Li+ on its way to the lithium in a crack; docs/fracture.md.

A single-ion conductor beside metal at 0 V. With eta = phi - p V_m / F,

    div (sigma grad phi) = |grad d^4| i(eta) in the crack,    i(phi) at the electrode,

and a given current density at the counter electrode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.core.errors import InputError, StepFailed
from lithode.solvers.fracture.parameters import Region
from lithode.solvers.lithium_crack.parameters import POTENTIAL_PREFIX, Lithium
from lithode.solvers.numerics.blocks import EXPONENTIAL_NEWTON, MUMPS, NonlinearBlock, compiled
from lithode.solvers.numerics.gauges import boundary_size, integral, integrals_of_parts
from lithode.solvers.numerics.presets import Assembly
from lithode.solvers.numerics.properties import spread, with_constants
from lithode.solvers.numerics.quadrature import VERTEX
from lithode.solvers.physics import fracture, kinetics

Array = npt.NDArray[np.float64]

FACE_POWER = 4
"""The faces of a crack are where d^4 falls: |grad d^4| integrates to 2 across it, as |grad d| does,
but nearer to its middle."""
_SECANTS, _ACCURACY = 30, 1e-9


class Supply:
    """The potential of Li+ around a crack, and how much lithium it brings there.

    Args:
        domain: Mesh with the boundaries ``electrode`` and ``counter_electrode``; no current
            through others.
        damage: d, which is read at each solve.
        regions: Conductor of every region, by name.
        lithium: Where Li+ goes.
        assembly: As ``Numerics.assembly``.
        wall: Name of the boundary of a pore that is full of lithium too; none if empty.

    Raises:
        InputError: A number that must be positive is not.
    """

    def __init__(
        self,
        domain: Domain,
        damage: Function[Any],
        regions: Mapping[str, Region],
        lithium: Lithium,
        assembly: Assembly = "vectorised",
        wall: str = "",
    ) -> None:
        _check(regions, lithium)
        mesh, space = domain.mesh, damage.function_space
        self.lithium = lithium
        self._current = Constant(mesh, 0.0)
        self._back, self._part = Function(space), Function(space)
        self.potential = Function(space, name="potential")
        phi, test = self.potential, ufl.TestFunction(space)
        law = with_constants(mesh, lithium)
        dx = ufl.Measure("dx", domain=mesh)
        ds = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags, metadata=VERTEX)
        electrode, counter = (
            ds(domain.boundaries[name]) for name in ("electrode", "counter_electrode")
        )
        conductivity = spread(domain, regions, lambda region: region.conductivity)
        residual = conductivity * ufl.inner(ufl.grad(phi), ufl.grad(test)) * dx(degree=0)
        residual += _density(law, phi) * test * electrode - self._current * test * counter
        self._damage, self._faces = damage, Function(space)

        def on_faces(value: Any) -> Any:
            out = fracture.face_density(self._faces) * value * dx(metadata=VERTEX)
            pore = (1 - self._faces) * value
            return out + pore * ds(domain.boundaries[wall]) if wall else out

        inflow = _density(law, phi - self._back)
        if lithium.flow == "one_pressure":
            residual += on_faces(inflow * test)
        self._block = NonlinearBlock(
            residual,
            phi,
            [],
            POTENTIAL_PREFIX,
            {**EXPONENTIAL_NEWTON, **MUMPS},
            keeps_jacobian=False,
            assembly=assembly,
        )
        self._inflow, self._area = (
            compiled(on_faces(self._part * value)) for value in (inflow, 1.0)
        )
        self._plated = compiled(_density(law, phi) * electrode)
        self._size = boundary_size(domain, "counter_electrode")

    def solve(self, current: float, pressure: float) -> float:
        """Find the potential; returns the inflow of lithium in um^2/s (2D) or um^3/s.

        Args:
            current: Density at the counter electrode in A/m^2.
            pressure: Of the lithium in all cracks in MPa.

        Raises:
            StepFailed: Newton did not converge.
        """
        everywhere = np.ones(len(self._part.x.array))
        return float(self.inflows(current, np.array([pressure]), [everywhere])[0])

    def inflows(self, current: float, pressures: Array, shares: Sequence[Array]) -> Array:
        """Find the potential; returns the inflow into each crack, otherwise as ``solve``.

        Args:
            current: As for ``solve``.
            pressures: Of the lithium in each crack in MPa.
            shares: ``Cracks.shares``.
        """
        per_charge, back = self.lithium.volume_per_charge, self._back.x.array
        self._current.value = np.asarray(current)
        back[:] = 0.0
        for pressure, share in zip(pressures, shares, strict=True):
            back += pressure * per_charge * share
        self._follow_damage()
        self._block.solve()
        return per_charge * integrals_of_parts(self._inflow, self._part, shares)

    def stalling_current(self, pressure: float) -> float:
        """Return the current density in A/m^2 at which nothing flows into the crack in sum.

        The potential is then the one at this current.

        Raises:
            StepFailed: It was not found.
        """
        # A guess: the electrode alone would be at the crack's potential.
        guess = self._surface_conductance * self.lithium.volume_per_charge * pressure
        width = self.lithium.volume_per_charge * self._size
        current = root(
            lambda current: np.array([self.solve(current[0], pressure)]),
            np.array([guess]),
            np.array([[width]]),
        )
        return float(current[0])

    def stalling_pressures(self, current: float, shares: Sequence[Array], guess: Array) -> Array:
        """Return the pressures in MPa at which nothing flows into any crack in sum.

        The potential is then the one at these. Arguments as for ``inflows``, and first pressures.

        Raises:
            StepFailed: They were not found.
        """
        slope = np.diag(self.conductances(shares))
        return root(lambda pressures: -self.inflows(current, pressures, shares), guess, slope)

    def conductances(self, shares: Sequence[Array]) -> Array:
        """Return what pressures drive out of each crack at most, near balance.

        In um^2/s (um^3/s) per MPa.
        """
        self._follow_damage()
        scale = self.lithium.volume_per_charge**2 * self._surface_conductance
        return scale * integrals_of_parts(self._area, self._part, shares)

    @property
    def _surface_conductance(self) -> float:
        """i_0 F / (R T) in A/m^2 per V."""
        return self.lithium.exchange_current_density * self.lithium.inverse_thermal_voltage

    def _follow_damage(self) -> None:
        self._faces.x.array[:] = self._damage.x.array**FACE_POWER

    def inflow(self, current: float) -> float:
        """Return the inflow in um^2/s (um^3/s) of the present potential, at its current."""
        into = (current - self.electrode_current()) * self._size
        return self.lithium.volume_per_charge * into

    def stalling_pressure(self, current: float) -> Array:
        """Return the pressure in MPa at the local nodes at which nothing plates in the crack.

        Raises:
            StepFailed: Newton did not converge.
        """
        self.solve(current, 0.0)
        return np.asarray(self.potential.x.array / self.lithium.volume_per_charge)

    def electrode_current(self) -> float:
        """Return what goes to the electrode, in A/m^2 of the counter electrode."""
        return integral(self._plated) / self._size

    def inflow_width(self) -> float:
        """Return the width (3D: area) whose current goes into the crack at the present current.

        In um (um^2), for lithium without pressure. The potential is left as it is.
        """
        kept, current = self.potential.x.array.copy(), self.electrode_current() or 1.0
        width = self.solve(current, 0.0) / (current * self.lithium.volume_per_charge)
        self.potential.x.array[:] = kept
        return width


def root(function: Callable[[Array], Array], guess: Array, slope: Array) -> Array:
    """Return where functions that are nearly linear vanish, by Broyden's secants.

    Args:
        function: Takes n places and returns n values; collective, the same on every rank. It is
            called last with what is returned.
        guess: First places.
        slope: Its derivatives there, about, shape (n, n); better too steep than too flat.

    Raises:
        StepFailed: They were not found.
    """
    place, slope, value = guess, slope.copy(), function(guess)
    for _ in range(_SECANTS):
        try:
            step = np.linalg.solve(slope, -value)
        except np.linalg.LinAlgError:
            break
        if np.max(abs(step)) <= _ACCURACY * np.max(abs(place)):
            return place
        place = place + step
        further = function(place)
        # Values that are equal up to rounding say nothing of the slope.
        if np.any(further != value):
            slope += np.outer(further - value - slope @ step, step) / (step @ step)
        value = further
    raise StepFailed(f"fracture: no balance of the crack's lithium within {_SECANTS} secants")


def _density(law: Lithium, overpotential: Any) -> Any:
    """Return the current density into lithium, as UFL, in A/m^2."""
    f, exchange = law.inverse_thermal_voltage, law.exchange_current_density
    if law.kinetics == "linear":
        return exchange * f * overpotential
    return kinetics.surface_current(overpotential, f, law.symmetry_factor, exchange)


def _check(regions: Mapping[str, Region], lithium: Lithium) -> None:
    numbers = {
        "exchange_current_density": lithium.exchange_current_density,
        "molar_volume": lithium.molar_volume,
        "temperature": lithium.temperature,
    }
    numbers |= {f"conductivity of {name}": region.conductivity for name, region in regions.items()}
    for name, value in numbers.items():
        if not (np.isfinite(value) and value > 0):
            raise InputError(name, value, "must be finite and greater than 0")
