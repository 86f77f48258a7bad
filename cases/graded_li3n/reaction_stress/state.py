"""The phases of the static model at one time of the bilayer run."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.cases.graded_li3n.bilayer.parameters import Parameters as Bilayer
from lithode.cases.graded_li3n.reaction_stress.parameters import Parameters
from lithode.core.domain import Domain
from lithode.core.parallel import lasting
from lithode.solvers.multiphase_solid.parameters import Phase
from lithode.solvers.numerics.gauges import RegionInterface, distances
from lithode.solvers.physics import free_energy
from lithode.theory.elasticity import Stiffness

Array = npt.NDArray[np.float64]


class State:
    """The phases at one time of the bilayer run.

    Args:
        parameters: Of the reaction.
        first: Of the bilayer.
        domain: Mesh of its run.
        xi: Order parameter.

    Attributes:
        extent: Extent of the reaction, 0 to 1.
        zone: Share of LZC that reacts if the reaction is complete (P1).
        phases: By name, with the paper's symbol where they are made.
    """

    def __init__(
        self,
        parameters: Parameters,
        first: Bilayer,
        domain: Domain,
        xi: Function[Any],
    ) -> None:
        mesh = domain.mesh
        self._domain, self._xi, self._layer = domain, xi, first.second_layer
        self._reach = first.model_value("interface_width")
        self.extent = Constant(mesh, 0.0)
        self.zone = self._reaction_zone(parameters.model_value("reaction_depth"), first)
        regions = first.model.regions
        cells = fem.functionspace(mesh, ("DG", 0))
        inside = {}
        for name in regions:
            inside[name] = Function(cells)
            if name in domain.regions:
                inside[name].x.array[domain.cells(name)] = 1.0
        second, product = regions[self._layer], _product(parameters, first)
        metal, h = first.lithium.stiffness, free_energy.interpolation(xi)
        reacted = self.extent * self.zone
        interface = 4 * xi * (1 - xi)
        coarse = first.eigenstrain_coarse
        grown = inside["fine"] * first.eigenstrain_fine + inside[self._layer] * second.eigenstrain
        self.phases = {
            "lithium": Phase(h, metal, grown * xi),  # xi
            "fine": Phase(inside["fine"] * (1 - h), regions["fine"].stiffness, 0.0),  # psi_1
            "coarse": Phase(  # psi_2
                inside["coarse"] * (1 - h) * (1 - interface), regions["coarse"].stiffness, 0.0
            ),
            "second": Phase(  # psi_3
                inside[self._layer] * (1 - h) * (1 - reacted), second.stiffness, 0.0
            ),
            "reacted": Phase(  # psi_4
                inside[self._layer] * (1 - h) * reacted,
                product,
                inside[self._layer] * (1 - h) * reacted * (parameters.expansion_ratio * coarse),
            ),
            "interface": Phase(  # psi_5
                inside["coarse"] * (1 - h) * interface,
                regions["coarse"].stiffness,
                inside["coarse"] * xi * coarse,
            ),
        }

    def _reaction_zone(self, depth: float, first: Bilayer) -> Function[Any]:
        space = self._xi.function_space
        points = space.tabulate_dof_coordinates()
        mine = points[self._xi.x.array >= 0.5]
        lithium = np.concatenate(lasting(self._domain.mesh.comm).allgather(mine))
        away = distances(points, lithium)
        length = first.diffuse_interface.profile_length
        zone = Function(space, name="reaction_zone")
        zone.x.array[:] = 0.5 * (1 - np.tanh((np.minimum(away, 1e3) - depth) / (2 * length)))
        return zone

    def reacting(self) -> Function[Any]:
        """Return the share of each cell that reacts if the reaction is complete."""
        cells = fem.functionspace(self._domain.mesh, ("DG", 0))
        share = Function(cells, name="reacting_share")
        layer = self._domain.cells(self._layer)
        corners = self.zone.function_space.dofmap.list[layer]
        kept = self.zone.x.array * (1 - np.clip(self._xi.x.array, 0, 1))
        share.x.array[cells.dofmap.list[layer, 0]] = kept[corners].mean(axis=1)
        return share

    def tip(self) -> Function[Any]:
        """Return where lithium or reacted LZC is, within an interface width of fine and LZC."""
        space, domain = self._xi.function_space, self._domain
        mesh = domain.mesh
        corners = space.dofmap.list
        points = space.tabulate_dof_coordinates()[corners].mean(axis=1)
        front = RegionInterface(domain, space, "fine", self._layer)
        near = distances(points, front.points) <= self._reach
        filled = self._xi.x.array[corners].mean(axis=1) >= 0.5
        reacts = self.zone.x.array[corners].mean(axis=1) >= 0.5
        layer = np.zeros(len(corners), dtype=bool)
        layer[domain.cells(self._layer)] = True
        place = Function(fem.functionspace(mesh, ("DG", 0)))
        place.x.array[place.function_space.dofmap.list[:, 0]] = near & (filled | (layer & reacts))
        return place


def _product(parameters: Parameters, first: Bilayer) -> Stiffness:
    p = parameters
    modulus, ratio = (first.of_second_layer(name) for name in ("youngs_modulus", "poissons_ratio"))
    if p.product_youngs_modulus is not None:
        modulus = p.model_value("product_youngs_modulus")
    if p.product_poissons_ratio is not None:
        ratio = p.product_poissons_ratio
    return Stiffness.from_engineering(modulus, ratio)
