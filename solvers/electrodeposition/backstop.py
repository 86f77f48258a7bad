"""What a layer in which lithium does not plate feels of the lithium that comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx.fem import FunctionSpace

from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.equations import Equations
from lithode.solvers.electrodeposition.parameters import Backstop
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import (
    Neighbourhood,
    NodalWeights,
    RegionInterface,
    distances,
)
from lithode.theory import free_energy

Array = npt.NDArray[np.float64]

# Order parameter from which on lithium counts as touching the layer.
_TOUCHES = 0.05


class BackstopGauges:
    """Covered share of the layer, and the pressures at its surface and below it.

    Args:
        domain: Mesh with the boundary counter_electrode, where the layer ends.
        backstop: Names of the regions.
        equations: The model's equations.
        space: Scalar P1 space.
        weights: Its nodal weights.
        xi: Accepted order parameter, as UFL.
        displacement: Accepted displacement.
    """

    def __init__(
        self,
        domain: Domain,
        backstop: Backstop,
        equations: Equations,
        space: FunctionSpace[Any],
        weights: NodalWeights,
        xi: Any,
        displacement: Any,
    ) -> None:
        mesh, test = domain.mesh, ufl.TestFunction(space)
        interface = equations.parameters.interface
        self._reach = free_energy.interface_width_10_90(
            interface.barrier, interface.gradient_coefficient
        )
        self._comm, self._weights = mesh.comm, weights
        self._points = space.tabulate_dof_coordinates()
        self._front = RegionInterface(domain, space, backstop.matrix, backstop.region)
        self._near = distances(self._points, self._front.points) <= self._reach
        self._layer = weights.regions[backstop.region]
        # The stress jumps at its surface: only its own cells count.
        cells = ufl.Measure("dx", domain=mesh, subdomain_data=domain.cell_tags)
        self._moments = compiled(
            equations.hydrostatic_stress(
                xi, displacement, test, cells(domain.regions[backstop.region], degree=1)
            )
        )
        ends = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags)
        far = test * ends(domain.boundaries["counter_electrode"])
        self._far = weights.moments(compiled(far))
        self._sides = self._seat = None
        if backstop.particles is not None:
            self._sides = RegionInterface(domain, space, backstop.matrix, backstop.particles)
            self._seat = RegionInterface(domain, space, backstop.particles, backstop.region)
            self._near_seat = Neighbourhood(mesh.comm, self._seat.points, self._reach, self._points)

    def __call__(self, xi: Array, pressure: Array) -> Mapping[str, float]:
        """Return history columns; collective.

        Args:
            xi: Accepted order parameter at the local nodes.
            pressure: -P there, in MPa.
        """
        metal = xi >= 0.5
        tip = self._weights.whole * (self._near & metal)
        row = {
            "covered_fraction [1]": self._front.share_above(xi, 0.5),
            "pressure_tip_mean [MPa]": self._weights.mean(pressure, tip),
            "pressure_tip_p90 [MPa]": self._weights.quantile(pressure, tip, 0.9),
            "pressure_tip_max [MPa]": self._weights.largest(pressure, tip),
        }
        moments = self._weights.moments(self._moments)
        inside = np.divide(-moments, self._layer, out=np.zeros_like(xi), where=self._layer > 0)
        background = self._weights.mean(inside, self._far)
        row["pressure_background [MPa]"] = background
        if self._sides is not None and self._seat is not None:
            sides = self._sides.weights * metal
            touched = self._points[(self._layer > 0) & (xi >= _TOUCHES)]
            free = self._seat.weights * ~self._near_seat.reached(touched)
            row |= {
                "pressure_particle_mean [MPa]": self._weights.mean(pressure, sides),
                "pressure_particle_max [MPa]": self._weights.largest(pressure, sides),
                "pressure_transmitted_mean [MPa]": self._weights.mean(inside, free) - background,
                "pressure_transmitted_max [MPa]": self._weights.largest(inside, free) - background,
            }
        return row
