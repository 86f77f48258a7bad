"""Resistance of a cell that touches lithium with a share of its faces only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.solvers.contact_loss.model import Loss
from lithode.theory.constriction import tube_constriction

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Resistances:
    """What a cell in full contact drops its voltage across.

    Attributes:
        pellet: R_p of the electrolyte, times area.
        interface: R_if of both faces together, times area.
        resistivity: rho of the electrolyte.
    """

    pellet: float
    interface: float
    resistivity: float


def area_resistance(
    contact: Array, cell: Resistances, loss: Loss, spot: float, initial: float = 1.0
) -> Array:
    """Return the area-specific resistance of a cell whose faces have lost contact.

    ``spots``: each face touches in the middles of tubes of one radius; it adds
    R_if/2 (1/theta - 1) and pi b rho psi(sqrt(theta)) / (4 sqrt(theta)) per face.
    ``edge``, ``opposite``: wide against the thickness of the pellet; the current goes straight
    through where both faces touch, (R_p + R_if) / share. They have lost the same places (edge),
    or different ones (opposite).

    Args:
        contact: theta, shape (..., 2, n) with the faces on the last axis but one.
        cell: Resistances.
        loss: Where contact is lost.
        spot: Radius b of the tubes.
        initial: theta at the start, the same places on both faces.
    """
    if loss == "spots":
        ratio = np.sqrt(contact)
        constriction = math.pi * spot * cell.resistivity * tube_constriction(ratio) / (4 * ratio)
        per_face = cell.interface / 2 / contact + constriction
        return np.asarray(cell.pellet + np.sum(per_face, axis=-2))
    both = np.min(contact, axis=-2) if loss == "edge" else np.sum(contact, axis=-2) - initial
    return np.asarray((cell.pellet + cell.interface) / both)
