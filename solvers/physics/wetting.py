"""Wetting of solid grains by lithium: energies of the phase field.

zeta is 1 in lithium and 0 in solid and pore. Two ways to give the wall its contact angle, after
equations 12 to 16 of Wang et al., Nature Energy 9 (2024) 251 (``grain_*``), or by the energy of
a wall that is a boundary of the mesh (``wall_*``). Derived in docs/wang2024-wetting.md.
"""

from __future__ import annotations

from typing import Any

import ufl


def content(zeta: Any) -> Any:
    """Return zeta^2 (3 - 2 zeta), the amount of lithium that the sharp interface would have.

    Its change across a profile is the surface energy's, so fixing its integral moves no profile.
    """
    return zeta**2 * (3 - 2 * zeta)


def content_slope(zeta: Any) -> Any:
    """Return 6 zeta (1 - zeta)."""
    return 6 * zeta * (1 - zeta)


def wall_energy(zeta: Any, surface_energy: Any, cosine: Any) -> Any:
    """Return -gamma cos(theta) (3 zeta^2 - 2 zeta^3), energy per area of a wall."""
    return -surface_energy * cosine * content(zeta)


def wall_pull(zeta: Any, surface_energy: Any, cosine: Any) -> Any:
    """Return gamma cos(theta) 6 zeta (1 - zeta), which is kappa d zeta/dn at a wall.

    The profile of a flat interface that meets the wall under theta fulfils it exactly.
    """
    return surface_energy * cosine * content_slope(zeta)


def grain_barrier(zeta: Any, squares: Any, strength: Any) -> Any:
    """Return B/2 zeta^2 sum_g phi_g^2 (equation 12), which keeps lithium out of the grains."""
    return strength / 2 * zeta**2 * squares


def grain_barrier_force(zeta: Any, squares: Any, strength: Any) -> Any:
    """Return B zeta sum_g phi_g^2."""
    return strength * zeta * squares


def grain_coupling(zeta: Any, grains: Any, coupling: Any) -> Any:
    """Return -k_Lg grad zeta . grad sum_g phi_g (equation 13); negative k_Lg is lithiophilic."""
    return -coupling * ufl.inner(ufl.grad(zeta), ufl.grad(grains))
