"""Decomposition of one reactant with lithium, for the data of a table or for draws of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lithode.core.constants import FARADAY
from lithode.materials.phases import LITHIUM, PhaseTable, Quantity
from lithode.solvers.decomposition.equilibrium import (
    Array,
    Assemblages,
    State,
    at_potential,
    lowest,
    stays_lowest_up_to,
)

StrainEnergy = Literal["linear", "quadratic"]


@dataclass(frozen=True)
class Decomposition:
    """Reaction energies and volumes per mole of reactant.

    Attributes:
        reactant: Name of the phase that decomposes.
        assemblages: What it can become.
        energies: Gibbs energies of reaction with lithium metal, pJ/amol, shape (..., corners).
        volume_changes: Of the products that the constraint acts on, um^3/amol, (..., corners).
        reactant_volume: V_0, um^3/amol, shape (...).
        strain_energy: ``linear`` is K dV, ``quadratic`` K dV^2 / (2 V_0).
    """

    reactant: str
    assemblages: Assemblages
    energies: Array
    volume_changes: Array
    reactant_volume: Array
    strain_energy: StrainEnergy

    @classmethod
    def of(
        cls,
        table: PhaseTable,
        reactant: str,
        temperature: float,
        *,
        strain_energy: StrainEnergy = "linear",
        lithium_volume: bool = False,
        draws: tuple[int, np.random.Generator] | None = None,
    ) -> Decomposition:
        """Make it from a table.

        Args:
            table: Phases, with the reactant and lithium.
            reactant: Name of the phase that decomposes.
            temperature: In K; enthalpies and entropies are taken as constant.
            strain_energy: See the class.
            lithium_volume: Whether the volume of the lithium that reacts counts as lost.
            draws: Number of draws of all data, and from where; else the data themselves.

        Raises:
            InputError: A phase is missing, or holds an element that the reactant does not.
        """
        table[reactant]
        compositions = {name: phase.composition for name, phase in table.phases.items()}
        assemblages = Assemblages.of(reactant, compositions)

        def values(quantity: Quantity) -> Array:
            return table.draw(quantity, *draws) if draws else table.values(quantity)

        places = list(table.phases)
        products, metal = [places.index(n) for n in assemblages.phases], places.index(LITHIUM)
        gibbs = values("enthalpy") - temperature * values("entropy")
        volumes = values("volume")
        taken = volumes[..., metal] if lithium_volume else 0.0
        return cls(
            reactant=reactant,
            assemblages=assemblages,
            energies=assemblages.change(reactant, gibbs[..., products], gibbs[..., metal]),
            volume_changes=assemblages.change(reactant, volumes[..., products], taken),
            reactant_volume=volumes[..., places.index(reactant)],
            strain_energy=strain_energy,
        )

    def state(self, potential: Array | float, modulus: Array | float) -> State:
        """Return the ground state.

        Args:
            potential: U in V against lithium metal; its shape must broadcast with that of the
                data without corners.
            modulus: K in MPa, likewise.
        """
        energies = at_potential(self.energies, self.assemblages.lithium, potential)
        reference = self.reactant_volume if self.strain_energy == "quadratic" else None
        return lowest(energies, self.volume_changes, modulus, reference)

    def amounts(self, state: State) -> Array:
        """Return moles of every phase per mole of reactant, shape (..., phases)."""
        return np.asarray(state.weights @ self.assemblages.amounts)

    def lithium(self, state: State) -> Array:
        """Return moles of lithium taken up per mole of reactant, shape (...)."""
        return np.asarray(state.weights @ self.assemblages.lithium)

    def highest_potential(self, phase: str, modulus: float) -> Array:
        """Return the potential in V up to which a phase is a product; linear strain energy only.

        Args:
            phase: Name of the product.
            modulus: K in MPa.
        """
        energies = self.energies + modulus * self.volume_changes
        slopes = FARADAY * self.assemblages.lithium
        return stays_lowest_up_to(energies, slopes, self.assemblages.holds(phase))

    def largest_modulus(self, phase: str, potential: Array | float) -> Array:
        """Return K* in MPa, up to which a phase is a product; linear strain energy only.

        Args:
            phase: Name of the product.
            potential: U in V against lithium metal.
        """
        energies = at_potential(self.energies, self.assemblages.lithium, potential)
        return stays_lowest_up_to(energies, self.volume_changes, self.assemblages.holds(phase))
