"""Homogeneous, dual-layer and graded electronic conductivity at equal thickness (Fig. 5a-c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.wang2024 import design
from lithode.cases.wang2024.design import AXIS, Bearable
from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.cases.wang2024.measured import CRITICAL_CURRENTS, PAPER, at_content
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.core.parameters import quantity
from lithode.core.units import from_model, to_model
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Target, Value
from lithode.meshes import interlayer
from lithode.meshes.interlayer import Layer
from lithode.meshes.structured import layered_interval
from lithode.output.history import History
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.solvers.current_distribution.parameters import PREFIX
from lithode.solvers.numerics.properties import Property
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants
from lithode.theory.interlayer_design import InterlayerDesign, graded_layers

Array = npt.NDArray[np.float64]

_DUAL = CRITICAL_CURRENTS[6]
LAYERS = "lithium_side", "electrolyte_side"
PROFILES = "homogeneous", "dual", "graded"


class Parameters(DesignParameters):
    """Parameters of the comparison."""

    thickness: float = quantity(
        54.5, "um", "lithium to electrolyte", source=f"{PAPER}, Fig. S37", provenance="paper", gt=0
    )
    currents: tuple[float, ...] = quantity(
        (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0),
        "mA/cm^2",
        "current densities of the sweep, rising",
        source=f"range of {PAPER}, Fig. 5d",
        provenance="paper",
    )
    lithium_content: float = quantity(
        7.0,
        "",
        "carbon nanotubes at lithium, dual and graded, in weight per cent",
        source=f"{PAPER}, Fig. 5b",
        provenance="paper",
        ge=0.5,
        le=50,
    )
    electrolyte_content: float = quantity(
        2.0,
        "",
        "the same at the electrolyte",
        source=f"{PAPER}, Fig. 5b",
        provenance="paper",
        ge=0.5,
        le=50,
    )


@dataclass(frozen=True)
class Profile:
    """An interlayer for both models.

    Attributes:
        regions: Region to ionic and electronic conductivity in uS/m.
        form: For the closed form.
    """

    regions: Mapping[str, tuple[Property, Property]]
    form: InterlayerDesign


def interlayers(parameters: Parameters) -> dict[str, Profile]:
    """Return the interlayers that are compared."""
    p = parameters
    ends = [at_content(content) for content in (p.lithium_content, p.electrolyte_content)]
    alike = p.ionic, p.electronic
    dual = [(end.ionic.value, end.electronic.value) for end in ends]
    half = p.thickness / 2

    def graded(low: float, high: float) -> Callable[[Array], Array]:
        """Return exp of a straight line over the depth, as a composite of as many parts."""
        axis, first = p.dimension - 1, to_model(low, "S/cm")
        return lambda x: first * (high / low) ** (x[axis] / p.thickness)

    slopes = [graded(*values) for values in zip(*dual, strict=True)]
    thin = graded_layers(lambda x: slopes[1](np.tile(x, (p.dimension, 1))), p.thickness)
    return {
        "homogeneous": Profile(
            {name: _in_model(alike) for name in LAYERS},
            p.design((p.thickness,), (p.electronic,)),
        ),
        "dual": Profile(
            dict(zip(LAYERS, map(_in_model, dual), strict=True)),
            p.design((half, half), (dual[0][1], dual[1][1])),
        ),
        "graded": Profile(
            {name: (slopes[0], slopes[1]) for name in LAYERS},
            p.design(thin[0], tuple(from_model(value, "S/cm") for value in thin[1])),
        ),
    }


def _in_model(values: tuple[float, float]) -> tuple[Property, Property]:
    return to_model(values[0], "S/cm"), to_model(values[1], "S/cm")


def _mesh(parameters: Parameters, comm: MPI.Intracomm, coarsening: float = 1.0) -> Domain:
    p, half = parameters, parameters.thickness / 2
    size = coarsening * p.element_size
    if p.dimension == 1:
        return layered_interval(comm, dict.fromkeys(LAYERS, half), size)
    layers = tuple(Layer(name, half) for name in LAYERS)
    with fields_named({"size": "element_size"}):
        shape = interlayer.Interlayer(p.width, p.thickness, size, 4 * size, layers=layers)
    return interlayer.build(shape, comm)


def _models(parameters: Parameters, domain: Domain) -> Variants:
    return Variants(
        {
            name: design.two_potential_model(domain, parameters, found.regions, found.form)
            for name, found in interlayers(parameters).items()
        }
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    p.check_currents()
    _ = p.surface
    forms = {f"_{name}": found.form for name, found in interlayers(p).items()}
    return design.simulation(p, _models(p, domain or _mesh(p, comm)), forms)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""

    def make() -> Sweep:
        p = parameters.model_copy(update={"dimension": 1, "element_size": parameters.thickness})
        return Sweep(_models(p, _mesh(p, MPI.COMM_SELF)), AXIS, p.currents[0])

    return [make]


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say for each profile where lithium nucleates and up to which current it is safe."""
    p, lines = parameters, []
    for name, found in interlayers(p).items():
        bearable = Bearable.of(history, p, found.form.filling_current, f"_{name}")
        model = design.model_answer(bearable, history, f"_{name}")
        form = design.closed_form_answer(found.form.verdict, p.duration)
        lines += [f"{name}, two-potential model: {model}", f"{name}, closed form: {form}"]
    return lines


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the three profiles side by side at the largest current, and over the current."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    return [
        profiles.draw_variants(fields, out / "profiles.png", _PANELS, _NAMES, p.currents[-1]),
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
    ]


_NAMES = {name: name for name in PROFILES}
_PANELS = (
    FieldPanel("overpotential", "overpotential", "V"),
    FieldPanel("reaction_current", "Li plated inside", "A/cm^3"),
    FieldPanel("electronic_potential", "potential of electrons", "V"),
)


def _panel(label: str, name: str, unit: str, shown: str = "") -> HistoryPanel:
    columns = tuple(f"{name}_{profile} [{unit}]" for profile in PROFILES)
    return HistoryPanel(label, columns, legend=PROFILES, unit=shown)


_HISTORY = (
    _panel("plated near SSE", "reaction_current_electrolyte", "A/m^2", AXIS.unit),
    _panel("plated near Li", "reaction_current_lithium", "A/m^2", AXIS.unit),
    _panel("mean height", "reaction_height", "um"),
    _panel("l$_n$, closed form", "nucleation_length", "um"),
)


def _compared(one: str, other: str) -> Callable[[History, Parameters], Value]:
    """Return a reader of whether less plates next to the electrolyte in one than in the other."""

    def read(history: History, _: Parameters) -> Value:
        plated = (
            float(history[f"reaction_current_electrolyte_{name} [A/m^2]"][-1])
            for name in (one, other)
        )
        return "less" if next(plated) < next(plated) else "more"

    return read


def _is_fig_5(parameters: Parameters) -> bool:
    p, fields = parameters, Parameters.model_fields
    names = (
        "composition",
        "thickness",
        "lithium_content",
        "electrolyte_content",
        "ionic_conductivity",
        "electronic_conductivity",
        "tolerated_current",
    )
    same = all(getattr(p, name) == fields[name].default for name in names)
    return same and design.is_reference(p)


def _dual(history: History, parameters: Parameters) -> Value:
    form = interlayers(parameters)["dual"].form
    found = Bearable.of(history, parameters, form.filling_current, "_dual")
    return f"above {found.current:g}" if found.limit == "sweep" else found.current


TARGETS: tuple[Target[Any], ...] = (
    Target(
        name="plated next to the electrolyte, dual against homogeneous",
        paper="less",
        kind="predicted",
        read=_compared("dual", "homogeneous"),
        source=f"{PAPER}, text on Fig. 5a, b",
        applies=_is_fig_5,
    ),
    Target(
        name="plated next to the electrolyte, graded against dual",
        paper="less",
        kind="predicted",
        read=_compared("graded", "dual"),
        source=f"{PAPER}, caption of Fig. 5: double < gradient",
        applies=_is_fig_5,
    ),
    Target(
        name=f"CCD, {_DUAL.name}, two potentials",
        paper=_DUAL.value.value,
        unit=AXIS.unit,
        kind="predicted",
        tolerance=0.2,
        read=_dual,
        source=_DUAL.value.source,
        applies=_is_fig_5,
    ),
)

CASE = Case(
    name="wang2024/gradient",
    title="Homogeneous, dual-layer and graded electronic conductivity (Fig. 5a-c)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.1}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
