"""A diffuse lithium front whose speed is prescribed: signed distance, curvature, relaxation.

The front is the zero of a signed distance psi (um, positive in lithium). The order parameter
xi = (1 + tanh(psi / 2d)) / 2 is the profile of the classic double well, of 10-90 % width
2 ln(9) d. The flow that keeps |grad psi| = 1 has the curvature of the front taken out and
conserves the integral of xi: Chiu and Lin, J. Comput. Phys. 230 (2011) 185; written in psi as in
Jain, J. Comput. Phys. 469 (2022) 111529. Derived in docs/quantitative-interface.md.
"""

from __future__ import annotations

from typing import Any

import ufl

ALONG = 0.2590416717
"""Share of (1 - xi)^2 (1 + 2 xi) in `electrolyte_along`; tests/solvers/test_front_terms.py."""
BENT = 1.7886098415
"""c of phi - c d^2 K dphi/dn, the potential at a sharp front that is bent."""
# |grad psi| far below 1, as on a ridge between two fronts, has no direction.
_FLAT = 1e-3


def order_parameter(distance: Any, length: Any) -> Any:
    """Return xi = (1 + tanh(psi / 2d)) / 2.

    Args:
        distance: psi in um, positive in lithium.
        length: d in um.
    """
    return (1 + ufl.tanh(distance / (2 * length))) / 2


def surface_density(distance: Any, length: Any) -> Any:
    """Return |grad xi| = xi (1 - xi) / d in 1/um: front per volume; see `order_parameter`."""
    return (1 - ufl.tanh(distance / (2 * length)) ** 2) / (4 * length)


def across_and_along(slope: Any, normal: Any, across: Any, along: Any) -> Any:
    """Return a n (n . g) + b (g - n (n . g)): a gradient conducted across and along the front.

    Args:
        slope: g.
        normal: n.
        across: a.
        along: b.
    """
    return along * slope + (across - along) * ufl.dot(normal, slope) * normal


def electrolyte_along(xi: Any) -> Any:
    """Return how well the layer conducts along the front, over the electrolyte.

    A polynomial of 1 - xi whose moments make the potential at the front that of a sharp one to
    second order in d, where across the front the layer conducts as 1 - xi; see `ALONG`.

    Args:
        xi: Order parameter.
    """
    f = 1 - xi
    square, share = f * f, ALONG
    return square * (share * (1 + 2 * xi) + (1 - share) * square * (1 + 22 / 3 * xi))


def front_weight(distance: Any, length: Any, power: int) -> Any:
    """Return (4 xi (1 - xi))^power, which is 1 on the front and 0 away from it."""
    return (1 - ufl.tanh(distance / (2 * length)) ** 2) ** power


def into_lithium(distance: Any) -> Any:
    """Return the unit vector grad psi / |grad psi|, which fades where psi has no slope."""
    slope = ufl.grad(distance)
    return slope / ufl.sqrt(ufl.inner(slope, slope) + _FLAT**2)


def relaxation(distance: Any, normal: Any, test: Any) -> Any:
    """Return the integrand of -d^2 psi / dn^2 as a flow to |grad psi| = 1, over its rate.

    (n . grad psi - 1) n . grad q: diffusion along the normal alone, so that a front does not
    shrink by its curvature.

    Args:
        distance: psi in um.
        normal: n, `into_lithium` of a guess of psi: the term is linear in psi.
        test: Test function q.
    """
    return (ufl.dot(normal, ufl.grad(distance)) - 1) * ufl.dot(normal, ufl.grad(test))


def missed_curvature(distance: Any, averaged: Any, normal: Any, test: Any) -> Any:
    """Return the integrand of minus the curvature that averaged normals miss.

    (grad psi - m) . grad q of the components along the front. It is small as h^2 where psi is
    smooth, and the whole curvature of a psi that zigzags from node to node.

    Args:
        distance: psi in um.
        averaged: m, unit normals averaged at the nodes, of a guess of psi.
        normal: n, `into_lithium` of that guess.
        test: Test function q.
    """
    difference = ufl.grad(distance) - averaged
    across = ufl.dot(normal, difference) * ufl.dot(normal, ufl.grad(test))
    return ufl.inner(difference, ufl.grad(test)) - across


def along_normal(value: Any, normal: Any, test: Any, isotropic: float) -> Any:
    """Return the integrand that makes a field constant along the normal.

    Args:
        value: The field.
        normal: Unit vector across the front.
        test: Test function.
        isotropic: Share of ordinary diffusion, so that there is one solution.
    """
    across = ufl.dot(normal, ufl.grad(value)) * ufl.dot(normal, ufl.grad(test))
    return across + isotropic * ufl.inner(ufl.grad(value), ufl.grad(test))


def speed(current: Any, molar_volume: Any, faraday: Any) -> Any:
    """Return V_m i / F in um/s: how fast lithium grows that is plated at i in A/m^2."""
    return molar_volume * current / faraday


def capillary_overpotential(
    curvature: Any, surface_energy: Any, molar_volume: Any, faraday: Any
) -> Any:
    """Return gamma V_m K / F in V: convex lithium (K > 0) is harder to plate (Gibbs-Thomson).

    Args:
        curvature: K in 1/um; in 3D the sum of both principal ones.
        surface_energy: gamma in J/m^2.
        molar_volume: V_m in um^3/amol.
        faraday: F in pC/amol.
    """
    return surface_energy * molar_volume * curvature / faraday
