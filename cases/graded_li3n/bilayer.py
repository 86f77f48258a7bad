"""Lithium among particles up to a layer in which it does not plate (Fig. 8A-C)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal

from mpi4py import MPI
from pydantic import field_validator

from lithode.cases.graded_li3n.geometry import mesh, probes
from lithode.cases.graded_li3n.parameters import PAPER, PRESETS, GrowthParameters
from lithode.cases.graded_li3n.readings import (
    APPLIED_OVERPOTENTIAL,
    Read,
    at,
    first_time,
    value,
    with_3d,
)
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parameters import choice, quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Target
from lithode.materials import registry
from lithode.meshes import electrolyte
from lithode.meshes.shapes import Particle, Polygon, Polyhedron, Shape
from lithode.output.history import History
from lithode.plots import figures
from lithode.plots.panels import FIELD_PANELS, HISTORY_PANELS, FieldPanel, HistoryPanel
from lithode.solvers.electrodeposition.parameters import PREFIXES, Backstop, ElectrolyteRegion
from lithode.solvers.electrodeposition.parameters import Parameters as Physics
from lithode.solvers.electrodeposition.setup import simulation
from lithode.theory.elasticity import Stiffness

# Time in s, mean pressure in MPa at the tip of lithium on LZC (text on Fig. 8C), kind of target.
TIP_PRESSURES: tuple[tuple[float, float, Literal["calibrated", "predicted"]], ...] = (
    (1200.0, 10.0, "predicted"),
    (1300.0, 18.0, "predicted"),
    (2100.0, 20.0, "calibrated"),
)
# Half an interface width in each corner of the channel stays free of lithium.
COVERED = 0.85


class Parameters(GrowthParameters):
    """Parameters of the bilayer."""

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **GrowthParameters.mesh_fields,
        "layer thickness": "layer_thickness",
    }

    second_layer: str = choice(
        "lzc",
        "material of the layer on top; none: the first layer is all there is",
        source=f"{PAPER}, Figs. 2 and 8",
        provenance="paper",
    )
    height: float = quantity(
        105.0, "um", "electrode to counter electrode", source="Lithode", provenance="assumed", gt=0
    )
    layer_thickness: float = quantity(
        72.0,
        "um",
        "of the layer of particles; the rest of the height is the second one",
        source=f"{PAPER}: lithium reaches it at 1200 s",
        provenance="calibrated",
        gt=0,
    )
    particle_positions: tuple[float, ...] = quantity(
        (14.0, 66.0),
        "um",
        "middle of each coarse particle along the width",
        source="drawn after Fig. 8",
        provenance="assumed",
    )
    particle_width: float = quantity(
        28.0, "um", "of a coarse particle", source="drawn after Fig. 8", provenance="assumed", gt=0
    )
    particle_rows: tuple[float, ...] = quantity(
        (14.0,),
        "um",
        "middle of each row of coarse particles along the depth if dimension=3",
        source="as particle_positions",
        provenance="assumed",
    )
    particle_depth: float = quantity(
        28.0,
        "um",
        "of a coarse particle if dimension=3",
        source="as particle_width",
        provenance="assumed",
        gt=0,
    )
    particle_height: float = quantity(
        30.0, "um", "of a coarse particle", source="drawn after Fig. 8", provenance="assumed", gt=0
    )
    particle_bevel: float = quantity(
        8.0, "um", "of its lower corners", source="drawn after Fig. 8", provenance="assumed", ge=0
    )
    particle_clearance: float = quantity(
        0.0,
        "um",
        "between the flat tops of coarse particles and the second layer",
        source=f"{PAPER}, Fig. 8B: they carry it",
        provenance="paper",
        ge=0,
    )
    second_youngs_modulus: float | None = quantity(
        None, "GPa", "instead of the second layer's", source="-", provenance="assumed", gt=0
    )
    second_poissons_ratio: float | None = quantity(
        None, "", "instead of the second layer's", source="-", provenance="assumed", gt=-1, lt=0.45
    )
    second_conductivity: float | None = quantity(
        None, "S/m", "instead of the second layer's", source="-", provenance="assumed", gt=0
    )
    eigenstrain_second: float = quantity(
        1.3e-3,
        "",
        "K of lithium that presses into the second layer, strain per axis",
        source=f"{PAPER}: 20 MPa at the tip, with transport=binary",
        provenance="calibrated",
        ge=0,
        lt=0.1,
    )
    end_time: float = quantity(
        2100.0, "s", "end of the run", source=f"{PAPER}, Fig. 8", provenance="paper", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (1200.0, 1300.0, 2100.0),
        "s",
        "times that get a picture of their own",
        source=f"{PAPER}, Fig. 8",
        provenance="paper",
    )
    exchange_current_density: float = quantity(
        280.0,
        "A/m^2",
        "i_0; gives L_eta unless reaction_constant is set",
        source=f"{PAPER}: contact with the second layer at 1200 s",
        provenance="calibrated",
        gt=0,
    )
    diffusivity: float = quantity(
        4.8e-11,
        "m^2/s",
        "Li+ diffusivity of the electrolytes",
        source=f"{PAPER}: contact with the second layer at 1200 s",
        provenance="calibrated",
        gt=0,
    )
    transport: Literal["binary", "steric", "single_ion"] = choice(
        "steric",
        "what bounds the Li+ concentration: nothing, free sites, or fixed anions",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )

    @field_validator("second_layer")
    @classmethod
    def _material_or_none(cls, name: str) -> str:
        return name if name == "none" else registry.key_of(name, "second_layer")

    def of_second_layer(self, name: str) -> float:
        """Return a property of the second layer in model units, unless it is set."""
        if getattr(self, f"second_{name}") is not None:
            return self.model_value(f"second_{name}")
        return self.material(self.second_layer).of(name).model

    @property
    def region_names(self) -> tuple[str, ...]:
        """Regions of the mesh, in the order of their numbers."""
        second = () if self.second_layer == "none" else (self.second_layer,)
        return ("fine", *second, *(("coarse",) if self.has_particles else ()))

    @property
    def has_particles(self) -> bool:
        """Whether there are coarse particles."""
        return bool(self.particle_positions) and (self.is_flat or bool(self.particle_rows))

    @property
    def second_region(self) -> ElectrolyteRegion:
        """The second layer."""
        material = self.material(self.second_layer)
        stiffness = Stiffness.from_engineering(
            self.of_second_layer("youngs_modulus"), self.of_second_layer("poissons_ratio")
        )
        return ElectrolyteRegion(
            stiffness=stiffness,
            eigenstrain=self.eigenstrain_second,
            rate_constant=0.0 if material.no_plating else self.rate_constant,
            diffusivity=self.model_value("diffusivity"),
            conductivity=self.of_second_layer("conductivity"),
        )

    @property
    def model(self) -> Physics:
        """Parameters of the electrodeposition model, in its units."""
        physics = super().model
        if self.second_layer == "none":
            return physics
        return replace(
            physics,
            regions={**physics.regions, self.second_layer: self.second_region},
            backstop=Backstop(
                self.second_layer, "fine", particles="coarse" if self.has_particles else None
            ),
        )


def coarse_particles(parameters: Parameters) -> tuple[Particle, ...]:
    """Return the coarse particles: blocks with a flat top and bevelled lower corners or edges.

    Raises:
        InputError: The bevels leave nothing of the sides or of the bottom.
    """
    p = parameters
    widths = (p.particle_width,) if p.is_flat else (p.particle_width, p.particle_depth)
    if p.particle_bevel >= min(*(width / 2 for width in widths), p.particle_height):
        allowed = "must be less than particle_height and half of "
        allowed += "particle_width" if p.is_flat else "particle_width and particle_depth"
        raise InputError("particle_bevel", p.particle_bevel, allowed, "um")
    rows = (p.particle_positions,) if p.is_flat else (p.particle_positions, p.particle_rows)
    return tuple(
        Particle(_block(p, middle, widths), "coarse") for middle in itertools.product(*rows)
    )


def _block(parameters: Parameters, middle: Sequence[float], widths: Sequence[float]) -> Shape:
    p = parameters
    top = p.layer_thickness - p.particle_clearance
    bottom = top - p.particle_height
    levels = ((top, 0.0), (bottom + p.particle_bevel, 0.0), (bottom, p.particle_bevel))
    corners = [
        (*(m + s * (w / 2 - inset) for m, s, w in zip(middle, signs, widths, strict=True)), level)
        for signs in itertools.product((-1, 1), repeat=len(widths))
        for level, inset in levels[:: -signs[0]]  # once round, as a polygon needs it
    ]
    vertices = tuple(dict.fromkeys(corners))  # without a bevel two fall on two
    return Polygon(vertices) if p.is_flat else Polyhedron(vertices)


def layers(parameters: Parameters) -> electrolyte.Electrolyte:
    """Return the geometry.

    Raises:
        InputError: A layer that fills the height, or a particle that leaves its layer.
    """
    p = parameters
    if p.layer_thickness >= p.height:
        allowed = f"must be less than height = {p.height:g}"
        raise InputError("layer_thickness", p.layer_thickness, allowed, "um")
    stack = [electrolyte.Layer("fine", p.height)]
    if p.second_layer != "none":
        rest = p.height - p.layer_thickness
        stack = [
            electrolyte.Layer("fine", p.layer_thickness),
            electrolyte.Layer(p.second_layer, rest, inside=True),
        ]
    return electrolyte.Electrolyte(
        width=p.width,
        depth=None if p.is_flat else p.depth,
        height=p.height,
        size=p.element_size,
        size_inside=max(p.element_size_inside, p.element_size),
        margin=p.interface_width,
        layers=tuple(stack),
        particles=coarse_particles(p),
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; the geometry is checked before it is meshed."""
    p = parameters
    return simulation(p, lambda: domain or mesh(p, comm, p.region_names, lambda: layers(p)))


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the paper's times, without lithium and fine particles too, fronts and history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    names = parameters.region_names
    carrying = FieldPanel(
        "hydrostatic_stress",
        "pressure around lithium",
        "MPa",
        colormap="inferno",
        factor=-1.0,
        regions=tuple(range(2, len(names) + 1)),
    )
    panels = (*FIELD_PANELS, carrying) if parameters.is_flat and len(names) > 1 else FIELD_PANELS
    return [
        *figures.draw_fields(fields, out, panels, times=parameters.output_times),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out, HISTORY),
    ]


HISTORY = (
    HISTORY_PANELS[0],
    HistoryPanel("covered share", ("covered_fraction [1]",)),
    HistoryPanel(
        "pressure at the tip",
        ("pressure_tip_mean [MPa]", "pressure_tip_p90 [MPa]", "pressure_tip_max [MPa]"),
    ),
    HistoryPanel(
        "at coarse particles", ("pressure_particle_mean [MPa]", "pressure_particle_max [MPa]")
    ),
    HistoryPanel(
        "transmitted", ("pressure_transmitted_mean [MPa]", "pressure_transmitted_max [MPa]")
    ),
    HistoryPanel("background", ("pressure_background [MPa]",)),
    HistoryPanel("largest concentration", ("concentration_max [1]",)),
    HistoryPanel("plating current", ("plating_current [A/m^2]",)),
    HISTORY_PANELS[-1],
)


def of_the_paper(parameters: Parameters) -> bool:
    """Whether the materials and the geometry are those of the paper, in 2D or 3D."""
    p = parameters
    return p.second_layer == "lzc" and p.electrolyte == "li3n" and p.mesh_file is None


def _accumulates(history: History, _: Parameters) -> str | None:
    covered = value(history, "mean_height [um]", 1300.0)
    end = value(history, "mean_height [um]", 2100.0)
    if covered is None or end is None:
        return None
    return "accumulates" if end > 1.02 * covered else "stops"


def _target(
    name: str, paper: float, unit: str, kind: Literal["calibrated", "predicted"], read: Read
) -> Target[Parameters]:
    tolerance = 0.1 if unit == "s" else 0.2
    return Target(
        name=name,
        paper=paper,
        unit=unit,
        kind=kind,
        tolerance=tolerance,
        read=read,
        source="text on Fig. 8",
        applies=of_the_paper,
    )


_OF_2D: tuple[Target[Parameters], ...] = (
    _target("contact with LZC", 1200.0, "s", "calibrated", first_time("covered_fraction [1]", 0.0)),
    _target(
        "fine-Li3N/LZC interface covered but for its corners",
        1300.0,
        "s",
        "predicted",
        first_time("covered_fraction [1]", COVERED),
    ),
    Target(
        name="lithium, 1300 to 2100 s",
        paper="accumulates",
        kind="predicted",
        read=_accumulates,
        source="text on Fig. 8A",
        applies=of_the_paper,
    ),
    Target(
        name="pressure transmitted to LZC, 2100 s",
        paper=1.0,
        unit="MPa",
        kind="predicted",
        read=at("pressure_transmitted_mean [MPa]", 2100.0),
        source="text on Fig. 8",
        applies=of_the_paper,
        bound="above",
    ),
    *(
        _target(
            f"mean pressure at the tip, {time:g} s",
            paper,
            "MPa",
            kind,
            at("pressure_tip_mean [MPa]", time),
        )
        for time, paper, kind in TIP_PRESSURES
    ),
)

TARGETS: tuple[Target[Parameters], ...] = (APPLIED_OVERPOTENTIAL, *with_3d(_OF_2D))


CASE = Case(
    name="graded-li3n/bilayer",
    title="Lithium up to a layer in which it does not plate, and its pressures (Fig. 8A-C)",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=PREFIXES,
    probes=probes,
)
