"""Stress of LZC that lithium has reacted with, on the state of a bilayer run (Fig. 8D)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import Constant, Function
from mpi4py import MPI
from pydantic import field_validator

from lithode.cases.graded_li3n import bilayer
from lithode.cases.graded_li3n.parameters import PAPER, absolute
from lithode.cases.graded_li3n.readings import Read
from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.core.parameters import CaseParameters, choice, quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.verdict import Target
from lithode.materials import registry
from lithode.output.fields import load
from lithode.output.history import History
from lithode.plots import figures
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.solvers.multiphase_solid.model import MultiphaseSolid
from lithode.solvers.multiphase_solid.parameters import PREFIX, Numerics, Phase
from lithode.solvers.numerics.checkpoint import FILE_NAME, read_domain
from lithode.solvers.numerics.gauges import RegionInterface, distances
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.physics import free_energy
from lithode.theory.elasticity import Stiffness
from lithode.theory.free_energy import profile_length

Array = npt.NDArray[np.float64]

EXTENT = Axis("extent", "r", "%")


class Parameters(CaseParameters):
    """Parameters of the reaction; all others are those of the bilayer run."""

    bilayer_run: Path | None = choice(
        None, "directory of a run of graded-li3n/bilayer", source="-", provenance="assumed"
    )
    time: float = quantity(
        2100.0,
        "s",
        "stored time of that run",
        source=f"{PAPER}, Fig. 8",
        provenance="paper",
        ge=0,
    )
    extents: tuple[float, ...] = quantity(
        (0.0, 25.0, 50.0, 75.0, 100.0),
        "%",
        "rising extents of the reaction to solve for",
        source="Lithode",
        provenance="numerical",
    )
    expansion_ratio: float = quantity(
        2.0,
        "",
        "expansion of reacted LZC over that of the coarse Li3N phase",
        source=f"{PAPER}, Methods",
        provenance="paper",
        ge=0,
    )
    reaction_depth: float = quantity(
        4.0,
        "um",
        "LZC up to this distance from lithium reacts",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    product_youngs_modulus: float | None = quantity(
        None, "GPa", "of the products, instead of LZC's", source="-", provenance="assumed", gt=0
    )
    product_poissons_ratio: float | None = quantity(
        None,
        "",
        "of the products, instead of LZC's",
        source="-",
        provenance="assumed",
        gt=-1,
        lt=0.45,
    )
    displacement: Literal["quadratic", "linear"] = choice(
        "quadratic", "elements of the displacement", source="Lithode", provenance="numerical"
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/numerics.md", provenance="numerical"
    )

    _absolute = field_validator("bilayer_run")(absolute)

    @property
    def run(self) -> RunDirectory:
        """The run that is gone on from.

        Raises:
            InputError: None is named, or there is no such directory.
        """
        if self.bilayer_run is None:
            allowed = "name the directory of a run of graded-li3n/bilayer"
            raise InputError("bilayer_run", "unset", allowed)
        if not self.bilayer_run.is_dir():
            raise InputError("bilayer_run", self.bilayer_run, "is no directory")
        return RunDirectory(self.bilayer_run)


def first_step(parameters: Parameters) -> bilayer.Parameters:
    """Return the parameters of the bilayer run.

    Raises:
        InputError: The directory is of another case, or of a run without a second layer.
    """
    directory = parameters.run
    given = read_input(directory.input)
    if given.case != bilayer.CASE.name:
        allowed = f"is of case {given.case or 'unknown'}, not of {bilayer.CASE.name}"
        raise InputError("bilayer_run", directory.path, allowed)
    with registry.using(given.materials):
        first = bilayer.CASE.resolve(None, given.parameters)
    if first.second_layer == "none":
        raise InputError("bilayer_run", directory.path, "has no second layer that could react")
    return first


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
        first: bilayer.Parameters,
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

    def _reaction_zone(self, depth: float, first: bilayer.Parameters) -> Function[Any]:
        space = self._xi.function_space
        points = space.tabulate_dof_coordinates()
        lithium = np.concatenate(self._domain.mesh.comm.allgather(points[self._xi.x.array >= 0.5]))
        away = distances(points, lithium)
        length = profile_length(first.interface.barrier, first.interface.gradient_coefficient)
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


def _product(parameters: Parameters, first: bilayer.Parameters) -> Stiffness:
    p = parameters
    modulus, ratio = (first.of_second_layer(name) for name in ("youngs_modulus", "poissons_ratio"))
    if p.product_youngs_modulus is not None:
        modulus = p.model_value("product_youngs_modulus")
    if p.product_poissons_ratio is not None:
        ratio = p.product_poissons_ratio
    return Stiffness.from_engineering(modulus, ratio)


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the extent of the reaction, on the mesh of the bilayer run."""
    p = parameters
    if not p.extents or p.extents[0] < 0 or p.extents[-1] > 100 or np.any(np.diff(p.extents) <= 0):
        raise InputError("extents", p.extents, "must rise, from 0 to 100 at most", "%")
    first = on_root(comm, lambda: first_step(p))
    domain = domain or read_domain(p.run.checkpoints / FILE_NAME, comm)
    space = fem.functionspace(domain.mesh, ("P", 1))
    xi = Function(space, name="order_parameter")
    load(p.run.fields, xi.name, p.time, xi)
    state = State(p, first, domain, xi)
    numerics = Numerics(
        2 if p.displacement == "quadratic" else 1,
        solver=p.solver,
        kinematics=first.numerics.kinematics,
    )
    solid = MultiphaseSolid(
        domain,
        state.phases,
        state.extent,
        shown=(xi, state.reacting()),
        places={"tip": state.tip()},
        numerics=numerics,
    )
    sweep = Sweep(solid, EXTENT, p.extents[0])
    return Simulation(sweep, sweep.control(p.extents[-1]), p.extents[-1], p.extents)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pressure at the first and the last extent, and its history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    panels = (
        FieldPanel("order_parameter", "order parameter", colormap="Blues", limits=(0.0, 1.0)),
        FieldPanel("reacting_share", "reacting share", colormap="Greens", limits=(0.0, 1.0)),
        FieldPanel(
            "hydrostatic_stress", "hydrostatic pressure", "MPa", colormap="inferno", factor=-1.0
        ),
    )
    history = HistoryPanel(
        "pressure at the tip",
        tuple(f"pressure_{kind}_tip [MPa]" for kind in ("mean", "p90", "max")),
    )
    ends = (parameters.extents[0], parameters.extents[-1])
    return [
        *figures.draw_fields(fields, out, panels, times=ends),
        *figures.draw_history(run_directory / "history.csv", out, (history,)),
    ]


def _complete(column: str) -> Read:
    """Read a column at the end of a complete reaction."""

    def read(history: History, _: CaseParameters) -> float | None:
        return float(history[column][-1]) if history[EXTENT.column][-1] == 100 else None

    return read


def _covered(parameters: Parameters, *, flat: bool) -> bool:
    """Whether lithium covers LZC in the bilayer run, and the run is the paper's."""
    try:
        first = first_step(parameters)
    except InputError:  # the report of a run whose first step has gone
        return False
    return parameters.time >= 1300.0 and first.is_flat == flat and bilayer.of_the_paper(first)


_REACTED: Target[Parameters] = Target(
    name="largest pressure at the tip, LZC reacted",
    paper=40.0,
    unit="MPa",
    kind="predicted",
    tolerance=0.2,
    read=_complete("pressure_max_tip [MPa]"),
    source="text on Fig. 8D",
    applies=partial(_covered, flat=True),
)

TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="expansion of reacted LZC over that of the Li3N phase",
        paper=2.0,
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: p.expansion_ratio,
        source="Methods, static model",
    ),
    _REACTED,
    replace(_REACTED, name=f"{_REACTED.name} (paper: 2D)", applies=partial(_covered, flat=False)),
)

CASE = Case(
    name="graded-li3n/reaction-stress",
    title="Stress of LZC that lithium has reacted with, after a bilayer run (Fig. 8D)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
)
