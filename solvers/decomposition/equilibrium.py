"""Which phases a solid becomes with lithium from a reservoir, free or mechanically constrained.

The energy per mole of reactant is

    G' = G_products - G_reactant - n_Li (G_Li - F U) + G_strain,

after the constrained decomposition of Fitzhugh, Ye and Li. It is linear in the phase amounts but
for the quadratic strain energy, and the amounts obey element balances that know neither energies
nor volumes. So its minimum is on a corner of one fixed polytope (linear) or between two of its
corners (quadratic), and one list of corners serves every potential, modulus and draw of the data.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY
from lithode.core.errors import InputError

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_TOLERANCE = 1e-9
_TIE = 1e-9  # pJ/amol, 1e-6 kJ/mol


@dataclass(frozen=True)
class Assemblages:
    """All sets of phases that can be the ground state: corners of the element balances.

    Attributes:
        phases: Names of the products, the reactant among them.
        amounts: Moles per mole of reactant, shape (corners, phases); first the reactant as it is.
        lithium: Moles of lithium taken up per mole of reactant, shape (corners,).
        defect: Largest violation of an element balance, moles per mole of reactant.
    """

    phases: tuple[str, ...]
    amounts: Array
    lithium: Array
    defect: float

    @classmethod
    def of(
        cls, reactant: str, compositions: Mapping[str, Mapping[str, float]], mobile: str = "Li"
    ) -> Assemblages:
        """List the corners.

        Args:
            reactant: Name of the phase that decomposes.
            compositions: Elements of all phases by name; one of the mobile element alone is the
                reservoir and no product.
            mobile: Element that the reservoir exchanges.

        Raises:
            InputError: A phase holds an element that neither reactant nor reservoir has.
        """
        start = compositions[reactant]
        fixed = [element for element in start if element != mobile]
        if not fixed:
            raise InputError("reactant", reactant, f"must hold more than {mobile}")
        names = [name for name, parts in compositions.items() if set(parts) != {mobile}]
        for name in names:
            if extra := sorted(set(compositions[name]) - {mobile, *start}):
                raise InputError("phase", name, f"holds {extra[0]}, which {reactant} does not")
        balance = np.array([[compositions[n].get(e, 0.0) for n in names] for e in fixed])
        wanted = np.array([start[element] for element in fixed])
        corners = _corners(balance, wanted)
        # First, because of assemblages of the same energy `lowest` takes the first.
        corners = corners[np.argsort(corners[:, names.index(reactant)] < 1 - _TOLERANCE)]
        share = np.array([compositions[name].get(mobile, 0.0) for name in names])
        return cls(
            phases=tuple(names),
            amounts=corners,
            lithium=corners @ share - start.get(mobile, 0.0),
            defect=float(np.max(np.abs(corners @ balance.T - wanted))),
        )

    def holds(self, phase: str) -> Mask:
        """Return which corners hold a phase."""
        return np.asarray(self.amounts[:, self.phases.index(phase)] > _TOLERANCE)

    def change(self, reactant: str, molar: Array, lithium: Array | float) -> Array:
        """Return the change of an extensive quantity in every reaction, per mole of reactant.

        Args:
            reactant: Name of the phase that decomposes.
            molar: Molar values of `phases`, shape (..., phases).
            lithium: Of lithium in the reservoir, shape (...); 0 leaves it out.

        Returns:
            Shape (..., corners).
        """
        start = molar[..., self.phases.index(reactant)]
        taken = np.asarray(lithium)[..., None] * self.lithium
        return np.asarray(molar @ self.amounts.T - start[..., None] - taken)

    def reaction(self, reactant: str, corner: int) -> str:
        """Return a reaction as text."""
        taken = self.lithium[corner]
        left: list[str] = [reactant]
        right: list[str] = []
        if abs(taken) > _TOLERANCE:
            (left if taken > 0 else right).append(_term(abs(taken), "Li"))
        products = zip(self.amounts[corner], self.phases, strict=True)
        right = [_term(n, name) for n, name in products if n > _TOLERANCE] + right
        return f"{' + '.join(left)} -> {' + '.join(right)}"


def _corners(balance: Array, wanted: Array) -> Array:
    """Return the corners of {x >= 0: balance x = wanted}, shape (corners, columns)."""
    rank = int(np.linalg.matrix_rank(balance))
    found: dict[tuple[float, ...], Array] = {}
    for subset in itertools.combinations(range(balance.shape[1]), rank):
        columns = balance[:, subset]
        if np.linalg.matrix_rank(columns) < rank:
            continue
        part = np.linalg.lstsq(columns, wanted, rcond=None)[0]
        if part.min() < -_TOLERANCE or np.abs(columns @ part - wanted).max() > _TOLERANCE:
            continue
        corner = np.zeros(balance.shape[1])
        corner[list(subset)] = np.where(part > _TOLERANCE, np.round(part, 12), 0.0)
        found.setdefault(tuple(np.round(corner, 9)), corner)
    return np.array(list(found.values()))


def _term(amount: float, name: str) -> str:
    return name if abs(amount - 1) < _TOLERANCE else f"{amount:.6g} {name}"


def at_potential(energies: Array, lithium: Array, potential: Array | float) -> Array:
    """Return the reaction energies against lithium at a potential instead of lithium metal.

    Args:
        energies: With lithium metal, in pJ/amol, shape (..., corners).
        lithium: Lithium taken up, shape (corners,).
        potential: U in V against lithium metal, shape (...).
    """
    return np.asarray(energies + FARADAY * np.asarray(potential)[..., None] * lithium)


@dataclass(frozen=True)
class State:
    """The ground state.

    Attributes:
        energy: G' in pJ/amol, at most 0 if the reactant itself is among the corners; shape (...).
        weights: Share of every corner, shape (..., corners).
    """

    energy: Array
    weights: Array


def lowest(
    energies: Array,
    volume_changes: Array,
    modulus: Array | float,
    reactant_volume: Array | float | None = None,
) -> State:
    """Return the ground state under a constraint.

    The strain energy is K dV, that of a constant pressure K, if no reactant volume is given, else
    K dV^2 / (2 V_0), that of an elastic surrounding.

    Args:
        energies: Reaction energies without strain, in pJ/amol, shape (..., corners).
        volume_changes: dV in um^3/amol, shape (..., corners).
        modulus: Effective modulus K in MPa, shape (...).
        reactant_volume: V_0 in um^3/amol, shape (...).
    """
    stiffness = np.asarray(modulus, dtype=float)[..., None]
    energies, changes, stiffness = np.broadcast_arrays(energies, volume_changes, stiffness)
    corners = energies.shape[-1]
    if reactant_volume is None:
        totals = energies + stiffness * changes
        return State(totals.min(axis=-1), np.eye(corners)[_first_lowest(totals)])
    stiffness = stiffness[..., :1] / np.asarray(reactant_volume)[..., None]
    first, second = np.triu_indices(corners)
    energy, change = energies[..., first], changes[..., first]
    more_energy, more_change = energies[..., second] - energy, changes[..., second] - change
    slope = more_energy + stiffness * change * more_change
    curvature = stiffness * more_change**2
    # Without curvature the better end of the pair is a pair of its own.
    share = np.clip(np.divide(-slope, curvature, where=curvature > 0, out=0 * slope), 0, 1)
    totals = energy + share * more_energy + stiffness / 2 * (change + share * more_change) ** 2
    best = _first_lowest(totals)
    share = np.take_along_axis(share, best[..., None], axis=-1)
    weights = (1 - share) * np.eye(corners)[first[best]] + share * np.eye(corners)[second[best]]
    return State(totals.min(axis=-1), weights)


def _first_lowest(totals: Array) -> npt.NDArray[np.intp]:
    """Return the index of the first of those that are as low as the lowest but for rounding."""
    return np.asarray((totals <= totals.min(axis=-1, keepdims=True) + _TIE).argmax(axis=-1))


def stays_lowest_up_to(energies: Array, slopes: Array, members: Mask) -> Array:
    """Return up to which load some corners beat all others that rise less: energy + load * slope.

    With lithium contents times F as slopes this is the highest potential at which a product is
    found, with volume changes the modulus at which the constraint suppresses it.

    Args:
        energies: At load 0, shape (..., corners).
        slopes: Shape (..., corners).
        members: Which corners count, shape (corners,).

    Returns:
        The load, shape (...): negative if such others are lower at load 0 already, infinite if
        there are none.
    """
    energies, slopes = np.broadcast_arrays(energies, slopes)
    rise = slopes[..., members][..., :, None] - slopes[..., ~members][..., None, :]
    lead = energies[..., ~members][..., None, :] - energies[..., members][..., :, None]
    at = np.divide(lead, rise, where=rise > 0, out=np.full(np.shape(rise), np.inf))
    return np.asarray(at.min(axis=-1, initial=np.inf).max(axis=-1, initial=-np.inf))


def names_of(amounts: Array, phases: Sequence[str]) -> str:
    """Return the phases of an assemblage as text, e.g. ``"LiCl + Zr"``."""
    shown = [name for n, name in zip(amounts, phases, strict=True) if n > 1e-6]
    return " + ".join(sorted(shown))
