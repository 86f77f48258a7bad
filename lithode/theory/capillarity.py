"""Contact angles and capillary pressures of lithium between solid grains, in closed form or in 1D.

Derived in docs/wang2024-wetting.md.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY
from lithode.core.errors import InputError

Array = npt.NDArray[np.float64]


def pore_pressure(surface_energy: float, contact_angle: float, width: float, dim: int = 2) -> float:
    """Return the pressure in MPa that lithium needs to enter a straight pore; negative if drawn in.

    -2 gamma cos(theta) / w of a slit, twice that of a round pore.

    Args:
        surface_energy: gamma in pJ/um^2, which is J/m^2.
        contact_angle: theta in degrees.
        width: Of the slit, or diameter, in um.
        dim: 2 for a slit, 3 for a round pore.
    """
    return -2 * (dim - 1) * surface_energy * math.cos(math.radians(contact_angle)) / width


def row_pressure(surface_energy: float, contact_angle: float, radius: float, gap: float) -> float:
    """Return the pressure in MPa that lithium needs to pass a row of discs, or cylinders.

    The meniscus meets the discs at an angle psi above their centres, where the slit is
    g + 2 R (1 - cos psi) wide and its walls tilt by psi: the largest of
    -2 gamma cos(theta + psi) / width over psi from where a flat one rests.

    Args:
        surface_energy: gamma in pJ/um^2.
        contact_angle: theta in degrees.
        radius: R in um.
        gap: g in um.
    """
    psi = np.radians(np.linspace(-90, 90, 3601))
    width = gap + 2 * radius * (1 - np.cos(psi))
    pressures = -2 * surface_energy * np.cos(math.radians(contact_angle) + psi) / width
    return float(pressures.max())


def pressure_overpotential(pressure: float, molar_volume: float) -> float:
    """Return P v_m / F in V, the overpotential worth a pressure of lithium."""
    return pressure * molar_volume / FARADAY


# Energies over kappa / d and lengths over d: the interface has the energy 1/6.
_GAMMA = 1.0 / 6.0
_REACH = 18.0
_MOST_NEGATIVE = -8.0


def coupling_angle(ratio: float, barrier_ratio: float, width_ratio: float = 1.0) -> float:
    """Return the contact angle in degrees that grain fields give, by least energy in 1D.

    cos(theta) = (gamma_SP - gamma_SL) / gamma, each the least energy of a flat grain with pore or
    lithium before it; the pore's has the thin film that the coupling leaves on a bare grain.

    Args:
        ratio: k_Lg / kappa.
        barrier_ratio: B / A.
        width_ratio: Profile length of phi_g over that of zeta.
    """
    return math.degrees(math.acos(min(1.0, max(-1.0, _cosine(ratio, barrier_ratio, width_ratio)))))


@cache
def grain_coupling_ratio(
    contact_angle: float, barrier_ratio: float, width_ratio: float = 1.0
) -> float:
    """Return the k_Lg / kappa that gives a contact angle in degrees; see ``coupling_angle``.

    Raises:
        InputError: The angle is not between 0 and 180, or cannot be reached.
    """
    from scipy.optimize import brentq

    if not 0 <= contact_angle <= 180:
        raise InputError("contact_angle", contact_angle, "must be between 0 and 180", "deg")
    if contact_angle == 180:
        return 0.0
    cosine = math.cos(math.radians(contact_angle))

    def excess(ratio: float) -> float:
        return _cosine(ratio, barrier_ratio, width_ratio) - cosine

    low = -0.5
    while excess(low) < 0:
        low *= 1.5
        if low < _MOST_NEGATIVE:
            allowed = f"cannot be reached with B/A = {barrier_ratio:g} and these widths"
            raise InputError("contact_angle", contact_angle, allowed, "deg")
    return float(brentq(excess, low, 0.0, xtol=1e-5))


def _cosine(ratio: float, barrier_ratio: float, width_ratio: float) -> float:
    bare = _wall_energy(ratio, barrier_ratio, width_ratio, 0.0)
    # Lithium that has let go of the grain is a stationary state too.
    wet = min(_wall_energy(ratio, barrier_ratio, width_ratio, 1.0), _GAMMA + bare)
    return (bare - wet) / _GAMMA


def _wall_energy(ratio: float, barrier_ratio: float, width_ratio: float, before: float) -> float:
    """Least energy of zeta before a flat grain at x > 0; ``before`` is its value far from it."""
    from scipy.integrate import solve_bvp

    def grain(x: Array) -> tuple[Array, Array, Array]:
        t = np.tanh(x / (2 * width_ratio))
        slope = (1 - t**2) / (4 * width_ratio)
        return (1 + t) / 2, slope, -t * slope / width_ratio

    def equations(x: Array, y: Array) -> Array:
        zeta, slope = y[:2]
        phi, phi_slope, curvature = grain(x)
        force = zeta * (1 - zeta) * (1 - 2 * zeta) + barrier_ratio / 2 * zeta * phi**2
        energy = (
            zeta**2 * (1 - zeta) ** 2 / 2
            + barrier_ratio / 4 * zeta**2 * phi**2
            + slope**2 / 2
            - ratio * slope * phi_slope
        )
        return np.array([slope, force + ratio * curvature, energy])

    def ends(left: Array, right: Array) -> Array:
        return np.array([left[0] - before, right[0], left[2]])

    x = np.linspace(-_REACH, _REACH, 181)
    phi, phi_slope, _ = grain(x)
    guess = np.array([before * (1 - phi), -before * phi_slope, np.zeros_like(x)])
    found = solve_bvp(equations, ends, x, guess, tol=1e-6, max_nodes=20_000)
    # Where lithium does not hold to the grain there is no such state: let go it has no limit.
    return float(found.y[2, -1]) if found.success else math.inf


def grain_profile(distance: Array, length: float) -> Array:
    """Return phi_g = (1 - tanh(s / (2 d))) / 2 at a distance s from its surface, negative inside.

    Args:
        distance: In um.
        length: d in um.
    """
    profile: Array = 0.5 * (1 - np.tanh(distance / (2 * length)))
    return profile
