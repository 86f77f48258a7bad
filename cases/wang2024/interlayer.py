"""What the transport scenarios of the paper share: mesh, simulation, health, surface profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.cases.wang2024.measured import COMPOSITIONS, Composition
from lithode.cases.wang2024.parameters import InterlayerParameters
from lithode.core.constants import VACUUM_PERMITTIVITY, inverse_thermal_voltage
from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.core.units import to_model
from lithode.engine.case import Simulation
from lithode.engine.verdict import HealthLine, Target
from lithode.materials.library import Value
from lithode.meshes import interlayer
from lithode.meshes.shapes import Polygon
from lithode.meshes.structured import structured
from lithode.output.fields import FieldReader
from lithode.output.history import History
from lithode.plots import profiles
from lithode.plots.panels import FieldPanel
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import Observation
from lithode.solvers.numerics.march import StepControl
from lithode.theory import transport
from lithode.theory.nucleation import Nucleation

# Where a mesh error names its own field: the parameter behind it.
_FIELDS = {
    "size": "element_size",
    "size_far": "element_size_far",
    "vertices": "protrusion_corners",
}


def geometry(parameters: InterlayerParameters) -> interlayer.Interlayer:
    """Return the geometry; refuses a protrusion that does not fit."""
    p = parameters
    with fields_named(_FIELDS):
        return interlayer.Interlayer(
            width=p.width,
            thickness=p.thickness,
            size=p.element_size,
            size_far=max(p.element_size_far, p.element_size),
            protrusion=p.polygon,
        )


def observation(parameters: InterlayerParameters) -> Observation:
    """Return lines towards the electrolyte: from lithium at a side, and from the highest tip."""
    p, polygon = parameters, parameters.polygon
    if polygon is None:
        return Observation({"base": ((0.01 * p.width, 0.0), (0.01 * p.width, p.thickness))})
    tip = max(polygon.vertices, key=lambda vertex: vertex[1])
    height, aside = min((_surface(polygon, x), x) for x in (0.01 * p.width, 0.99 * p.width))
    return Observation(
        {
            "base": ((aside, height), (aside, p.thickness)),
            "tip": (tip, (tip[0], p.thickness)),
        }
    )


def _surface(polygon: Polygon, x: float) -> float:
    """Return the height of the uppermost lithium at a place of the base, in um."""
    heights = [0.0]
    edges = zip(polygon.vertices, (*polygon.vertices[1:], polygon.vertices[0]), strict=True)
    for (x0, y0), (x1, y1) in edges:
        if min(x0, x1) <= x <= max(x0, x1):
            upright = x0 == x1
            heights += [y0, y1] if upright else [y0 + (x - x0) / (x1 - x0) * (y1 - y0)]
    # On a slope round-off must not leave the mesh.
    return max(heights) * (1 + 1e-9)


def simulation(
    parameters: InterlayerParameters,
    nucleations: Mapping[str, Nucleation],
    comm: MPI.Intracomm,
    domain: Domain | None,
) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    physics, shape, lines = p.model(nucleations), geometry(p), observation(p)
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "s")
    domain = domain or interlayer.build(shape, comm)
    return Simulation(
        model=MixedConductor(domain, physics, p.numerics, lines),
        # The step doubles; backward differences of second order are stable up to 2.4.
        control=StepControl(
            initial_step=min(1e-6, p.end_time),
            max_step=0.5,
            min_step=1e-12,
            max_growth=2.0,
            many_iterations=12,
        ),
        end_time=p.end_time,
        output_times=p.output_times,
        health=health(p),
        conservation={"lithium": "cation_defect [1]", "electrons": "electron_defect [1]"},
    )


def health(parameters: InterlayerParameters) -> list[HealthLine]:
    """Return the derived numbers behind the pattern of growth."""
    p, f = parameters, inverse_thermal_voltage(parameters.temperature)
    electrons, cations = p.conductor.electron_diffusivity, p.conductor.cation_diffusivity
    debye = transport.squared_debye_length(
        p.relative_permittivity * VACUUM_PERMITTIVITY, p.cation_concentration, f
    )
    height = p.protrusion_height if p.protrusion != "none" else p.thickness
    wagner = to_model(p.ionic, "S/cm") / (f * p.exchange_current_density * height)
    return [
        HealthLine("D_e", electrons, "diffusivity of electrons; sets the pattern", "um^2/s"),
        HealthLine("D_Li", cations, "diffusivity of Li+", "um^2/s"),
        HealthLine(
            "l_e", (electrons * p.end_time) ** 0.5, "reach of electrons by diffusion alone", "um"
        ),
        HealthLine(
            "Wa", wagner, "kinetic over ohmic resistance of a protrusion; below 1 its tip leads"
        ),
        HealthLine("lambda", 1e3 * debye**0.5, "Debye length; the mesh does not resolve it", "nm"),
    ]


def probes(
    parameters: InterlayerParameters, nucleations: Mapping[str, Nucleation]
) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a handful of cells."""
    p = parameters

    def make() -> MixedConductor:
        size = p.width, p.thickness
        domain = structured(MPI.COMM_SELF, size, (2, 4), region=interlayer.REGION)
        return MixedConductor(domain, p.model(nucleations), p.numerics)

    return [make]


def normalised(
    path: Path, fields: Mapping[str, str], time: float, least: float
) -> list[FieldPanel]:
    """Return panels of nucleation rates over the largest of all, on colours from 0 to 1.

    Args:
        path: A field file.
        fields: Field to label.
        time: Time in s at which the largest is 1.
        least: Where the largest rate is below this one nothing nucleates, and nothing is shown.
    """
    reader = FieldReader(path)
    step = reader.step(time)
    largest = max(float(np.max(reader.values(name, step))) for name in fields)
    factor = 1 / largest if largest >= least else 0.0
    return [
        FieldPanel(
            name,
            label if factor else f"{label} (none)",
            colormap="inferno",
            limits=(0.0, 1.0),
            factor=factor,
        )
        for name, label in fields.items()
    ]


def write_surface(run_directory: Path, panels: list[FieldPanel], time: float) -> None:
    """Write what happens along the lithium surface."""
    names = [panel.field for panel in panels]
    table = run_directory / "lithium_surface.csv"
    profiles.write_profile(run_directory / "fields.vtkhdf", table, names, time)


def last(history: History, parameters: InterlayerParameters, column: str) -> float | None:
    """Return a column at the end, None if the run ended before."""
    if history["time [s]"][-1] < 0.98 * parameters.end_time:
        return None
    return float(history[column][-1])


Of = Callable[[InterlayerParameters], bool]


def is_at_two_seconds(parameters: InterlayerParameters) -> bool:
    """Whether the run ends where the paper looks, with the paper's conductivities."""
    p = parameters
    own = p.ionic_conductivity is not None or p.electronic_conductivity is not None
    return not own and abs(p.end_time - 2.0) < 1e-6


def _measured(kind: str, composition: Composition) -> Target[InterlayerParameters]:
    value: Value = getattr(COMPOSITIONS[composition], kind)
    return Target(
        name=f"{kind} conductivity",
        paper=value.value,
        unit=value.unit,
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: float(getattr(p, kind)),
        source=value.source,
        applies=lambda p: p.composition == composition and is_at_two_seconds(p),
    )


INPUTS: tuple[Target[Any], ...] = tuple(
    _measured(kind, composition) for composition in COMPOSITIONS for kind in ("ionic", "electronic")
)
