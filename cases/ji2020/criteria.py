"""Which solid keeps lithium out: the criteria of Ji et al. (Figs. 1 and 2) as numbers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.cases.ji2020.parameters import (
    CANDIDATES,
    COMPOSITE,
    LITHIUM_RESISTANCE,
    PAPER,
    CellConditions,
)
from lithode.cases.ji2020.ranking import Bars, draw_ranking
from lithode.core.errors import InputError
from lithode.core.parameters import choice, count, quantity
from lithode.core.units import to_model
from lithode.engine.case import StudyCase
from lithode.engine.study import Progress, Study, Tables
from lithode.engine.verdict import HealthLine, Target
from lithode.materials import candidates
from lithode.materials.candidates import Candidate, Candidates
from lithode.materials.library import Value
from lithode.output.history import History
from lithode.output.tables import Columns
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import with_unit
from lithode.theory import nucleation, screening

Array = npt.NDArray[np.float64]

WANTED = ("LPS", "Li2S", "Li3P", "Li3N", "LiF")
RADIUS = "radius [nm]"


class Parameters(CellConditions):
    """Parameters of the screening."""

    table: Path | None = choice(
        None,
        "more materials, .csv or .yaml, one line each; a known name replaces",
        source="docs/ji2020-criteria.md",
        provenance="assumed",
    )
    add: str = choice(
        "",
        'more materials as "name, interface energy, ionic, electronic; ..."',
        source="docs/ji2020-criteria.md",
        provenance="assumed",
    )
    radii: tuple[float, ...] = quantity(
        (5.0, 20.0, 50.0, 180.0, 500.0),
        "nm",
        "radii of pores that lithium may grow in",
        source=f"{PAPER}: voids from 1 um to nano",
        provenance="paper",
    )
    ranking_radius: float = quantity(
        50.0,
        "nm",
        "pore radius of the ranking",
        source="inside the range of voids",
        provenance="assumed",
        gt=0,
        le=1e5,
    )
    solid_pressure: float = quantity(
        0.0,
        "MPa",
        "pressure of the solid on lithium besides that of its interface",
        source="open pores",
        provenance="assumed",
        ge=0,
        le=1e5,
    )
    nucleation_factor: float = quantity(
        1.0,
        "",
        "share of the homogeneous nucleation barrier",
        source="no wetting; heterogeneous nuclei have less, unknown",
        provenance="assumed",
        gt=0,
        le=1,
    )
    nucleation_barrier: float = quantity(
        30.0,
        "",
        "barrier that is still crossed, in k_B T",
        source="usual choice",
        provenance="assumed",
        gt=0,
    )
    current: float = quantity(
        1.0,
        "mA/cm^2",
        "current density of the budgets",
        source=f"{PAPER}, Fig. 4a",
        provenance="paper",
        gt=0,
    )
    thickness: float = quantity(
        1.0,
        "um",
        "thickness of the layer of one material",
        source="an interphase, thick",
        provenance="assumed",
        gt=0,
    )
    ohmic_budget: float = quantity(
        50.0,
        "mV",
        "largest i L / sigma_ion",
        source=f"{PAPER}, Fig. 3b: whole cell, activated",
        provenance="assumed",
        gt=0,
    )
    leakage_drive: float = quantity(
        1.39,
        "V",
        "potential difference that drives electrons",
        source=f"{PAPER}, Fig. 2b, Li|LPS",
        provenance="paper",
        gt=0,
    )
    leakage_budget: float = quantity(
        0.01,
        "",
        "largest leakage as a share of the current",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    interface_resistance: float = quantity(
        LITHIUM_RESISTANCE.value / 2,
        "ohm cm^2",
        "of lithium on one side",
        source=f"half of {LITHIUM_RESISTANCE.value:g}: {LITHIUM_RESISTANCE.source}",
        provenance="paper",
        gt=0,
    )
    spread_energy: float = quantity(
        0.1,
        "",
        "relative standard uncertainty of interface energies",
        source="usual of density functionals",
        provenance="assumed",
        ge=0,
        le=1,
    )
    spread_known: float = quantity(
        0.5,
        "",
        "standard uncertainty of sourced conductivities, in decades",
        source="usual of pressed powders",
        provenance="assumed",
        ge=0,
        le=5,
    )
    spread_assumed: float = quantity(
        1.5,
        "",
        "of assumed conductivities, in decades",
        source="Lithode",
        provenance="assumed",
        ge=0,
        le=5,
    )
    draws: int = count(
        5000, "draws of the numbers", source="Lithode", provenance="numerical", ge=0, le=1_000_000
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="numerical", ge=0)


@dataclass(frozen=True)
class Criteria:
    """The numbers of one material, in the units of the tables."""

    critical_overpotential: float
    nucleation_overpotential: float
    nucleus_radius: float
    ohmic_drop: float
    leakage_share: float
    blocking: float
    index: float
    largest_thickness: float
    largest_current: float

    @classmethod
    def of(cls, p: Parameters, material: Candidate) -> Criteria:
        """Evaluate a material."""
        gamma, ionic, electronic = (
            number.model
            for number in (
                material.interface_energy,
                material.ionic_conductivity,
                material.electronic_conductivity,
            )
        )
        volume = p.model_value("molar_volume")
        current, thickness = p.model_value("current"), p.model_value("thickness")
        critical = critical_overpotential(p, material, p.ranking_radius)
        nucleating = screening.nucleation_overpotential(
            gamma, volume, p.temperature, p.nucleation_factor, p.nucleation_barrier
        )
        radius = nucleation.critical_radius(gamma, volume, nucleating) if nucleating else 0.0
        drop = screening.ohmic_drop(current, thickness, ionic)
        leakage = screening.leakage_current(electronic, p.leakage_drive, thickness)
        budget = p.model_value("ohmic_budget")
        return cls(
            1e3 * critical,
            nucleating,
            1e3 * radius,
            1e3 * drop,
            leakage / current,
            screening.blocking(material.electronic_conductivity.value, nucleating, p.temperature),
            float(screening.index(np.array(gamma), np.array(ionic), np.array(electronic))),
            thickness * budget / drop,
            1e3 * critical / p.interface_resistance,
        )


UNITS = {
    "critical_overpotential": "mV",
    "nucleation_overpotential": "V",
    "nucleus_radius": "nm",
    "ohmic_drop": "mV",
    "leakage_share": "1",
    "blocking": "1",
    "index": "J/m^2",
    "largest_thickness": "um",
    "largest_current": "mA/cm^2",
}


def critical_overpotential(p: Parameters, material: Candidate, radius: float) -> float:
    """Return eta* in V for a pore radius in nm."""
    excess = screening.excess_energy(
        material.interface_energy.model,
        p.model_value("molar_volume"),
        to_model(radius, "nm"),
        p.model_value("solid_pressure"),
    )
    return screening.critical_overpotential(excess)


def materials_of(p: Parameters) -> Candidates:
    """Return the shipped materials with those of the user.

    Raises:
        InputError: The user's table or line is wrong.
    """
    found = dict(CANDIDATES)
    if p.table is not None:
        found |= candidates.read(p.table)
    return found | candidates.parse(p.add, "add")


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    if not p.radii:
        raise InputError("radii", "unset", "give at least one", "nm")
    if p.radii[0] <= 0 or any(after <= before for before, after in pairwise(p.radii)):
        given = ", ".join(f"{radius:g}" for radius in p.radii)
        raise InputError("radii", given, "must be positive and ascend", "nm")
    materials = materials_of(p)
    smallest = max(Criteria.of(p, material).nucleus_radius for material in materials.values())
    note = "radius of a nucleus, the largest of all: below the size of an atom theory is a number"
    health = [HealthLine("r*", smallest, note, "nm", low=0.5)]
    return Study(lambda progress: _compute(p, materials, progress), health)


def _compute(p: Parameters, materials: Candidates, progress: Progress) -> Tables:
    progress(0.0)
    criteria = {name: Criteria.of(p, material) for name, material in materials.items()}
    history: dict[str, Array] = {RADIUS: np.array(p.radii)}
    for name, material in materials.items():
        etas = [1e3 * critical_overpotential(p, material, radius) for radius in p.radii]
        history[f"critical_overpotential_{name} [mV]"] = np.array(etas)
    for key, unit in UNITS.items():
        if key != "critical_overpotential":
            for name, found in criteria.items():
                value = getattr(found, key)
                history[f"{key}_{name} [{unit}]"] = np.full(len(p.radii), value)
    tables: dict[str, Columns] = {
        "materials": candidates.columns(materials),
        "ranking": _ranking(p, materials, criteria),
    }
    if set(WANTED) <= set(materials):
        orders, shares = _orders(p, materials, criteria)
        tables |= {"orders": orders, "windows": _windows(materials, criteria)}
        for key, share in shares.items():
            history[f"share_{key} [1]"] = np.full(len(p.radii), share)
    return Tables(history, tables)


def _ranking(p: Parameters, materials: Candidates, criteria: Mapping[str, Criteria]) -> Columns:
    names = sorted(criteria, key=lambda name: -criteria[name].index)
    energies = [materials[name].interface_energy.value for name in names]
    columns: dict[str, list[object]] = {
        "rank": list(range(1, len(names) + 1)),
        "material": list(names),
        "interface_energy [meV/angstrom^2]": list(energies),
        **{
            f"{key} [{unit}]": [getattr(criteria[name], key) for name in names]
            for key, unit in UNITS.items()
        },
    }
    columns["ohmic_budget"] = [
        "kept" if criteria[name].ohmic_drop <= p.ohmic_budget else "exceeded" for name in names
    ]
    columns["leakage_budget"] = [
        "kept" if criteria[name].leakage_share <= p.leakage_budget else "exceeded" for name in names
    ]
    columns["assumed"] = [
        ", ".join(
            key for key in candidates.UNITS if getattr(materials[name], key).provenance == "assumed"
        )
        for name in names
    ]
    return columns


# What rises with how well a material keeps lithium out, were this all that counted.
_MERITS: Mapping[str, tuple[str, Callable[[Criteria], float]]] = {
    "interface_energy": ("eta*, nucleation overpotential", lambda c: c.critical_overpotential),
    "ohmic": ("-i L / sigma_ion", lambda c: -c.ohmic_drop),
    "electronic": ("-sigma_e U / L", lambda c: -c.leakage_share),
    "blocking": ("log10(1/sigma_e) + F eta_nuc/(2.303 RT)", lambda c: c.blocking),
    "index": ("gamma log10(sigma_ion/sigma_e), empirical", lambda c: c.index),
}


def _orders(
    p: Parameters, materials: Candidates, criteria: Mapping[str, Criteria]
) -> tuple[Columns, dict[str, float]]:
    """Return how each criterion orders the five, and the share of draws in the wanted order."""
    values = {
        key: {name: merit(criteria[name]) for name in WANTED} for key, (_, merit) in _MERITS.items()
    }
    shares = _shares(p, materials)
    columns: Columns = {
        "criterion": list(values),
        "formula": [_MERITS[key][0] for key in values],
        "order": [screening.order(found) for found in values.values()],
        "pairs_kept_of_10": [
            screening.pairs_kept(found, list(WANTED)) for found in values.values()
        ],
        "share_of_draws": [shares[key] for key in values],
    }
    return columns, shares


def _shares(p: Parameters, materials: Candidates) -> dict[str, float]:
    """Return the share of draws of all numbers in which the five stand as the paper has them."""
    rng = np.random.default_rng(p.seed)
    gamma, ionic, electronic = (np.empty((len(WANTED), max(p.draws, 1))) for _ in range(3))
    for k, name in enumerate(WANTED):
        material = materials[name]
        energy = material.interface_energy.model
        gamma[k] = rng.normal(energy, p.spread_energy * abs(energy), gamma.shape[1])
        for array, number in (
            (ionic, material.ionic_conductivity),
            (electronic, material.electronic_conductivity),
        ):
            known = number.provenance != "assumed"
            decades = p.spread_known if known else p.spread_assumed
            array[k] = number.value * 10 ** rng.normal(0, decades, array.shape[1])
    volume = p.model_value("molar_volume")
    strength = nucleation.barrier_strength(1.0, volume, p.temperature)
    squared = strength * np.maximum(gamma, 0) ** 3 * p.nucleation_factor / p.nucleation_barrier
    merits = {
        "interface_energy": gamma,
        "ohmic": ionic,
        "electronic": -electronic,
        "blocking": -np.log10(electronic)
        + screening.blocking(1.0, 1.0, p.temperature) * np.sqrt(squared),
        "index": screening.index(gamma, ionic, electronic),
    }
    if not p.draws:
        return dict.fromkeys(merits, float("nan"))
    return {
        key: float(np.mean(np.all(np.diff(merit, axis=0) > 0, axis=0)))
        for key, merit in merits.items()
    }


def _windows(materials: Candidates, criteria: Mapping[str, Criteria]) -> Columns:
    """Return between which values each number leaves the index in the wanted order."""
    rows = []
    for k, name in enumerate(WANTED):
        material = materials[name]
        gamma = material.interface_energy.model
        ratio = material.ionic_conductivity.value / material.electronic_conductivity.value
        decades = np.log10(ratio)
        neighbours = np.array(
            [
                criteria[WANTED[place]].index if 0 <= place < len(WANTED) else end
                for place, end in ((k - 1, -np.inf), (k + 1, np.inf))
            ]
        )
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            # With the others as they are: decades and energy at which a neighbour is met.
            shifts = neighbours / gamma - decades
            scales = neighbours / (gamma * decades)
            bounds = {
                "interface_energy": material.interface_energy.value * scales,
                "ionic_conductivity": material.ionic_conductivity.value * 10.0**shifts,
                "electronic_conductivity": material.electronic_conductivity.value * 10.0**-shifts,
            }
        for key, ends in bounds.items():
            number: Value = getattr(material, key)
            low, high = sorted(float(end) for end in ends)
            rows.append((name, key, number.value, low, high, number.unit, number.provenance))
    heads = "material", "quantity", "value", "lowest", "highest", "unit", "provenance"
    return {head: [row[k] for row in rows] for k, head in enumerate(heads)}


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the ranking, eta* over the pore radius and the energies of Fig. 1a."""
    p, out = parameters, run_directory / "figures"
    with (run_directory / "tables" / "ranking.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = [row["material"] for row in rows]

    def column(key: str, unit: str) -> Array:
        return np.array([float(row[f"{key} [{unit}]"]) for row in rows])

    charts = [
        Bars("index $\\Pi$ (J/m$^2$), empirical", column("index", "J/m^2")),
        Bars(
            f"$\\eta^*$ (mV), r = {p.ranking_radius:g} nm", column("critical_overpotential", "mV")
        ),
        Bars("nucleation $\\eta$ (V)", column("nucleation_overpotential", "V")),
        Bars("i L/$\\sigma_{ion}$ (mV)", column("ohmic_drop", "mV"), p.ohmic_budget, True),
        Bars("electron leakage / i", column("leakage_share", "1"), p.leakage_budget, True),
    ]
    return [
        draw_ranking(out / "ranking.png", names, charts),
        draw_curves(out / "overpotentials.png", _overpotentials(p, run_directory, names)),
    ]


def _overpotentials(p: Parameters, run_directory: Path, names: list[str]) -> list[CurvePanel]:
    materials = candidates.read(run_directory / "tables" / "materials.csv")
    radii = np.geomspace(p.radii[0], p.radii[-1], 60)
    curves = []
    for name in names:
        etas = [1e3 * critical_overpotential(p, materials[name], float(r)) for r in radii]
        if max(etas) > 0:
            curves.append(Curve(name, radii, np.array(etas)))
    place = np.linspace(-0.6, 1.6, 200)
    lam, shift = 1.0, 0.25
    deposit = [
        Curve("Li$^+$ + e$^-$", place, lam * place**2),
        Curve("Li in the solid, $\\eta$ = 0", place, lam * (place - 1) ** 2 + shift, "--"),
        Curve("at $\\eta^*$", place, lam * (place - 1) ** 2),
    ]
    barriers = [
        Curve(label, x, values)
        for x in (np.linspace(0.0, 2.0, 50),)
        for label, values in zip(
            ("plating", "stripping"), screening.barriers(np.array(lam), shift * (1 - x)),
            strict=True,
        )
    ]  # fmt: skip
    return [
        CurvePanel((with_unit("pore radius", "nm"), with_unit("$\\eta^*$", "mV")), curves, "xy"),
        CurvePanel(("reaction coordinate", "energy / $\\lambda$"), deposit),
        CurvePanel(("$\\eta$ / $\\eta^*$", "barrier / $\\lambda$"), barriers),
    ]


_ORDER = " < ".join(WANTED)


def _ordered_by(key: str, unit: str, sign: float = 1.0) -> Callable[[History, Parameters], str]:
    def read(history: History, _: Parameters) -> str:
        return screening.order(
            {name: sign * float(history[f"{key}_{name} [{unit}]"][0]) for name in WANTED}
        )

    return read


def _largest_current(history: History, p: Parameters) -> float:
    """Return eta* / R of the composite in the largest pore, in mA/cm^2."""
    return float(history[f"critical_overpotential_{COMPOSITE} [mV]"][-1]) / p.interface_resistance


def _needed_radius(history: History, p: Parameters) -> float:
    """Return the pore radius in nm at which eta* of the composite is 6 mA/cm^2 times R."""
    eta = float(history[f"critical_overpotential_{COMPOSITE} [mV]"][0])
    return p.radii[0] * eta / (6.0 * p.interface_resistance)


def _share(key: str) -> Callable[[History, Parameters], float]:
    return lambda history, _: float(history[f"share_{key} [1]"][0])


def _is_plain(p: Parameters) -> bool:
    """Whether the materials of the paper are as they come."""
    return p.table is None and not p.add


_TEXT = f"order of the criteria in {PAPER}, text on Fig. 2 and on the choice of Li3N and LiF"

TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="order by interface energy (eta*, nucleation)",
        paper=_ORDER,
        kind="predicted",
        read=_ordered_by("critical_overpotential", "mV"),
        source=_TEXT,
    ),
    Target(
        name="order by blocking of electrons",
        paper=_ORDER,
        kind="predicted",
        read=_ordered_by("leakage_share", "1", -1.0),
        source=_TEXT,
    ),
    Target(
        name="order by electrons that nucleate",
        paper=_ORDER,
        kind="predicted",
        read=_ordered_by("blocking", "1"),
        source=_TEXT,
    ),
    Target(
        name="order by the empirical index",
        paper=_ORDER,
        kind="calibrated",
        read=_ordered_by("index", "J/m^2"),
        source=f"{_TEXT}; the index was formed knowing it",
    ),
    Target(
        name="share of draws in that order, index",
        paper=None,
        kind="calibrated",
        read=_share("index"),
        source="not in the paper",
        applies=lambda p: p.draws > 0,
    ),
    Target(
        name="share of draws in that order, electrons that nucleate",
        paper=None,
        kind="predicted",
        read=_share("blocking"),
        source="not in the paper",
        applies=lambda p: p.draws > 0,
    ),
    Target(
        name="current with i R = eta*, Li3N-LiF, largest pore",
        paper=6.0,
        unit="mA/cm^2",
        kind="predicted",
        read=_largest_current,
        source=f"{PAPER}, Fig. 4b: more than 6",
        applies=_is_plain,
        bound="above",
    ),
    Target(
        name="pore radius that 6 mA/cm^2 would need",
        paper=None,
        unit="nm",
        kind="predicted",
        read=_needed_radius,
        source=f"{PAPER}: voids from 1 um to nano",
        applies=lambda p: _is_plain(p) and p.solid_pressure == 0,
    ),
)

CASE = StudyCase(
    name="ji2020/criteria",
    title="Which solid keeps lithium out: interface energy, conduction, leakage (Figs. 1, 2)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"draws": 500}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
)
