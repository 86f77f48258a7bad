"""Layers between lithium and electrolyte: what calibrates them, and their recovery."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.measured import (
    CYCLES,
    CYCLING_CURRENT,
    PELLET_THICKNESS,
    RECOVERY_ONSET,
    TABLE_2,
    Electrode,
)
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.core import protocol as protocols
from lithode.core.errors import InputError
from lithode.core.protocol import Protocol, Step
from lithode.solvers.contact_loss.model import (
    FACES,
    Contact,
    Faces,
    RecoveryLaw,
    share_that_lasts,
)
from lithode.solvers.contact_loss.one_way import OneWay, fit, read_layers
from lithode.solvers.contact_loss.resistance import Resistances

Array = npt.NDArray[np.float64]

Draws: TypeAlias = Mapping[str, tuple[Array, Array]]
"""Layer to Q0 and i*, one per draw."""

OWN = "own"
_DATA = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Layer:
    """What is between lithium and electrolyte.

    Attributes:
        name: Its name in columns and tables.
        capacity: Q0 in C/m^2.
        limiting_current: i* in A/m^2.
        one_way: Charges that both were calibrated on, None if they were given.
    """

    name: str
    capacity: float
    limiting_current: float
    one_way: OneWay | None

    def contact(
        self, p: Parameters, law: RecoveryLaw | None = None, faces: Faces | None = None
    ) -> Contact:
        """Return its contact without recovery, by the parameters or another law and other faces.

        Another law has its own current i_r, whatever the parameters say.
        """
        onset = RECOVERY_ONSET.get(self.name, RECOVERY_ONSET["Li"]).model
        currents = {"share": math.inf, "creep": CYCLING_CURRENT.model, "threshold": onset}
        kind = law or p.recovery_law
        given = law is None and p.recovery_current is not None
        return Contact(
            self.capacity,
            self.limiting_current,
            law=kind,
            recovery_current=p.model_value("recovery_current") if given else currents[kind],
            initial=p.initial_contact,
            faces=faces or FACES[p.contact_loss],
        )

    def draws(self, p: Parameters, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return Q0 and i*, one per draw of the charges they are from."""
        if self.one_way is None:
            known = np.array([self.capacity, self.limiting_current])
            capacity, limit = known[:, None] * _factors(p, rng, 2)
            return capacity, limit
        points = self.one_way
        drawn = points.capacities * _factors(p, rng, len(points.capacities)).T
        return fit(points.currents, drawn)

    @property
    def resistances(self) -> Resistances:
        """Of the fresh cell; a layer that is not in Table 2 is taken as bare lithium."""
        known: Electrode = "Li3N" if self.name == "Li3N" else "Li"
        row, thickness = TABLE_2[known, 0], PELLET_THICKNESS.model
        resistivity = row.bulk.model + row.grain_boundary.model
        return Resistances(resistivity * thickness, row.interface.model * thickness, resistivity)


def _factors(p: Parameters, rng: np.random.Generator, points: int) -> Array:
    drawn = rng.normal(1.0, p.capacity_spread, (points, p.draws))
    return np.asarray(np.maximum(drawn, 1e-3))


def protocol_of(name: str) -> Protocol:
    """Return a shipped protocol or a user's file; see `protocols.choose`.

    Raises:
        InputError: There is none, it is wrong, or a voltage decides in it.
    """
    return protocols.choose(name, _DATA).fixed("protocol")


def one_way(current: float, capacity: float) -> Protocol:
    """Return the protocol of CAC: one current in A/m^2 until more than a capacity in C/m^2."""
    return Protocol((Step(Fraction(current), 2 * Fraction(capacity) / Fraction(current), 1),))


def recovered(p: Parameters, layer: Layer) -> Contact:
    """Return the contact of a layer by the parameters, with its r: given, or what a test needs.

    Raises:
        InputError: Even r = 1 does not last as long as measured.
    """
    contact = layer.contact(p)
    if p.recovery is not None:
        return replace(contact, recovery=p.recovery)
    if (cycles := CYCLES[p.recovery_test].get(layer.name)) is None:
        return contact
    test = protocol_of(p.recovery_test)
    found = share_that_lasts(test, contact, cycles)
    if math.isnan(found):
        allowed = (
            f"no r lets {layer.name} last {cycles} cycles of {p.recovery_test} by {p.recovery_law}"
            "; change recovery_law, recovery_current or initial_contact, or give recovery"
        )
        raise InputError("recovery", "unset", allowed)
    return replace(contact, recovery=found)


def layers_of(p: Parameters) -> list[Layer]:
    """Return the layers of the paper and the user's.

    Raises:
        InputError: The table is wrong, i* cannot be had from it, or one of Q0 and i* is missing.
    """
    found = read_layers(_DATA / "cac.csv")
    if p.table is not None:
        found |= read_layers(p.table)
    layers = []
    for name, points in found.items():
        capacity, limit = fit(points.currents, points.capacities)
        if not np.isfinite(limit):
            raise InputError("table", name, "its charge must fall with the current, to give i*")
        layers.append(Layer(name, float(capacity), float(limit), points))
    given = p.capacity_scale, p.limiting_current
    if any(value is not None for value in given):
        for field, value in zip(("capacity_scale", "limiting_current"), given, strict=True):
            if value is None:
                raise InputError(field, "unset", "give capacity_scale and limiting_current")
        if OWN in found:
            raise InputError("table", OWN, "is the name of the layer given by capacity_scale")
        layers.append(
            Layer(OWN, p.model_value("capacity_scale"), p.model_value("limiting_current"), None)
        )
    return layers
