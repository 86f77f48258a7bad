"""Impedance spectra of Tang's symmetric cells: layered, and with lost contact (Fig. 3, Table 2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
from mpi4py import MPI

from lithode.cases.tang2026.parameters import (
    CYCLING_CURRENT,
    ELECTRODE_RADIUS,
    LI3N_CONDUCTIVITY,
    LI3N_THICKNESS,
    PAPER,
    PELLET_THICKNESS,
    TABLE_2,
    CellImpedance,
    Electrode,
)
from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.core.units import to_model
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target, Value
from lithode.meshes import contact
from lithode.meshes.structured import structured
from lithode.output.history import History, read_history
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel
from lithode.solvers.impedance.model import Impedance
from lithode.solvers.impedance.parameters import PREFIX, Contact, Numerics
from lithode.solvers.impedance.parameters import Parameters as Model
from lithode.solvers.numerics.sweep import Sweep
from lithode.spectroscopy import drt
from lithode.spectroscopy.circuit import (
    Element,
    Gap,
    Resistor,
    Scaled,
    Series,
    Zarc,
)
from lithode.spectroscopy.drt import Distribution
from lithode.spectroscopy.pictures import write_distribution
from lithode.spectroscopy.spectrum import Spectrum
from lithode.theory.constriction import tube_constriction

FREQUENCY = Axis("frequency", "f", "Hz")
_OURS = "Lithode"
_INSTEAD = "instead of Table 2"
_EDGES = 5e3, 1.5e5
BANDS = {"interface": (0.0, _EDGES[0]), "void": _EDGES, "grain boundary": (_EDGES[1], math.inf)}
"""Frequencies between which the peaks of each process lie; the paper sees voids at 1e4 to 1e5."""
_VOID = 3e4
# In ohm cm: the analysis gives the band of the voids up to 20 where there are none.
_ARTEFACT = 30.0
_TALLEST = 4.0  # a map of what is taller shows nothing


class Parameters(CaseParameters):
    """Parameters of the scenario."""

    resumable: ClassVar[frozenset[str]] = frozenset({"regularisation", "noise", "seed"})

    electrode: Electrode = choice(
        "Li", "bare or coated", source=f"{PAPER}, Table 2", provenance="paper"
    )
    cycle: int = count(150, "row of Table 2", source=f"{PAPER}, Table 2", provenance="paper", ge=0)
    geometry: Literal["layered", "disc", "strip", "box"] = choice(
        "layered",
        "flat interfaces (1D; voids are a circuit element), or partial contact: disc in a cylinder "
        "(axisymmetric), strip (2D), disc in a square period (3D)",
        source=_OURS,
        provenance="assumed",
    )
    bulk_resistivity: float | None = quantity(
        None, "ohm cm", f"R_b {_INSTEAD}", source="-", provenance="assumed", gt=0
    )
    grain_boundary_resistivity: float | None = quantity(
        None, "ohm cm", f"R_gb {_INSTEAD}", source="-", provenance="assumed", gt=0
    )
    interface_resistivity: float | None = quantity(
        None, "ohm cm", f"R_Interface {_INSTEAD}", source="-", provenance="assumed", gt=0
    )
    void_resistivity: float | None = quantity(
        None, "ohm cm", f"R_void {_INSTEAD}, if layered", source="-", provenance="assumed", ge=0
    )
    grain_boundary_frequency: float = quantity(
        5e5,
        "Hz",
        "its peak",
        source=f"{PAPER}, about 0.5 MHz in full cells",
        provenance="paper",
        gt=0,
    )
    grain_boundary_exponent: float = quantity(
        0.95, "", "of its constant-phase element", source=_OURS, provenance="assumed", gt=0, le=1
    )
    interface_frequency: float = quantity(
        300.0,
        "Hz",
        "its peak",
        source=f"{PAPER}, Fig. 3 has no numbers",
        provenance="assumed",
        gt=0,
    )
    interface_exponent: float = quantity(
        0.85, "", "of its constant-phase element", source=_OURS, provenance="assumed", gt=0, le=1
    )
    void_frequency: float = quantity(
        4e4,
        "Hz",
        "its peak, if layered",
        source=f"{PAPER}, between 1e4 and 1e5 Hz",
        provenance="paper",
        gt=0,
    )
    void_exponent: float = quantity(
        0.95, "", "of its constant-phase element", source=_OURS, provenance="assumed", gt=0, le=1
    )
    thickness: float = material(PELLET_THICKNESS, "of the electrolyte", gt=0)
    width: float = quantity(
        4500.0,
        "um",
        "radius of the cylinder or half of the period, if not layered",
        source=ELECTRODE_RADIUS.source,
        provenance="paper",
        gt=0,
    )
    contact_fraction: float = quantity(
        0.64,
        "",
        "touched part of the area, if not layered",
        source="so that R_void comes out",
        provenance="calibrated",
        gt=0,
        le=1,
    )
    loss: Literal["both", "one"] = choice(
        "both", "electrodes that lost contact", source=_OURS, provenance="assumed"
    )
    gap: float = quantity(
        10.0,
        "nm",
        "height of the voids over their relative permittivity",
        source="so that the peak lies between 1e4 and 1e5 Hz",
        provenance="calibrated",
        gt=0,
    )
    contact_cycle: int = count(
        20,
        "row of Table 2 whose R_Interface the touched area has, if not layered",
        source="the last one without R_void",
        provenance="assumed",
        ge=0,
    )
    lowest_frequency: float = quantity(
        1.0, "Hz", "start", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    highest_frequency: float = quantity(
        3e6, "Hz", "end", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    points_per_decade: int = count(10, "frequencies", source="usual", provenance="assumed", ge=3)
    noise: float = quantity(
        0.0,
        "",
        "added to the spectrum before its analysis, over |Z|",
        source=_OURS,
        provenance="numerical",
        ge=0,
        lt=0.1,
    )
    seed: int = count(1, "of the noise", source=_OURS, provenance="numerical", ge=0)
    regularisation: float = quantity(
        1e-3,
        "",
        "lambda of the distribution of relaxation times",
        source=f"{PAPER}, Methods",
        provenance="paper",
        gt=0,
    )
    refinement: float = quantity(
        60.0,
        "",
        "touched width over the element size at its edge",
        source=_OURS,
        provenance="numerical",
        ge=4,
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "linear solver", source="docs/tang2026-impedance.md", provenance="numerical"
    )

    @property
    def row(self) -> CellImpedance:
        """The row of Table 2 that is looked at."""
        return self._row("cycle", self.cycle)

    def _row(self, field: str, cycle: int) -> CellImpedance:
        if (self.electrode, cycle) not in TABLE_2:
            known = ", ".join(str(n) for name, n in TABLE_2 if name == self.electrode)
            raise InputError(field, cycle, f"Table 2 has {known} for {self.electrode}")
        return TABLE_2[self.electrode, cycle]

    @property
    def is_layered(self) -> bool:
        """Whether it is in one dimension."""
        return self.geometry == "layered"

    @property
    def resistivities(self) -> tuple[float, float, float, float]:
        """R_b, R_gb, R_Interface of what is touched, and R_void of the circuit, in ohm cm."""
        row = self.row
        touched = row if self.is_layered else self._row("contact_cycle", self.contact_cycle)
        void = self.void_resistivity
        if void is None:
            void = row.void.value if row.void and self.is_layered else 0.0
        return (
            self.bulk_resistivity or row.bulk.value,
            self.grain_boundary_resistivity or row.grain_boundary.value,
            self.interface_resistivity or touched.interface.value,
            void,
        )

    @property
    def solid(self) -> Element:
        """Resistivity of the electrolyte, in Mohm m."""
        bulk, boundaries = (to_model(r, "ohm cm") for r in self.resistivities[:2])
        arc = Zarc(boundaries, self.grain_boundary_frequency, self.grain_boundary_exponent)
        return Series((Resistor(bulk), arc))

    @property
    def interface(self) -> Element:
        """Area-specific impedance of one electrode, half of what Table 2 gives for both."""
        half = [r * to_model(1.0, "ohm cm") * self.thickness / 2 for r in self.resistivities[2:]]
        elements: list[Element] = [Zarc(half[0], self.interface_frequency, self.interface_exponent)]
        if half[1]:
            elements.append(Zarc(half[1], self.void_frequency, self.void_exponent))
        return Series(tuple(elements))

    @property
    def formula(self) -> Element:
        """Impedance of the layered cell in closed form, in ohm m^2."""
        return Series((Scaled(self.solid, self.thickness), Scaled(self.interface, 2.0)))

    @property
    def frequencies(self) -> tuple[float, ...]:
        """Frequencies of the sweep in Hz.

        Raises:
            InputError: The end is not after the start.
        """
        low, high = self.lowest_frequency, self.highest_frequency
        if high < 10 * low:
            allowed = f"must be at least a decade above lowest_frequency = {low:g}"
            raise InputError("highest_frequency", high, allowed, "Hz")
        number = round(math.log10(high / low) * self.points_per_decade) + 1
        return tuple(np.geomspace(low, high, number).tolist())

    @property
    def body(self) -> contact.PartialContact:
        """The geometry with partial contact.

        Raises:
            InputError: The contact does not fit.
        """
        share = {
            "disc": math.sqrt(self.contact_fraction),
            "strip": self.contact_fraction,
            "box": math.sqrt(4 * self.contact_fraction / math.pi),
        }[self.geometry]
        if share > 1 and self.contact_fraction < 1:
            allowed = f"a disc covers at most {math.pi / 4:.3f} of its square period"
            raise InputError("contact_fraction", self.contact_fraction, allowed)
        touched = min(share, 1.0) * self.width
        largest = min(self.width, self.thickness) / 6
        return contact.PartialContact(
            width=self.width,
            thickness=self.thickness,
            contact=touched,
            counter_contact=touched if self.loss == "both" else self.width,
            size=min(min(touched, self.width - touched or touched) / self.refinement, largest),
            size_far=largest,
            dimension=3 if self.geometry == "box" else 2,
        )

    @property
    def model(self) -> Model:
        """The parameters of the impedance model."""
        touching = self.interface
        contacts = {
            "electrode": Contact("driven", touching),
            "counter_electrode": Contact("grounded", touching),
        }
        if not self.is_layered and self.contact_fraction < 1:
            void = Gap(to_model(self.gap, "nm"))
            contacts["electrode_gap"] = Contact("driven", void)
            if self.loss == "both":
                contacts["counter_gap"] = Contact("grounded", void)
        return Model({contact.REGION: self.solid}, contacts, self.geometry == "disc")


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    model, loads = p.model, p.frequencies
    body = None if p.is_layered else p.body
    if domain is None:
        domain = _layer(p, comm) if body is None else contact.build(body, comm)
    sweep = Sweep(Impedance(domain, model, Numerics(p.solver)), FREQUENCY, loads[0])
    return Simulation(
        model=sweep,
        control=sweep.control(loads[-1]),
        end_time=loads[-1],
        output_times=loads,
        health=health(p),
        conservation={"charge": "charge_defect [1]"},
    )


def _layer(p: Parameters, comm: MPI.Intracomm) -> Domain:
    # The potential is linear: more cells would only make a finer picture.
    return structured(comm, (p.thickness,), (16,), region=contact.REGION)


def health(parameters: Parameters) -> list[HealthLine]:
    """Return the derived numbers behind the spectrum."""
    p = parameters
    bulk, boundaries, *_ = p.resistivities
    total = 1e-4 * p.thickness * sum(p.resistivities)
    lines = [
        HealthLine("R", total, "of the cell if all of its area touches", "ohm cm^2"),
        HealthLine(
            "eta", CYCLING_CURRENT.value * total, "at 0.3 mA/cm^2; the new cells show 30 mV", "mV"
        ),
    ]
    if p.electrode == "Li3N":
        layers = 2 * LI3N_THICKNESS.value / LI3N_CONDUCTIVITY.value / p.thickness
        meaning = "of R_Interface, explained by the conductivity of the Li3N layers alone"
        lines.append(HealthLine("R_Li3N", layers, meaning, "ohm cm"))
    if p.geometry == "disc" and p.width <= p.thickness / 2:
        share = math.sqrt(p.contact_fraction)
        area_over_4a = math.pi * p.width / (4 * share * p.thickness)
        faces = 2 if p.loss == "both" else 1
        closed = faces * (bulk + boundaries) * tube_constriction(share) * area_over_4a
        lines.append(HealthLine("R_c", closed, "constriction of an ideal contact", "ohm cm"))
    return lines


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""
    p = parameters

    def make() -> Sweep:
        gaps = contact.GAPS
        contacts = {name: c for name, c in p.model.contacts.items() if name not in gaps}
        model = Model(p.model.regions, contacts)
        dimension = 3 if p.geometry == "box" else 2
        size = (p.thickness,) if p.is_layered else (p.thickness,) * dimension
        domain = structured(MPI.COMM_SELF, size, (2,) * len(size), region=contact.REGION)
        solver = Impedance(domain, model, Numerics(p.solver))
        return Sweep(solver, FREQUENCY, p.lowest_frequency)

    return [make]


def spectrum(history: History, parameters: Parameters) -> Spectrum:
    """Return the spectrum of a run in ohm cm, as in Table 2, with the noise that was asked for."""
    p = parameters
    z = history["impedance_real [ohm cm^2]"] + 1j * history["impedance_imag [ohm cm^2]"]
    drawn = np.random.default_rng(p.seed).standard_normal((2, len(z)))
    noisy = z + p.noise * np.abs(z) * (drawn[0] + 1j * drawn[1])
    return Spectrum(history[FREQUENCY.column], noisy / (1e-4 * p.thickness), "ohm cm")


def distribution(history: History, parameters: Parameters) -> Distribution:
    """Return the distribution of relaxation times of a run."""
    found = spectrum(history, parameters)
    return drt.analyse(found.frequency, found.impedance, parameters.regularisation)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw spectrum and distribution, and where the current flows; write both as tables."""
    p, out = parameters, run_directory / "figures"
    history = read_history(run_directory / "history.csv")
    found = spectrum(history, p)
    found.write(run_directory / "spectrum.csv")
    _, _, *drawn = write_distribution(run_directory, out, found, distribution(history, p), BANDS)
    times = [p.lowest_frequency, _VOID, p.highest_frequency]
    fields = run_directory / "fields.vtkhdf"
    potential = FieldPanel("potential_real", "potential, real part", "V", "cividis")
    if p.is_layered:
        across = out / "potential.png"
        drawn.append(profiles.draw_profile(fields, across, [potential], times, profiles.ACROSS))
    elif p.thickness < _TALLEST * p.width:
        current = FieldPanel("current_density", "current density at 1 V", "A/m^2", "inferno")
        drawn += figures.draw_fields(fields, out, [current, potential], times, front=None)
    return drawn


def _between(band: str) -> Callable[[History, Parameters], Value]:
    def read(history: History, parameters: Parameters) -> Value:
        return distribution(history, parameters).resistance_between(*BANDS[band])

    return read


def _bulk(history: History, parameters: Parameters) -> Value:
    return distribution(history, parameters).series_resistance


def _void_frequency(history: History, parameters: Parameters) -> Value:
    """Return the decade in which the peak of the voids lies."""
    low, high = BANDS["void"]
    peaks = [p for p in distribution(history, parameters).peaks() if low <= p.frequency < high]
    if sum(peak.resistance for peak in peaks) < _ARTEFACT:
        return "none"
    frequency = max(peaks, key=lambda peak: peak.resistance).frequency
    return _DECADE if 1e4 <= frequency <= 1e5 else f"{frequency:.2g} Hz"


def _difference(history: History, parameters: Parameters) -> Value:
    """Return the largest relative difference from the series formula, without noise."""
    p = parameters
    z = history["impedance_real [ohm cm^2]"] + 1j * history["impedance_imag [ohm cm^2]"]
    exact = p.formula(2 * np.pi * history[FREQUENCY.column]) / to_model(1.0, "ohm cm^2")
    return float(np.max(np.abs(z / exact - 1)))


_DECADE = "1e4 to 1e5 Hz"
_WORN: tuple[Electrode, int] = ("Li", 150)


def _is_table(p: Parameters) -> bool:
    """Whether nothing stands in for Table 2."""
    own = (p.bulk_resistivity, p.grain_boundary_resistivity, p.interface_resistivity)
    return all(value is None for value in (*own, p.void_resistivity))


def _of_row(electrode: Electrode, cycle: int) -> list[Target[Parameters]]:
    """Return what the analysis must give back of a row of Table 2 put into the layered cell."""
    row = TABLE_2[electrode, cycle]

    def applies(p: Parameters) -> bool:
        return p.is_layered and _is_table(p) and (p.electrode, p.cycle) == (electrode, cycle)

    def target(
        name: str, value: float, read: Callable[[History, Parameters], Value]
    ) -> Target[Parameters]:
        tolerance = 0.03 if value else _ARTEFACT
        source = f"{PAPER}, Table 2"
        return Target(
            name=name,
            paper=value,
            unit="ohm cm",
            kind="input",
            tolerance=tolerance,
            read=read,
            source=source,
            applies=applies,
        )

    return [
        target("R_b by DRT", row.bulk.value, _bulk),
        target("R_gb by DRT", row.grain_boundary.value, _between("grain boundary")),
        target("R_Interface by DRT", row.interface.value, _between("interface")),
        target("R_void by DRT", row.void.value if row.void else 0.0, _between("void")),
    ]


def _is_worn(p: Parameters) -> bool:
    return not p.is_layered and _is_table(p) and (p.electrode, p.cycle) == _WORN


def _is_tuned(p: Parameters) -> bool:
    """Whether contact fraction and gap are those that were tuned to R_void."""
    fields = Parameters.model_fields
    names = ("width", "contact_fraction", "gap", "loss", "thickness")
    as_tuned = all(getattr(p, name) == fields[name].default for name in names)
    return _is_worn(p) and p.geometry == "disc" and as_tuned


def _of_geometry() -> list[Target[Parameters]]:
    """Return Table 2 after 150 cycles against a geometry in place of R_void."""
    row, source = TABLE_2[_WORN], f"{PAPER}, Table 2"
    void = row.void.value if row.void else math.nan
    found: list[Target[Parameters]] = [
        Target(
            name="R_b by DRT",
            paper=row.bulk.value,
            unit="ohm cm",
            kind="input",
            tolerance=0.03,
            read=_bulk,
            source=source,
            applies=_is_worn,
        ),
        Target(
            name="R_gb by DRT",
            paper=row.grain_boundary.value,
            unit="ohm cm",
            kind="input",
            tolerance=0.03,
            read=_between("grain boundary"),
            source=source,
            applies=_is_worn,
        ),
    ]
    tuned: list[tuple[Literal["calibrated", "predicted"], Callable[[Parameters], bool]]] = [
        ("calibrated", _is_tuned),
        ("predicted", lambda p: _is_worn(p) and not _is_tuned(p)),
    ]
    for kind, applies in tuned:
        found += [
            Target(
                name="R_void by DRT",
                paper=void,
                unit="ohm cm",
                kind=kind,
                tolerance=0.1,
                read=_between("void"),
                source=source,
                applies=applies,
            ),
            Target(
                name="frequency of the void peak",
                paper=_DECADE,
                kind=kind,
                read=_void_frequency,
                source=f"{PAPER}, text on Fig. 3",
                applies=applies,
            ),
        ]
    found.append(
        Target(
            name="R_Interface by DRT",
            paper=row.interface.value,
            unit="ohm cm",
            kind="predicted",
            tolerance=0.1,
            read=_between("interface"),
            source=source,
            applies=_is_worn,
        )
    )
    return found


TARGETS: tuple[Target[Parameters], ...] = (
    *(target for electrode, cycle in TABLE_2 for target in _of_row(electrode, cycle)),
    Target(
        name="largest difference from the series formula",
        paper=0.0,
        kind="predicted",
        tolerance=1e-10,
        read=_difference,
        source="closed form, docs/tang2026-impedance.md",
        applies=lambda p: p.is_layered,
    ),
    Target(
        name="frequency of the void peak",
        paper=_DECADE,
        kind="input",
        read=_void_frequency,
        source=f"{PAPER}, text on Fig. 3",
        applies=lambda p: p.is_layered and _is_table(p) and (p.electrode, p.cycle) == _WORN,
    ),
    *_of_geometry(),
)

CASE = Case(
    name="tang2026/impedance",
    title="Impedance of symmetric cells, layered or with lost contact, and its DRT (Table 2)",
    parameters=Parameters,
    presets={
        "quick": {},
        "paper": {"points_per_decade": 20},
        "macroscopic": {"geometry": "disc"},
        "micron": {"geometry": "disc", "width": 50.0, "contact_fraction": 0.5},
        "3d": {
            "geometry": "box",
            "width": 50.0,
            "contact_fraction": 0.5,
            "refinement": 10.0,
            "points_per_decade": 8,
        },
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
