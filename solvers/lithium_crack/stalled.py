"""A crack full of lithium at the current that just holds it: the critical current as it grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function, FunctionSpace

from lithode.core.errors import InputError, StepFailed
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.solvers.lithium_crack.supply import Supply, root

Array = npt.NDArray[np.float64]

_PROFILES, _ACCURACY = 20, 1e-6


class StalledCrack:
    """The model; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    The load is the volume of lithium, as in ``Fracture``. The current is the one at which no more
    plates in the crack (``flow=none``: anywhere in it; ``flow=one_pressure``: in sum). Where it
    falls as the crack grows, a larger one makes the crack run.

    Args:
        crack: Filled by a volume.
        lithium: What fills it.

    Raises:
        InputError: The crack is not filled, or a number that must be positive is not.
    """

    name = "stalled crack"

    def __init__(self, crack: Fracture, lithium: Lithium) -> None:
        if crack.parameters.load != "volume":
            raise InputError("load", crack.parameters.load, "volume where lithium fills the crack")
        self.crack, self.domain, self.lithium = crack, crack.domain, lithium
        p, n = crack.parameters, crack.numerics
        self.supply = Supply(crack.domain, crack.damage, p.regions, lithium, n.assembly, p.wall)
        if lithium.flow == "one_pressure":
            # With one crack the current follows from its pressure.
            crack.filled.rule = self._pressures if len(crack.cracks.seeds) > 1 else None
        else:
            crack.cracks.unite()
            crack.filled.profile.name = "pressure_profile"
            self._follow_potential(1.0)

    def _follow_potential(self, current: float) -> float:
        """Make the multiplier of the crack's pressure the current in A/m^2.

        Returns:
            By how much its profile changes, relatively.
        """
        profile = self.crack.filled.profile.x.array
        before = profile.copy()
        profile[:] = self.supply.stalling_pressure(current) / current
        change, largest = self.crack.largest(abs(profile - before)), self.crack.largest(profile)
        return change / largest

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        nodes = int(self.crack.damage.function_space.dofmap.index_map.size_global)
        return self.crack.unknowns + nodes

    @property
    def load(self) -> float:
        """Volume in um^2 (2D, per thickness) or um^3."""
        return self.crack.load

    @load.setter
    def load(self, load: float) -> None:
        self.crack.load = load

    def solve(self) -> tuple[int, int]:
        """Fill the crack, and find the potential; see ``SteadyModel.solve``."""
        if self.lithium.flow == "none":
            return self._solve_without_flow()
        if len(self.crack.cracks.seeds) > 1:
            self._unit_pressures = np.zeros(0)
            return self.crack.solve()
        iterations = self.crack.solve()
        self.supply.stalling_current(float(self.crack.filled.multipliers()[0]))
        return iterations

    def _pressures(self, rest: Array, opened: Array) -> Array:
        """Return those in MPa of several cracks that stall at one current and hold the load."""
        shares, supply, unit = self.crack.cracks.shares, self.supply, self._unit_pressures
        if len(unit) != len(shares):
            unit = np.zeros(len(shares))
        self._unit_pressures = unit = supply.stalling_pressures(1.0, shares, unit)
        missing, opening = self.load - rest.sum(), opened.sum(axis=0)
        if not missing:
            supply.solve(0.0, 0.0)
            return np.zeros(len(shares))

        def defect(found: Array) -> Array:
            inflows = supply.inflows(float(found[0]), found[1:], shares)
            return np.array([opening @ found[1:] - missing, *-inflows])

        # As if the kinetics were linear, and no crack took from another.
        conductances = supply.conductances(shares)
        slope = np.zeros((len(shares) + 1, len(shares) + 1))
        slope[0, 1:], slope[1:, 0] = opening, -conductances * unit
        slope[1:, 1:] = np.diag(conductances)
        guess = missing / (opening @ unit) * np.array([1.0, *unit])
        return root(defect, guess, slope)[1:]

    def _solve_without_flow(self) -> tuple[int, int]:
        """The profile depends on the current unless kinetics are linear."""
        alternations = linear = 0
        for _ in range(_PROFILES):
            spent = self.crack.solve()
            alternations, linear = alternations + spent[0], linear + spent[1]
            current = float(self.crack.filled.multipliers()[0])
            if not current or self._follow_potential(current) < _ACCURACY:
                return alternations, linear
        raise StepFailed("fracture: the pressure along the crack does not settle")

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return displacement, damage and potential, and the pressure's profile without flow."""
        found = [*self.crack.unknown_functions(), self.supply.potential]
        return [*found, self.crack.filled.profile] if self.lithium.flow == "none" else found

    def measure(self) -> Mapping[str, float]:
        """Return the crack as ``Fracture.measure``, the current and what it would bring.

        Without flow ``pressure`` is the largest in the crack, which is that at its tip.
        ``inflow_width`` is the width (an area in 3D) of the counter electrode whose current goes
        into the crack while its pressure is low.
        """
        square = "um^2" if self.domain.mesh.geometry.dim == 3 else "um"
        row = self.crack.measure()
        if self.lithium.flow == "none":
            current = float(self.crack.filled.multipliers()[0])
            tip = current * self.crack.tip.largest(np.asarray(self.crack.filled.profile.x.array))
            return {"current_density [A/m^2]": current, **row, "pressure [MPa]": tip}
        current, width = self.supply.electrode_current(), self.supply.inflow_width()
        return {"current_density [A/m^2]": current, f"inflow_width [{square}]": width, **row}

    def front(self) -> tuple[FunctionSpace[Any], npt.NDArray[np.float64]]:
        """Return the damage, for meshes that follow cracks."""
        return self.crack.front()

    def fields(self) -> Sequence[Function[Any]]:
        """Return the damage, the displacement (um) and the potential of Li+ (V)."""
        return [*self.crack.fields(), self.supply.potential]
