"""The screening: numbers of every material, and how each criterion orders the paper's five."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lithode.cases.ji2020.criteria.numbers import (
    UNITS,
    WANTED,
    Criteria,
    critical_overpotential,
    materials_of,
)
from lithode.cases.ji2020.criteria.parameters import Parameters
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.engine.study import Progress, Study, Tables
from lithode.materials import candidates
from lithode.materials.candidates import Candidates
from lithode.materials.library import Value
from lithode.output.tables import Columns
from lithode.theory import nucleation, screening

Array = npt.NDArray[np.float64]

RADIUS = "radius [nm]"


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
