"""Inputs of the model: lithium, its reaction, and the diffuse interface that stands for it."""

from __future__ import annotations

import math
from typing import Literal

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import choice, material, quantity
from lithode.materials.library import LITHIUM
from lithode.materials.thermal import activation_energy
from lithode.solvers.electrodeposition.mechanics_inputs import MechanicsInputs
from lithode.solvers.electrodeposition.parameters import Lithium
from lithode.theory import free_energy, kinetics
from lithode.theory.elasticity import Stiffness
from lithode.theory.free_energy import Interface


class FrontInputs(MechanicsInputs):
    """Lithium, its reaction with Li+ of the electrolyte, and the diffuse interface."""

    overpotential: float = quantity(
        -0.1,
        "V",
        "potential of the electrode against the counter electrode",
        source="Lithode",
        provenance="assumed",
        lt=0,
        ge=-1.0,
    )
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )
    exchange_current_density: float = quantity(
        100.0,
        "A/m^2",
        "i_0; gives L_eta unless reaction_constant is set",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    exchange_current_activation: float | None = activation_energy(
        "of i_0; unset: as the conductivity",
        source="Chiku et al., Electrochemistry 80 (2012) 740: alike between Li and Li2S-P2S5",
        provenance="literature",
    )
    mechanical_factor: float = quantity(
        1.0,
        "",
        "C of the mechanical overpotential",
        source="1 is thermodynamics (docs/electrodeposition.md)",
        provenance="assumed",
        ge=0,
    )
    surface_energy: float = quantity(
        0.1,
        "J/m^2",
        "energy of the surface; gives W and kappa unless barrier_height is set",
        source="without effect on a classic interface, of which drive_ratio scales L_sigma by it",
        provenance="assumed",
        gt=0,
        le=1e3,
    )
    interface_width: float = quantity(
        3.5,
        "um",
        "10-90 % width of the diffuse interface; as surface_energy",
        source="as sharp as a laptop resolves",
        provenance="assumed",
        gt=0,
    )
    interface: Literal["classic", "quantitative"] = choice(
        "classic",
        "diffuse interface of the paper, or one whose speed and shape do not depend on its width",
        source="docs/quantitative-interface.md",
        provenance="assumed",
    )
    front_relaxation: float = quantity(
        4.0,
        "",
        "b / (v d), which keeps the profile of a quantitative front in shape",
        source="docs/quantitative-interface.md",
        provenance="numerical",
        ge=1,
        le=100,
    )
    drive_ratio: float = quantity(
        0.7,
        "",
        "r = L_eta exp(-a f eta) / (L_sigma W) of a classic interface; gives L_sigma unless set",
        source="below 1.5 no spurious nucleation; sets speeds too (docs/electrodeposition.md)",
        provenance="assumed",
        gt=0,
    )
    barrier_height: float | None = quantity(
        None, "J/m^3", "W, instead of surface_energy", source="-", provenance="assumed", gt=0
    )
    gradient_coefficient: float | None = quantity(
        None, "J/m", "kappa, instead of interface_width", source="-", provenance="assumed", gt=0
    )
    interface_mobility: float | None = quantity(
        None,
        "m^3/(J s)",
        "L_sigma, instead of drive_ratio",
        source="-",
        provenance="assumed",
        gt=0,
    )
    reaction_constant: float | None = quantity(
        None,
        "1/s",
        "L_eta, instead of exchange_current_density",
        source="-",
        provenance="assumed",
        gt=0,
    )
    lithium_conductivity: float = material(
        LITHIUM.conductivity, "conductivity of lithium", gt=0, le=1e12
    )
    lithium_diffusivity: float = material(
        LITHIUM.ion_diffusivity, "Li+ diffusivity inside lithium", gt=0, le=1
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
    site_density: float = material(LITHIUM.site_density, "site density of lithium c_s", gt=0)

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T) in 1/V."""
        return inverse_thermal_voltage(self.temperature)

    @property
    def reaction_rate(self) -> float:
        """L_eta exp(-a f eta) at the applied overpotential, in 1/s."""
        exponent = -self.symmetry_factor * self.inverse_thermal_voltage * self.overpotential
        return self.rate_constant * math.exp(exponent)

    @property
    def rate_constant(self) -> float:
        """L_eta in 1/s at the temperature of the run, given or from i_0."""
        if self.reaction_constant is not None:
            return self.reaction_constant * self.thermal_factor("exchange_current_density")
        interface = self._profile
        return kinetics.rate_constant(
            self.thermal_value("exchange_current_density"),
            4 * free_energy.profile_length(*interface),
            self.model_value("site_density"),
        )

    @property
    def _profile(self) -> tuple[float, float]:
        """W and kappa in model units, given or derived."""
        given = (self.barrier_height is not None, self.gradient_coefficient is not None)
        if all(given):
            return self.model_value("barrier_height"), self.model_value("gradient_coefficient")
        if any(given):
            name = "gradient_coefficient" if given[0] else "barrier_height"
            raise InputError(name, "unset", "give barrier_height and gradient_coefficient together")
        energy = self.model_value("surface_energy")
        # The identities are in the full tanh width 4 d.
        width = 4 * free_energy.profile_length_of(self.model_value("interface_width"))
        return (
            free_energy.barrier_height(energy, width),
            free_energy.gradient_coefficient(energy, width),
        )

    @property
    def diffuse_interface(self) -> Interface:
        """Barrier, gradient coefficient and mobility, given or derived."""
        barrier, gradient = self._profile
        if self.interface_mobility is not None:
            mobility = self.model_value("interface_mobility")
        else:
            mobility = self.reaction_rate / (self.drive_ratio * barrier)
        return Interface(barrier, gradient, mobility)

    @property
    def lithium(self) -> Lithium:
        """The metal."""
        return Lithium(
            stiffness=Stiffness.from_engineering(
                self.model_value("lithium_youngs_modulus"), self.lithium_poissons_ratio
            ),
            diffusivity=self.model_value("lithium_diffusivity"),
            conductivity=self.model_value("lithium_conductivity"),
            molar_volume=self.model_value("molar_volume"),
            site_density=self.model_value("site_density"),
            creep=self.creep,
        )
