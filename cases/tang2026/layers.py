"""Layers between lithium and electrolyte, and the parameters of protocols on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.measured import (
    CAC,
    CYCLES,
    CYCLING_CURRENT,
    PAPER,
    PELLET_THICKNESS,
    RECOVERY_ONSET,
    TABLE_2,
    Electrode,
)
from lithode.core import protocol as protocols
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.core.protocol import Protocol, Step
from lithode.solvers.contact_loss.model import (
    FACES,
    Contact,
    Faces,
    Loss,
    RecoveryLaw,
    share_that_lasts,
)
from lithode.solvers.contact_loss.one_way import Layers, OneWay, fit, read_layers
from lithode.solvers.contact_loss.resistance import Resistances

Array = npt.NDArray[np.float64]

OWN = "own"
_SHIPPED = Path(__file__).with_name("protocols")


class Parameters(CaseParameters):
    """Parameters of the protocols."""

    protocol: str = choice(
        "ccd", "to follow in detail: ccd, life, pressure, or a file of your own (.yaml)",
        source=f"{PAPER}, Methods, Figs. 2d, S8", provenance="paper",
    )  # fmt: skip
    table: Path | None = choice(
        None, "charges until failure of more layers, .csv or .yaml; a known name replaces",
        source="docs/tang2026-protocols.md", provenance="assumed",
    )  # fmt: skip
    capacity_scale: float | None = quantity(
        None, "mAh/cm^2", "Q0 of a layer of your own, with limiting_current",
        source="of CAC, at small current", provenance="assumed", gt=0,
    )  # fmt: skip
    limiting_current: float | None = quantity(
        None, "mA/cm^2", "i* of that layer", source="of CAC, where it would be 0",
        provenance="assumed", gt=0,
    )  # fmt: skip
    recovery: float | None = quantity(
        None, "", "r, share of plated lithium that returns to voids; if unset what recovery_test "
        "needs", source=f"{PAPER}, Figs. 2d, S8; 0 for layers not tested", provenance="calibrated",
        ge=0, le=1,
    )  # fmt: skip
    recovery_test: Literal["life", "pressure"] = choice(
        "life", "test whose measured cycles give r of each layer, by the law and i_r in use",
        source=f"{PAPER}, Figs. 2d, S8", provenance="calibrated",
    )  # fmt: skip
    recovery_law: RecoveryLaw = choice(
        "creep", "share: r at any current; creep: r min(1, i_r/i); threshold: 0 above i_r",
        source="docs/tang2026-protocols.md", provenance="assumed",
    )  # fmt: skip
    recovery_current: float | None = quantity(
        None, "mA/cm^2", "i_r; if unset that of the cycling (creep), of Fig. S5 (threshold)",
        source="docs/tang2026-protocols.md", provenance="assumed", gt=0,
    )  # fmt: skip
    initial_contact: float = quantity(
        1.0, "", "contact of the faces at the start; less for the gaps of 6 min in N2",
        source=f"{PAPER}, Fig. 1a: good contact at 3 min, no number", provenance="assumed",
        gt=0, le=1,
    )  # fmt: skip
    contact_loss: Loss = choice(
        "opposite", "spots; edge: same places of both faces; opposite: different ones, in series",
        source="docs/tang2026-protocols.md", provenance="assumed",
    )  # fmt: skip
    spot_radius: float = quantity(
        50.0, "um", "of the tube around a spot of contact", source="as in tang2026/impedance",
        provenance="assumed", gt=0, le=4500,
    )  # fmt: skip
    capacity_spread: float = quantity(
        0.1, "", "relative standard uncertainty of a charge until failure",
        source=f"{PAPER}: at least 3 cells per point; bars are not in the text",
        provenance="assumed", ge=0, le=1,
    )  # fmt: skip
    draws: int = count(
        2000, "draws of those charges", source="Lithode", provenance="numerical", ge=0, le=50_000
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="numerical", ge=0)


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
    """Return a shipped protocol or a user's file; see `protocols.choose`."""
    return protocols.choose(name, _SHIPPED)


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
    found: Layers = dict(CAC)
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
