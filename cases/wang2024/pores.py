"""Pore size and porosity against the evenness of the current at lithium (Fig. S23)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from mpi4py import MPI

from lithode.cases.wang2024 import contacts
from lithode.cases.wang2024.layer import ContactParameters
from lithode.cases.wang2024.measured import PAPER
from lithode.core.axis import Axis
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.core.parameters import choice, quantity
from lithode.core.units import to_model
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target, Value
from lithode.meshes import contact_strips
from lithode.meshes.contact_strips import ContactStrips
from lithode.output.history import History, read_history
from lithode.plots import figures
from lithode.plots.panels import HistoryPanel
from lithode.solvers.current_distribution.contact import StripContact
from lithode.solvers.current_distribution.parameters import PREFIX, LithiumSurface, Numerics
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants
from lithode.theory import contact

AXIS = Axis("pore_size", "d", "um")

# In periods: there the current is even to exp(-4 pi).
HEIGHT = 2.0
# A current counts as even if nowhere on the contact it is more than this above its mean.
EVEN = 1.05


class Parameters(ContactParameters):
    """Parameters of the contact."""

    resumable: ClassVar[frozenset[str]] = frozenset({"pore_sizes"})

    pore_sizes: tuple[float, ...] = quantity(
        (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0),
        "um",
        "width of the pores, rising",
        source="not in the text",
        provenance="assumed",
    )
    porosities: tuple[float, ...] = quantity(
        (0.3, 0.5, 0.7),
        "",
        "share of the base that is pore, one model each",
        source="not in the text",
        provenance="assumed",
    )
    current: float = quantity(
        4.0,
        "mA/cm^2",
        "per area of the whole contact plane",
        source=f"{PAPER}, largest of Fig. 3",
        provenance="paper",
        gt=0,
    )
    element_size: float = quantity(
        0.001,
        "",
        "element size where a strip ends, in periods",
        source="docs/wang2024-pores.md",
        provenance="numerical",
        gt=0,
    )
    element_size_far: float = quantity(
        0.05,
        "",
        "element size far from it, in periods",
        source="Lithode",
        provenance="numerical",
        gt=0,
        le=0.25,
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/numerics.md", provenance="numerical"
    )

    def check(self) -> None:
        """Refuse pore sizes that do not rise from above 0, and porosities outside (0, 1).

        Raises:
            InputError: There are such.
        """
        if not self.pore_sizes or np.any(np.diff([0.0, *self.pore_sizes]) <= 0):
            raise InputError("pore_sizes", _text(self.pore_sizes), "must rise from above 0", "um")
        for porosity in self.porosities:
            if not 0 < porosity < 1:
                allowed = "must be between 0 and 1, both excluded"
                raise InputError("porosities", porosity, allowed)
        if not self.porosities or len(set(self.porosities)) < len(self.porosities):
            raise InputError("porosities", _text(self.porosities), "give at least one, each once")

    def wagner(self, porosity: float, pore_size: float) -> float:
        """Return the Wagner number of the strips."""
        return contact.wagner_number(
            to_model(self.ionic, "S/cm"),
            inverse_thermal_voltage(self.temperature),
            self.exchange_current_density,
            self.model_value("current") / (1 - porosity),
            contact.strip_width(pore_size, porosity),
        )


def _text(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "unset"


def label(porosity: float) -> str:
    """Return the end of the names of columns and fields of a porosity."""
    return f"p{porosity:g}"


def geometry(parameters: Parameters) -> ContactStrips:
    """Return the cell that all porosities share."""
    p = parameters
    with fields_named({"size": "element_size", "size_far": "element_size_far"}):
        return ContactStrips(
            contacts=tuple(1 - porosity for porosity in p.porosities),
            period=1.0,
            height=HEIGHT,
            size=p.element_size,
            size_far=p.element_size_far,
        )


def _models(parameters: Parameters, domain: Domain) -> Variants:
    p, strips = parameters, geometry(parameters)
    return Variants(
        {
            label(porosity): StripContact(
                contact_strips.touching(domain, strips, 1 - porosity),
                to_model(p.ionic, "S/cm"),
                LithiumSurface(p.exchange_current_density, p.symmetry_factor),
                p.temperature,
                p.model_value("current"),
                porosity,
                HEIGHT,
                Numerics(p.solver),
            )
            for porosity in p.porosities
        }
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the pore size; everything is checked before it is meshed."""
    p = parameters
    p.check()
    strips = geometry(p)
    sweep = Sweep(_models(p, domain or contact_strips.build(strips, comm)), AXIS, p.pore_sizes[0])
    return Simulation(
        model=sweep,
        control=sweep.control(p.pore_sizes[-1]),
        end_time=p.pore_sizes[-1],
        output_times=p.pore_sizes,
        health=[
            HealthLine(
                f"Wa({porosity:g})",
                p.wagner(porosity, p.pore_sizes[-1]),
                f"kinetic over ohmic resistance of a strip at d = {p.pore_sizes[-1]:g} um; below "
                "1 the current crowds at its ends",
            )
            for porosity in p.porosities
        ],
        conservation={f"lithium_{label(q)}": f"cation_defect_{label(q)} [1]" for q in p.porosities},
    )


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""

    def make() -> Sweep:
        p = parameters.model_copy(
            update={"porosities": (0.5,), "element_size": 0.1, "element_size_far": 0.25}
        )
        domain = contact_strips.build(geometry(p), MPI.COMM_SELF)
        return Sweep(_models(p, domain), AXIS, p.pore_sizes[0])

    return [make]


def largest_even(history: History, porosity: float) -> float:
    """Return the pore size in um up to which the current is even; 0 if it never is."""
    sizes, ratio = history[AXIS.column], history[f"max_over_mean_{label(porosity)} [1]"]
    above = np.flatnonzero(ratio > EVEN)
    if not len(above):
        return float(sizes[-1])
    k = int(above[0])
    if k == 0:
        return 0.0
    return float(np.interp(EVEN, ratio[k - 1 : k + 1], sizes[k - 1 : k + 1]))


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say for each porosity how large its pores may be."""
    lines = []
    for porosity in parameters.porosities:
        size, last = largest_even(history, porosity), history[AXIS.column][-1]
        least = " at least, the end of the sweep" if size >= last else ""
        lines.append(
            f"porosity {porosity:g}: the current at {parameters.current:g} mA/cm^2 exceeds its "
            f"mean by less than {100 * (EVEN - 1):.0f} % "
            + (f"for pores up to {size:.3g} um{least}" if size else "in no pore of the sweep")
        )
    return lines


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw potential with current lines, the current on the strips, and its spread."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    table = run_directory / "history.csv"
    shown = min(p.porosities, key=lambda porosity: abs(porosity - 0.5))
    scale = contacts.Strips(label(shown), shown, p.model_value("current") / (1 - shown))
    return [
        contacts.draw_potential(fields, out / "potential.png", scale, p.pore_sizes[-3:]),
        contacts.draw_current(fields, out / "strip.png", scale),
        contacts.draw_spread(
            read_history(table), out / "spread.png", {q: label(q) for q in p.porosities}
        ),
        *figures.draw_history(
            table,
            out,
            [
                HistoryPanel(
                    text,
                    tuple(f"{name}_{label(q)} [{unit}]" for q in p.porosities),
                    legend=[f"p = {q:g}" for q in p.porosities],
                )
                for text, name, unit in (
                    ("largest over mean current", "max_over_mean", "1"),
                    ("contact resistance", "contact_resistance", "ohm*cm^2"),
                )
            ],
        ),
    ]


def _smaller_pores(history: History, parameters: Parameters) -> Value:
    spreads = [history[f"variation_{label(q)} [1]"] for q in parameters.porosities]
    if len(spreads[0]) < 2:
        return None
    falls = all(bool(np.all(np.diff(spread) > 0)) for spread in spreads)
    return "more even" if falls else "not more even"


def _smallest(history: History, parameters: Parameters) -> Value:
    ratios = [history[f"max_over_mean_{label(q)} [1]"][0] for q in parameters.porosities]
    return "homogeneous" if max(ratios) < EVEN else "uneven"


def _is_paper(parameters: Parameters) -> bool:
    fields = Parameters.model_fields
    names = "composition", "ionic_conductivity", "current", "pore_sizes", "porosities"
    return all(getattr(parameters, name) == fields[name].default for name in names)


TARGETS: tuple[Target[Any], ...] = (
    Target(
        name="current at lithium, smaller pores",
        paper="more even",
        kind="predicted",
        read=_smaller_pores,
        source=f"{PAPER}, text on Fig. S23",
        applies=_is_paper,
    ),
    Target(
        name="current at lithium, 0.5 um pores, 4 mA/cm^2",
        paper="homogeneous",
        kind="predicted",
        read=_smallest,
        source=f"{PAPER}, text on Fig. S23",
        applies=_is_paper,
    ),
)

CASE = Case(
    name="wang2024/pores",
    title="Pore size and porosity against an even current at lithium (Fig. S23)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.0002, "element_size_far": 0.02}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
