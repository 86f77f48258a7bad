"""Stress at a slightly wavy front between two elastic half-spaces, in plane strain.

Lithium below y = a cos(kx) would like to be larger by an eigenstrain; what it grows into is above.
The flat state has no strain along the front. Stresses in MPa, lengths in um.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.theory.elasticity import Stiffness

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sandwich:
    """Lithium and electrolyte bonded to each other, between plates.

    Attributes:
        lithium: Stiffness of the metal.
        electrolyte: Stiffness of what it grows into.
        eigenstrain: K of lithium, per axis.
        traction: Stress sigma_yy of the flat state, compression negative.
    """

    lithium: Stiffness
    electrolyte: Stiffness
    eigenstrain: float
    traction: float = 0.0

    @classmethod
    def between_plates(
        cls, lithium: Stiffness, electrolyte: Stiffness, eigenstrain: float, share: float
    ) -> Sandwich:
        """Return layers between plates that do not move.

        Args:
            lithium: Stiffness of the metal.
            electrolyte: Stiffness of what it grows into.
            eigenstrain: K of lithium, per axis.
            share: Thickness of lithium over that of both.
        """
        stiff, rest = _uniaxial(lithium), _uniaxial(electrolyte)
        free = 3 * lithium.bulk * eigenstrain * share / stiff
        return cls(lithium, electrolyte, eigenstrain, -free / (share / stiff + (1 - share) / rest))

    @property
    def stretches(self) -> tuple[float, float]:
        """eps_yy of lithium and electrolyte in the flat state."""
        free = 3 * self.lithium.bulk * self.eigenstrain
        return (
            (self.traction + free) / _uniaxial(self.lithium),
            self.traction / _uniaxial(self.electrolyte),
        )

    @property
    def pressure(self) -> float:
        """Pressure -tr(sigma) / 3 of lithium in the flat state."""
        return float(self.lithium.bulk * (3 * self.eigenstrain - self.stretches[0]))

    @property
    def pressure_slope(self) -> float:
        """B of the pressure B k a cos(kx) that a wave a cos(kx) adds in lithium at the front.

        To first order in a: displacement and traction are continuous on the wave, across which
        stretch and stress along the front jump.
        """
        below, above = _decaying(self.lithium, 1.0), _decaying(self.electrolyte, -1.0)
        rows = np.hstack([below[:, :4].T, -above[:, :4].T])
        free = 3 * self.lithium.bulk * self.eigenstrain
        mine, its = self.stretches
        lengthwise = self.lithium.first_lame * mine - free, self.electrolyte.first_lame * its
        # u_x, u_y, sigma_xy and sigma_yy; the normal of the wave is (k a sin(kx), 1).
        jumps = np.array([0.0, its - mine, lengthwise[1] - lengthwise[0], 0.0])
        scale = np.array([1.0, 1.0, 1 / self.electrolyte.shear, 1 / self.electrolyte.shear])
        amounts = np.linalg.solve(rows * scale[:, None], jumps * scale)
        return float(amounts[:2] @ below[:, 4])


def _uniaxial(stiffness: Stiffness) -> float:
    return float(stiffness.first_lame + 2 * stiffness.shear)


def _decaying(stiffness: Stiffness, sign: float) -> Array:
    """Return two solutions that decay as exp(sign y), at y = 0 for k = 1.

    Rows are u_x / sin, u_y / cos, sigma_xy / sin, sigma_yy / cos and pressure / cos. The first has
    no divergence and no curl; u_x = -y exp(sign y) in the second.
    """
    lame, shear = float(stiffness.first_lame), float(stiffness.shear)
    rise = -1 - 2 * shear / (lame + shear)
    # Values of u_x, u_y and of their derivatives by y.
    modes = np.array([[-1.0, sign, -sign, 1.0], [0.0, rise, -1.0, sign * (1 + rise)]])
    u, v, du, dv = modes.T
    divergence = u + dv
    return np.column_stack(
        [
            u,
            v,
            shear * (du - v),
            lame * divergence + 2 * shear * dv,
            -(lame + 2 * shear / 3) * divergence,
        ]
    )
