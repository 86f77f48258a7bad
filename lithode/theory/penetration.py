"""Lithium that plating presses into the open pores of a layer, against capillarity and friction.

Pores are straight tubes of one diameter. What drives is the overpotential at the face of the
layer as a pressure, what resists is the capillary pressure at the mouth and the shear of the
plug on the wall, which grows with its length. Derived in docs/ji2020-penetration.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY
from lithode.core.errors import SolverError

Array = npt.NDArray[np.float64]

_STEPS = 24
_BOUND = 30.0
_TINY = 1e-12
_TOLERANCE = 1e-4


@dataclass(frozen=True)
class Pores:
    """Open pores and the lithium in them; numbers, or arrays of one shape.

    Attributes:
        diameter: D in um.
        porosity: eps, the share of the volume.
        interface_energy: gamma of the wall against lithium in pJ/um^2.
        yield_stress: sigma_y of lithium in MPa.
        molar_volume: v_m of lithium in um^3/amol.
        share: chi, the share of the plated lithium that goes into pores if nothing resists.
    """

    diameter: Any
    porosity: Any
    interface_energy: Any
    yield_stress: Any
    molar_volume: float
    share: Any

    @property
    def wall(self) -> Any:
        """Wall area per volume, 4 eps / D, in 1/um."""
        return 4 * self.porosity / self.diameter

    @property
    def entry_pressure(self) -> Any:
        """Capillary pressure 4 gamma / D in MPa; negative if the wall draws lithium in."""
        return 4 * self.interface_energy / self.diameter

    @property
    def friction(self) -> Any:
        """Pressure 4 tau / D in MPa that a um of plug takes, tau = sigma_y / sqrt(3)."""
        return 4 * self.yield_stress / (math.sqrt(3) * self.diameter)

    def resistance(self, depth: Any) -> Any:
        """Return the pressure in MPa that a plug of ``depth`` um withstands."""
        return self.entry_pressure + self.friction * depth

    def largest_depth(self, pressure: Any) -> Any:
        """Return the depth in um at which ``pressure`` is balanced, 0 if it opens no pore."""
        return np.maximum((pressure - self.entry_pressure) / self.friction, 0.0)

    def plating_pressure(self, overpotential: Any) -> Any:
        """Return P = F eta / v_m in MPa, the most that an overpotential in V can press with."""
        return FARADAY * overpotential / self.molar_volume

    def filling(self, overpotential: Any, depth: Any) -> Any:
        """Return d depth / d charge in um per C/m^2 of plating.

        Args:
            overpotential: At the face, in V; nothing moves where it is not positive.
            depth: In um.
        """
        pressure = self.plating_pressure(overpotential)
        driven = pressure > 0
        left = 1 - self.resistance(depth) / np.where(driven, pressure, 1.0)
        most = self.share * self.molar_volume / (FARADAY * self.porosity)
        return np.where(driven, most * np.maximum(left, 0.0), 0.0)

    def held(self, depth: Any) -> Any:
        """Return the charge in C/m^2 of the lithium in pores filled to ``depth``."""
        return FARADAY * self.porosity * depth / self.molar_volume


@dataclass(frozen=True)
class Face:
    """Where lithium is plated: the face of the layer and the walls of its filled pores.

    Attributes:
        contact: True over projected area of the face, A_0.
        exchange_current_density: i_0 per true area in A/m^2.
        conductivity: Of the layer in uS/m.
        inverse_thermal_voltage: f = F / (R T) in 1/V.
    """

    contact: Any
    exchange_current_density: Any
    conductivity: Any
    inverse_thermal_voltage: float

    def overpotential(self, current: Any, wall: Any, depth: Any) -> Array:
        """Return the overpotential in V at the face, x = 0, for a current that comes from depth.

        Solves sigma eta'' = a i_n(eta) over the filled depth d, with i_n = 2 i_0 sinh(f eta / 2),
        sigma eta' = A_0 i_n at x = 0 and sigma eta' = i at x = d, by shooting from the face.

        Args:
            current: i > 0 in A/m^2.
            wall: a in 1/um.
            depth: d in um.
        """
        from scipy.optimize import elementwise

        f, i0 = self.inverse_thermal_voltage, self.exchange_current_density
        scale = f * i0 / self.conductivity
        slope = f * current / (2 * self.conductivity)
        at_face, inside, goal, depth = np.broadcast_arrays(
            scale * self.contact, scale * wall, slope, np.asarray(depth, dtype=np.float64)
        )

        def missed(u: Array, at_face: Array, inside: Array, goal: Array, depth: Array) -> Array:
            return _end_slope(u, at_face, inside, depth) / goal - 1

        # The face alone would take the largest overpotential.
        bracket = np.zeros_like(goal), np.arcsinh(goal / at_face) * (1 + _TINY) + _TINY
        found = elementwise.find_root(
            missed, bracket, args=(at_face, inside, goal, depth), tolerances={"xrtol": 1e-10}
        )
        return np.asarray(2 * found.x / f)


def depths(
    face: Face,
    pores: Pores,
    current: Any,
    charges: Array,
    thickness: Any,
    progress: Callable[[float], None] = lambda part: None,
) -> Array:
    """Return depths in um of lithium after plated charges, shape (variants, charges).

    Args:
        face: Where lithium is plated; a number or an array by variant in each field.
        pores: Likewise.
        current: Of plating, in A/m^2, likewise.
        charges: Plated so far, from 0, in C/m^2.
        thickness: Of the porous layer in um, likewise; lithium goes no deeper.
        progress: Told the part that is done, from 0 to 1.

    Raises:
        SolverError: The depth could not be integrated.
    """
    from scipy.integrate import solve_ivp
    from scipy.sparse import eye_array

    shape = np.broadcast(*(vars(face) | vars(pores)).values()).size

    def rate(charge: float, depth: Array) -> Any:
        progress(charge / charges[-1])
        overpotential = face.overpotential(np.array(current), pores.wall, depth)
        return pores.filling(overpotential, depth)

    # Explicit steps would overshoot the depth that is balanced, and nothing draws lithium back.
    found = solve_ivp(
        rate,
        (0.0, charges[-1]),
        np.zeros(shape),
        "BDF",
        charges,
        rtol=_TOLERANCE,
        atol=_TOLERANCE,
        jac_sparsity=eye_array(shape),
    )
    if not found.success:
        raise SolverError(f"the depth could not be integrated: {found.message}")
    return np.asarray(np.minimum(found.y.T, thickness).T)


def _end_slope(u: Array, at_face: Array, inside: Array, depth: Array) -> Array:
    """Return u'(d) of u'' = k^2 sinh u from the face by the classical Runge-Kutta method."""
    h = depth / _STEPS

    def bend(u: Array) -> Array:
        return inside * np.sinh(np.minimum(u, _BOUND))

    v = at_face * np.sinh(u)
    for _ in range(_STEPS):
        k1, l1 = v, bend(u)
        k2, l2 = v + h / 2 * l1, bend(u + h / 2 * k1)
        k3, l3 = v + h / 2 * l2, bend(u + h / 2 * k2)
        k4, l4 = v + h * l3, bend(u + h * k3)
        u, v = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), v + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return v
