"""The march of the depth over cycles, and the depth over one parameter at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from lithode.cases.ji2020.parameters import CANDIDATES
from lithode.cases.ji2020.penetration.parameters import Parameters
from lithode.core.health import HealthLine
from lithode.core.units import from_model, to_model
from lithode.engine.study import Progress, Study, Tables
from lithode.output.tables import Columns
from lithode.theory.penetration import Face, Pores, depths

Array = npt.NDArray[np.float64]

Joined = TypeVar("Joined", Face, Pores)

CYCLE = "cycle [1]"
DEPTH = "depth [um]"


def face_of(p: Parameters) -> Face:
    """Return the face, in coherent units."""
    return p.face(p.model_value("layer_conductivity"))


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    pores, pressure = p.pores, p.model_value("assembly_pressure")
    opened = 4 * p.model_value("interface_energy") / pressure if pressure else np.inf
    first = face_of(p).overpotential(np.array(p.model_value("current")), pores.wall, np.array(0.0))
    health = [
        HealthLine("4 gamma / D", pores.entry_pressure, "pressure that opens a pore", "MPa"),
        HealthLine("D_min", opened, "narrowest pore that the assembly pressure opens", "um"),
        HealthLine("eta_0", 1e3 * float(first), "overpotential before any filling", "mV"),
    ]
    return Study(lambda progress: together([p], progress)[0], health)


def together(points: Sequence[Parameters], progress: Progress) -> list[Tables]:
    """Compute several studies at once; the points with the same charges are marched as one."""
    groups: dict[tuple[int, float], list[int]] = {}
    for k, p in enumerate(points):
        groups.setdefault((p.cycles, p.model_value("capacity")), []).append(k)
    found: dict[int, Tables] = {}
    for (cycles, capacity), members in groups.items():
        alike = [points[k] for k in members]
        variants = [_variants(p) for p in alike]
        counts = [len(each) for each in variants]

        def of_each(name: str, alike: list[Parameters] = alike, n: list[int] = counts) -> Array:
            return np.repeat([p.model_value(name) for p in alike], n)

        pairs = [_together(p, each) for p, each in zip(alike, variants, strict=True)]
        marched = depths(
            _joined([face for face, _ in pairs], counts),
            _joined([pores for _, pores in pairs], counts),
            of_each("current"),
            np.arange(cycles + 1.0) * capacity,
            of_each("layer_thickness"),
            lambda part: progress((len(found) + part * len(alike)) / len(points)),  # noqa: B023
        )
        ends = np.cumsum(counts)[:-1]
        for k, each, own in zip(members, variants, np.split(marched, ends), strict=True):
            found[k] = _tables(points[k], each, own)
    return [found[k] for k in range(len(points))]


def _joined(parts: Sequence[Joined], counts: Sequence[int]) -> Joined:
    """Return faces or pores of several points as one, an array by variant in each field."""
    fields: dict[str, Any] = {
        name: np.concatenate(
            [np.broadcast_to(vars(p)[name], n) for p, n in zip(parts, counts, strict=True)]
        )
        for name in vars(parts[0])
    }
    return replace(parts[0], **fields)


def _tables(p: Parameters, variants: Mapping[tuple[str, str], float], marched: Array) -> Tables:
    cycles, current = np.arange(p.cycles + 1.0), p.model_value("current")
    pores, face, depth = p.pores, face_of(p), marched[0]
    overpotential = face.overpotential(np.array(current), pores.wall, depth)
    pressure = pores.plating_pressure(overpotential)
    history = {
        CYCLE: cycles,
        DEPTH: depth,
        "largest_depth [um]": pores.largest_depth(pressure),
        "overpotential [mV]": 1e3 * overpotential,
        "plating_pressure [MPa]": pressure,
        "capillary_pressure [MPa]": np.full_like(depth, pores.entry_pressure),
        "friction [MPa]": pores.friction * depth,
        "true_area [1]": p.contact_area + pores.wall * depth,
        "lithium_in_pores [mAh/cm^2]": from_model(pores.held(depth), "mAh/cm^2"),
    }
    ends = dict(zip(variants, marched[:, -1], strict=True))
    for name in _ENERGIES:
        history[f"depth_in_{name} [um]"] = np.full_like(depth, ends["interface_energy", name])
    static = pores.largest_depth(p.model_value("assembly_pressure"))
    history["static_depth [um]"] = np.full_like(depth, static)
    tables: dict[str, Columns] = {
        name: {
            f"{name} [{unit or '1'}]": values,
            DEPTH: [ends[name, str(k)] for k in range(len(values))],
        }
        for name, (values, unit, _) in p.ranges().items()
    }
    by_diameter = np.asarray(tables["pore_diameter"][DEPTH])
    history["depth_narrow_pores [um]"] = np.full_like(depth, by_diameter[0])
    history["depth_wide_pores [um]"] = np.full_like(depth, by_diameter[-1])
    return Tables(history, tables)


_ENERGIES = {
    name: material.interface_energy
    for name, material in CANDIDATES.items()
    if material.interface_energy.value > 0
}


def _variants(p: Parameters) -> dict[tuple[str, str], float]:
    """Return what is changed in each variant, with its value in coherent units; nothing first."""
    found = {("trapped_share", ""): p.trapped_share}
    found |= {("interface_energy", name): energy.model for name, energy in _ENERGIES.items()}
    for name, (values, unit, _) in p.ranges().items():
        found |= {(name, str(k)): to_model(float(v), unit) for k, v in enumerate(values)}
    return found


def _together(p: Parameters, variants: Mapping[tuple[str, str], float]) -> tuple[Face, Pores]:
    """Return face and pores of all variants as arrays."""

    def of(name: str) -> Array:
        own = p.model_value(name)
        return np.array([value if key[0] == name else own for key, value in variants.items()])

    pores = replace(
        p.pores,
        diameter=of("pore_diameter"),
        porosity=of("porosity"),
        interface_energy=of("interface_energy"),
        yield_stress=of("yield_stress") * p.thermal_factor("yield_stress"),
        share=of("trapped_share"),
    )
    exchange = of("exchange_current_density") * p.thermal_factor("exchange_current_density")
    return replace(face_of(p), exchange_current_density=exchange), pores
