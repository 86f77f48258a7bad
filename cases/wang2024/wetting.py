"""Lithium that grows, or does not, into lithiophilic and lithiophobic pores (Fig. 2k, l)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.wang2024.measured import PAPER
from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.core.units import to_model
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target, Value
from lithode.materials.library import LITHIUM
from lithode.meshes import grains
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.shapes import Shape, ball_measure
from lithode.meshes.structured import structured
from lithode.output.history import History
from lithode.plots import figures
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import (
    PREFIX,
    Drive,
    GrainFields,
    Numerics,
    Observation,
    Parameters,
    Walls,
)
from lithode.theory import capillarity, free_energy, kinetics
from lithode.theory.capillarity import grain_profile
from lithode.theory.free_energy import Interface

Array = npt.NDArray[np.float64]

_NOT_GIVEN = "Supplementary Table 3 is not public with the text"
# Where a mesh error names its own field: the parameter behind it.
_FIELDS = {
    "size": "element_size",
    "radius": "grain_radius",
    "gap": "pore_width",
    "spacing": "row_spacing",
}


# Grain fields draw lithium into throats up to about this many widths of the surface.
_OPEN = 2.0


class WettingParameters(CaseParameters):
    """Physics, geometry and numerics of lithium in a porous interlayer."""

    contact_angle: float = quantity(
        45.0,
        "deg",
        "of lithium on the grains: below 90 lithiophilic, above lithiophobic",
        source=f"{PAPER}, Fig. 2k, l; value not in the text",
        provenance="assumed",
        ge=0,
        le=180,
    )
    formulation: Literal["wall", "grain_field"] = choice(
        "wall",
        "pores alone are meshed and their walls have the contact angle, or the paper's grain "
        "fields and cross-gradient energy (eqs 12, 13)",
        source="docs/wang2024-wetting.md",
        provenance="numerical",
    )
    capillary_pressure: float = quantity(
        0.0,
        "MPa",
        "of lithium over that in the pores",
        source=f"{PAPER}, text on Fig. 2l",
        provenance="assumed",
    )
    applied_overpotential: float = quantity(
        0.0,
        "V",
        "that drives lithium in (-eta of eq 16), the same everywhere",
        source=f"{PAPER}, eq 16; value not in the text",
        provenance="assumed",
        ge=-0.5,
        le=0.5,
    )
    concentration: float = quantity(
        1.0, "", "c_Li/c_0 of eq 16", source=f"{PAPER}, eq 16", provenance="assumed", ge=0
    )
    exchange_current_density: float = quantity(
        100.0,
        "A/m^2",
        "i_0 of plating, sets the mobility of the surface",
        source="as in wang2024/transport",
        provenance="assumed",
        gt=0,
    )
    rate_constant: float | None = quantity(
        None,
        "1/s",
        "L_eta RT of eq 16; unset, the one that makes an overpotential worth its pressure",
        source=_NOT_GIVEN,
        provenance="assumed",
        gt=0,
    )
    surface_energy: float = quantity(
        0.5, "J/m^2", "of lithium", source="bulk lithium", provenance="literature", gt=0
    )
    interface_width: float = quantity(
        0.8,
        "um",
        "full tanh width of the surface, 4 d",
        source=_NOT_GIVEN,
        provenance="numerical",
        gt=0,
    )
    barrier_ratio: float = quantity(
        8.0, "", "B/A of eq 12, if grain_field", source=_NOT_GIVEN, provenance="assumed", gt=0
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
    temperature: float = quantity(
        298.15, "K", "temperature", source="25 degC in the paper", provenance="paper", gt=0
    )
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )
    pores: Literal["rows", "random", "channel"] = choice(
        "rows",
        "between staggered rows of round grains, a random packing of them, or a straight slit",
        source=f"{PAPER}, Fig. 2k, l",
        provenance="assumed",
    )
    dimension: Literal["2", "3"] = choice(
        "2", "discs, or balls", source="Lithode", provenance="assumed"
    )
    grain_radius: float = quantity(
        2.0, "um", "radius of the grains", source="Lithode", provenance="assumed", gt=0
    )
    pore_width: float = quantity(
        2.0,
        "um",
        "gap between grains of a row, or width of the slit",
        source="pores of 1 to 3 um",
        provenance="assumed",
        gt=0,
    )
    row_spacing: float = quantity(
        3.2,
        "um",
        "between the centres of rows",
        source="so that a contact angle of 45 fills them",
        provenance="calibrated",
        gt=0,
    )
    columns: int = count(2, "grains per row", source="Lithode", provenance="assumed", ge=1)
    rows: int = count(4, "rows of grains", source="Lithode", provenance="assumed", ge=1)
    porosity: float = quantity(
        0.5,
        "",
        "pores over all of the interlayer if random",
        source="0.25 to 0.5 by the growth length of Fig. 4e",
        provenance="assumed",
        gt=0,
        lt=1,
    )
    packing_seed: int = count(
        1, "seed of the random packing", source="Lithode", provenance="assumed", ge=0
    )
    lithium_thickness: float = quantity(
        2.6, "um", "lithium at the start", source="Lithode", provenance="assumed", gt=0
    )
    embedding: float = quantity(
        0.6,
        "um",
        "how deep the lowest grains are in it",
        source="Lithode",
        provenance="assumed",
        ge=0,
    )
    headroom: float = quantity(
        2.0, "um", "free space above the grains", source="Lithode", provenance="assumed", gt=0
    )
    end_time: float = quantity(
        800.0, "h", "end of the run", source="until lithium rests", provenance="assumed", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (10.0, 25.0, 50.0, 100.0, 200.0),
        "h",
        "further stored times",
        source="Lithode",
        provenance="numerical",
    )
    element_size: float = quantity(
        0.2, "um", "element size", source="docs/wang2024-wetting.md", provenance="numerical", gt=0
    )
    time_tolerance: float = quantity(
        5e-3,
        "",
        "local error of the order parameter allowed per step",
        source="docs/numerics.md",
        provenance="numerical",
        gt=0,
        le=0.5,
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "linear solvers", source="docs/numerics.md", provenance="numerical"
    )

    @property
    def dim(self) -> int:
        """2 or 3."""
        return int(self.dimension)

    @property
    def interface(self) -> Interface:
        """The surface of lithium, which moves as Butler-Volmer kinetics let it: v = M dP.

        M = i_0 v_m^2 / (F R T) for small overpotentials, and M = 6 d L_sigma.
        """
        gamma, width = self.model_value("surface_energy"), self.interface_width
        f, volume = inverse_thermal_voltage(self.temperature), self.model_value("molar_volume")
        speed = self.exchange_current_density * f * (volume / FARADAY) ** 2
        return Interface(
            free_energy.barrier_height(gamma, width),
            free_energy.gradient_coefficient(gamma, width),
            speed / (6 * width / 4),
        )

    @property
    def drive(self) -> Drive:
        """What pushes lithium in."""
        f = inverse_thermal_voltage(self.temperature)
        # At small overpotentials L_eta / L_sigma = RT / v_m: eta is worth the pressure F eta / v_m.
        consistent = self.interface.mobility * FARADAY / f / self.model_value("molar_volume")
        return Drive(
            self.model_value("capillary_pressure"),
            -self.applied_overpotential,
            self.rate_constant or consistent,
            f,
            self.symmetry_factor,
            self.concentration,
        )

    @property
    def pressure(self) -> float:
        """Pressure in MPa that the drive is worth."""
        drive = self.drive
        rate = kinetics.driving(
            drive.overpotential,
            drive.inverse_thermal_voltage,
            drive.symmetry_factor,
            drive.concentration,
        )
        return drive.pressure + drive.rate_constant * rate / self.interface.mobility

    @property
    def entry_pressure(self) -> float:
        """Pressure in MPa that lithium needs to enter, negative if it is drawn in."""
        gamma, angle = self.model_value("surface_energy"), self.contact_angle
        if self.pores == "rows" and self.dim == 2 and angle > 90:
            return capillarity.row_pressure(gamma, angle, self.grain_radius, self.pore_width)
        dim = 2 if self.pores == "channel" else self.dim
        return capillarity.pore_pressure(gamma, angle, self.pore_width, dim)

    @property
    def throat(self) -> float:
        """Narrowest gap between grains of two rows, in um."""
        across = (self.grain_radius + self.pore_width / 2) * math.sqrt(self.dim - 1)
        return math.hypot(across, self.row_spacing) - 2 * self.grain_radius

    @property
    def passage_pressure(self) -> float:
        """Pressure in MPa at which lithium passes all rows of discs."""
        gamma, angle, radius = (
            self.model_value("surface_energy"),
            self.contact_angle,
            self.grain_radius,
        )
        through = capillarity.row_pressure(gamma, angle, radius, self.throat)
        return max(self.entry_pressure, through)

    @property
    def passes_undriven(self) -> bool:
        """Whether a meniscus at rest on a row, R cos(theta) above its centres, meets the next."""
        reach = self.grain_radius * (1 + math.cos(math.radians(self.contact_angle)))
        return self.row_spacing < reach

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(self.solver, self.time_tolerance)


class Layout:
    """Where the grains of a run are.

    Args:
        parameters: Of the run.

    Raises:
        InputError: The grains do not fit.
    """

    def __init__(self, parameters: WettingParameters) -> None:
        p = self._p = parameters
        if p.embedding >= p.lithium_thickness:
            allowed = f"must be less than lithium_thickness = {p.lithium_thickness:g}"
            raise InputError("embedding", p.embedding, allowed, "um")
        if p.pores == "channel" and p.dim == 3:
            raise InputError("pores", p.pores, "is 2D; set dimension=2")
        self.base = p.lithium_thickness - p.embedding
        self.top = self.base + 2 * p.grain_radius + (p.rows - 1) * p.row_spacing
        self.width = p.columns * (2 * p.grain_radius + p.pore_width)
        with fields_named(_FIELDS):
            self.interlayer = grains.Interlayer(
                self.width,
                self.top + p.headroom,
                p.element_size,
                self._grains(),
                depth=self.width if p.dim == 3 else None,
                meshed=p.formulation == "grain_field",
            )

    def _grains(self) -> tuple[Shape, ...]:
        p = self._p
        if p.pores == "channel":
            return grains.channel(self.width, p.pore_width, self.base, self.top)
        if p.pores == "rows":
            return grains.staggered(
                p.columns, p.rows, p.grain_radius, p.pore_width, p.row_spacing, self.base, p.dim
            )
        side = (0.0,) * (p.dim - 1), (self.width,) * (p.dim - 1)
        radii, gap = Uniform(0.8 * p.grain_radius, 1.2 * p.grain_radius), p.interface_width / 2
        low, high = (*side[0], self.base), (*side[1], self.top)
        try:
            packed = pack(low, high, 1 - p.porosity, radii, p.packing_seed, gap)
        except InputError as error:
            reason = error.allowed.partition(";")[0]
            allowed = f"grains: {reason}; raise it, or lower interface_width or grain_radius"
            raise InputError("porosity", p.porosity, allowed) from error
        return tuple(particle.shape for particle in packed)

    @cached_property
    def porosity(self) -> float:
        """Pores over all between the lowest and the highest point of rows; 1 / pitch in a slit."""
        p = self._p
        if p.pores == "channel":
            return p.pore_width / self.width
        if p.pores == "random":
            return p.porosity
        unit = (2 * p.grain_radius + p.pore_width) ** (p.dim - 1) * p.row_spacing
        return 1 - ball_measure(p.grain_radius, p.dim) / unit

    @property
    def observation(self) -> Observation:
        """Layer and rows."""
        p, half = self._p, self._p.grain_radius / 4
        middles = [self.base + p.grain_radius + k * p.row_spacing for k in range(p.rows)]
        rows = tuple((y - half, y + half) for y in middles) if p.pores == "rows" else ()
        return Observation(grains.PORES, (self.base, self.top), rows)

    def model(self, walls: str = grains.GRAINS) -> Parameters:
        """Return the parameters of the model, with the wetted boundary of this name."""
        p, interface = self._p, self._p.interface
        solid: Walls | GrainFields = Walls({walls: p.contact_angle})
        if p.formulation == "grain_field":
            ratio = capillarity.grain_coupling_ratio(p.contact_angle, p.barrier_ratio)
            solid = GrainFields(
                self.interlayer.distances,
                p.barrier_ratio * interface.barrier,
                ratio * interface.gradient_coefficient,
                interface.profile_length,
            )
        return Parameters(interface, solid, p.model_value("molar_volume"), p.drive)

    def lithium(self, points: Array) -> Array:
        """Return the initial order parameter: a flat film."""
        depth = points[:, self._p.dim - 1] - self._p.lithium_thickness
        return grain_profile(depth, self._p.interface.profile_length)


def health(parameters: WettingParameters, layout: Layout) -> list[HealthLine]:
    """Return the derived numbers behind wetting."""
    p, interface = parameters, parameters.interface
    profile = interface.barrier, interface.gradient_coefficient
    width = free_energy.interface_width_10_90(*profile)
    slit = abs(
        capillarity.pore_pressure(p.model_value("surface_energy"), p.contact_angle, p.pore_width)
    )
    volume = p.model_value("molar_volume")
    lines = [
        HealthLine("porosity", layout.porosity, "pores over all of the interlayer"),
        HealthLine(
            "w/h",
            width / p.element_size,
            "elements per 10-90 % width; below, the surface pins to the mesh",
            low=2.5,
        ),
        HealthLine(
            "P_entry",
            p.entry_pressure,
            "pressure that lithium needs to enter; negative: it is drawn in",
            "MPa",
        ),
        HealthLine("P", p.pressure, "pressure that drives it, with the overpotential's", "MPa"),
        HealthLine(
            "eta_cap",
            1e3 * capillarity.pressure_overpotential(slit, volume),
            "capillary overpotential 2 gamma |cos theta| v_m / (w F) of a pore",
            "mV",
        ),
        HealthLine(
            "P/A",
            abs(p.pressure) / interface.barrier,
            "drive over phase stiffness; above, lithium appears in the pores by itself",
            high=0.3,
        ),
        HealthLine(
            "t_cap",
            p.pore_width**2 / (6 * interface.profile_length * interface.mobility)
            / p.model_value("surface_energy") / 3600,
            "time for a pore width by capillarity",
            "h",
        ),
    ]  # fmt: skip
    if p.pores == "rows" and p.dim == 2 and p.contact_angle > 90:
        meaning = f"pressure that passes the throats of {p.throat:.2g} um between rows"
        lines.append(HealthLine("P_through", p.passage_pressure, meaning, "MPa"))
    if p.formulation == "grain_field":
        ratio = capillarity.grain_coupling_ratio(p.contact_angle, p.barrier_ratio)
        if p.pores == "rows":
            meaning = "narrowest throat over full width; below, lithium condenses in throats"
            share = p.throat / p.interface_width
            lines.append(HealthLine("throat/width", share, meaning, low=_OPEN))
        lines.append(HealthLine("k_Lg/k", ratio, "cross-gradient coefficient over that of lithium"))
    return lines


def build(parameters: WettingParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p, layout = parameters, Layout(parameters)
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "h")
    physics = layout.model()
    domain = domain or grains.build(layout.interlayer, comm)
    hour, interface = to_model(1.0, "h"), p.interface
    relaxation = 1 / (interface.mobility * interface.barrier)
    return Simulation(
        model=Wetting(domain, physics, layout.lithium, p.numerics, layout.observation),
        control=StepControl(
            initial_step=0.02 * relaxation, max_step=p.end_time * hour / 10, min_step=1e-9
        ),
        end_time=p.end_time * hour,
        output_times=tuple(time * hour for time in p.output_times),
        health=health(p, layout),
        conservation={"lithium": "lithium_defect [1]"},
    )


def probes(parameters: WettingParameters) -> list[Callable[[], Wetting]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""
    p, layout = parameters, Layout(parameters)

    def make(solver: Literal["direct", "iterative"]) -> Wetting:
        lengths = layout.interlayer.lengths
        cells = (*(2,) * (p.dim - 1), 4)
        domain = structured(MPI.COMM_SELF, lengths, cells, region=grains.PORES)
        return Wetting(
            domain, layout.model("sides"), layout.lithium, replace(p.numerics, solver=solver)
        )

    solvers: tuple[Literal["direct", "iterative"], ...] = ("direct", "iterative")
    return [partial(make, s) for s in (solvers if p.solver == "auto" else (p.solver,))]


def pictures(run_directory: Path, parameters: WettingParameters) -> list[Path]:
    """Draw lithium among the grains, its front over time, and the history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    title = f"PF parameter, {parameters.contact_angle:g}\N{DEGREE SIGN}"
    panels = [FieldPanel("order_parameter", title, colormap="Blues", limits=(0.0, 1.0))]
    energies = ("energy [pJ/um]", "dissipation [pJ/um]", "energy [pJ]", "dissipation [pJ]")
    diagrams = [
        HistoryPanel("filled pores", ("filled_fraction [1]",)),
        HistoryPanel("height", ("tip_height [um]",)),
        HistoryPanel("current density", ("plating_current [A/m^2]", "driven_current [A/m^2]")),
        HistoryPanel("energy", energies),
    ]
    return [
        *figures.draw_fields(fields, out, panels),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out, diagrams),
    ]


def growth(history: History, parameters: WettingParameters) -> Value:
    """Return where lithium is at the end; a sharp surface would not have bridged the throats."""
    p, filled = parameters, float(history["filled_fraction [1]"][-1])
    if filled > 0.5 and p.pressure == 0 and not p.passes_undriven:
        return "bridges"
    return "grows in" if filled > 0.5 else ("stays out" if filled < 0.25 else "partly in")


def findings(history: History, parameters: WettingParameters) -> list[str]:
    """Say how far lithium came, and what it would take to bring it further."""
    p = parameters
    filled = float(history["filled_fraction [1]"][-1])
    hours = float(history["time [s]"][-1]) / 3600
    lines = [
        f"lithium fills {100 * filled:.0f} % of the pores after {hours:.3g} h, driven by "
        f"{p.pressure:.3g} MPa"
    ]
    if p.contact_angle > 90:
        entry = f"to enter it needs {p.entry_pressure:.3g} MPa"
        if p.pores == "rows" and p.dim == 2:
            entry += f", to pass the throats between rows {p.passage_pressure:.3g} MPa"
        lines.append(entry)
    elif p.pores == "rows" and p.contact_angle < 90 and p.throat < p.interface_width:
        lines.append(
            f"caution: the surface of lithium ({p.interface_width:.2g} um) is wider than the "
            f"throats between rows ({p.throat:.2g} um) and may bridge them; see whether lithium "
            "still passes with half of interface_width and element_size"
        )
    return lines


def _rows(parameters: WettingParameters) -> bool:
    """Whether the geometry is that of Fig. 2k, l and there is time to see what happens."""
    p = parameters
    return p.pores == "rows" and p.dim == 2 and p.rows >= 3 and p.end_time >= 800


def _open(parameters: WettingParameters) -> bool:
    """Whether lithium in a throat has come with the front, and has not condensed there."""
    p = parameters
    return p.formulation == "wall" or p.throat >= _OPEN * p.interface_width


TARGETS: tuple[Target[WettingParameters], ...] = (
    Target(
        name="lithiophilic, no pressure",
        paper="grows in",
        kind="calibrated",
        read=growth,
        source=f"{PAPER}, text on Fig. 2k",
        applies=lambda p: _rows(p) and _open(p) and p.contact_angle < 90 and p.pressure == 0,
    ),
    Target(
        name="lithiophobic, no pressure",
        paper="stays out",
        kind="predicted",
        read=growth,
        source=f"{PAPER}, text on Fig. 2l",
        applies=lambda p: _rows(p) and p.contact_angle > 90 and p.pressure == 0,
    ),
    Target(
        name="lithiophobic, half the entry pressure",
        paper="stays out",
        kind="predicted",
        read=growth,
        source=f"{PAPER}, text on Fig. 2l; -2 gamma cos(theta + psi) / w",
        applies=lambda p: (
            _rows(p) and p.contact_angle > 90 and 0 < p.pressure <= 0.5 * p.entry_pressure
        ),
    ),
    Target(
        name="lithiophobic, above the pressure of the throats",
        paper="grows in",
        kind="predicted",
        read=growth,
        source=f"{PAPER}, text on Fig. 2l",
        applies=lambda p: (
            _rows(p) and p.contact_angle > 90 and p.pressure >= 1.1 * p.passage_pressure
        ),
    ),
)

CASE = Case(
    name="wang2024/wetting",
    title="Lithium that wets the pores of an interlayer, or is kept out (Fig. 2k, l)",
    parameters=WettingParameters,
    presets={
        "quick": {},
        "paper": {"interface_width": 0.4, "element_size": 0.1, "columns": 3, "rows": 6},
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
