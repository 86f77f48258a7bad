"""Inputs of the model: the electrolyte that lithium grows into, by its material."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import PrivateAttr

from lithode.core.parameters import choice, quantity
from lithode.materials import registry
from lithode.materials.library import Electrolyte
from lithode.materials.registry import MaterialName, Materials
from lithode.materials.thermal import activation_energy, first_known
from lithode.solvers.electrodeposition.front_inputs import FrontInputs
from lithode.solvers.electrodeposition.parameters import ElectrolyteRegion
from lithode.theory.elasticity import Stiffness


class ElectrolyteInputs(FrontInputs):
    """The electrolyte: its material, and what a run takes instead of it."""

    _materials: Materials = PrivateAttr(default_factory=registry.known)

    bulk_concentration: float = quantity(
        1000.0,
        "mol/m^3",
        "c_0; only D c_0 / c_s matters",
        source="Chen et al., J. Power Sources 300 (2015) 376",
        provenance="literature",
        gt=0,
    )
    diffusivity: float = quantity(
        5e-11,
        "m^2/s",
        "Li+ diffusivity of the electrolyte",
        source="Lithode",
        provenance="assumed",
        gt=0,
        le=1,
    )
    diffusivity_activation: float | None = activation_energy(
        "of the diffusivity; unset: as the conductivity",
        source="the same hops carry both (Nernst and Einstein)",
    )
    electrolyte: MaterialName = choice(
        "li3n", "material of the electrolyte, by name", source="Lithode", provenance="assumed"
    )
    conductivity: float | None = quantity(
        None,
        "S/m",
        "ionic, instead of the electrolyte's",
        source="-",
        provenance="assumed",
        gt=0,
        le=1e12,
    )
    conductivity_activation: float | None = activation_energy(
        "of the conductivity; unset: the electrolyte's"
    )
    youngs_modulus: float | None = quantity(
        None, "GPa", "instead of the electrolyte's", source="-", provenance="assumed", gt=0, le=1e4
    )
    poissons_ratio: float | None = quantity(
        None, "", "instead of the electrolyte's", source="-", provenance="assumed", gt=-1, lt=0.45
    )

    def of_electrolyte(self, name: str) -> float:
        """Return a property of the electrolyte in model units, unless it is set."""
        if getattr(self, name) is not None:
            return self.model_value(name)
        return self.material(self.electrolyte).of(name).model

    @property
    def electrolyte_conductivity(self) -> float:
        """Conductivity of the electrolyte in uS/m, at the temperature of the run."""
        if self.conductivity is not None:
            return self.thermal_value("conductivity")
        material = self.material(self.electrolyte)
        return material.conductivity_at(self.temperature, self.conductivity_activation)

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV: what is not known of reaction and diffusion is that of the conductivity."""
        known = self.material(self.electrolyte).activation_energy
        conduction = first_known(self.conductivity_activation, known.value if known else None)
        return {
            **super().activation_energies,
            "exchange_current_density": first_known(self.exchange_current_activation, conduction),
            "diffusivity": first_known(self.diffusivity_activation, conduction),
            "conductivity": conduction,
        }

    def material(self, name: str) -> Electrolyte:
        """Return an electrolyte that was known when the parameters were resolved."""
        return self._materials[name]

    def electrolyte_with(self, eigenstrain: float) -> ElectrolyteRegion:
        """Return the electrolyte of a region whose lithium has this eigenstrain."""
        return ElectrolyteRegion(
            stiffness=Stiffness.from_engineering(
                self.of_electrolyte("youngs_modulus"), self.of_electrolyte("poissons_ratio")
            ),
            eigenstrain=eigenstrain,
            rate_constant=self.rate_constant,
            diffusivity=self.thermal_value("diffusivity"),
            conductivity=self.electrolyte_conductivity,
        )
