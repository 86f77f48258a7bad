"""Operators of axisymmetric fields on a mesh of (s, z), whose first coordinate stands for r.

The radius r(s) need not be s: a mesh then serves bodies of different proportions without being
moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import ufl


@dataclass(frozen=True)
class Cylinder:
    """Cylindrical coordinates of a mesh.

    Attributes:
        radius: r as a function of places of the mesh; rises with s, does not depend on z.
    """

    radius: Any

    @property
    def stretch(self) -> Any:
        """dr/ds."""
        return self.radius.dx(0)

    @property
    def around(self) -> Any:
        """Size of the ring that a point of a surface of constant z stands for, per ds."""
        return 2 * math.pi * self.radius * self.stretch

    def gradient(self, scalar: Any) -> Any:
        """Return the gradient (d/dr, d/dz) of a scalar."""
        return ufl.as_vector((scalar.dx(0) / self.stretch, scalar.dx(1)))

    def strain(self, vector: Any) -> Any:
        """Return the symmetric gradient of (v_r, v_z) in (r, z, angle), shape (3, 3)."""
        (rr, rz), (zr, zz) = (self.gradient(vector[k]) for k in (0, 1))
        shear = (rz + zr) / 2
        hoop = vector[0] / self.radius
        return ufl.as_tensor(((rr, shear, 0), (shear, zz, 0), (0, 0, hoop)))
