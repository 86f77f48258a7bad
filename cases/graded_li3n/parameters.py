"""Numbers of the graded-Li3N paper and what had to be chosen to run its model.

The paper's table S1 is not public with the text: what carries the provenance ``calibrated`` was
set by us so that the named figure comes out, and is no prediction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import field_validator

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.materials.library import LI3N, LITHIUM, LPSCL, Electrolyte, Value
from lithode.solvers.electrodeposition.parameters import (
    Charge,
    ElectrolyteRegion,
    Fluctuations,
    Kinetics,
    Lithium,
    Numerics,
    Parameters,
    Transport,
)
from lithode.theory import free_energy, kinetics
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.free_energy import Interface
from lithode.theory.noise import LatticeNoise

PAPER = "graded-Li3N paper"

ELECTROLYTES: Mapping[str, Electrolyte] = {"li3n": LI3N, "lpscl": LPSCL}

# About 100,000 vertices; the interface spans 2.8 elements.
_3D: Mapping[str, object] = {
    "dimension": 3,
    "element_size": 1.26,
    "element_size_inside": 4.0,
    "time_tolerance": 4e-2,
    "noise_period": 20.0,
}
PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {"element_size": 1.2, "time_tolerance": 1e-2},
    "paper": {"element_size": 0.65},
    "3d": _3D,
}


def absolute(path: Path | None) -> Path | None:
    """Return a path that holds from any folder, as case.yaml may be used from another."""
    return path and path.absolute()


class GrowthParameters(CaseParameters):
    """Physics and numerics shared by the growth scenarios of the paper."""

    resumable: ClassVar[frozenset[str]] = frozenset({"end_time", "cutoff_voltage"})

    end_time: float = quantity(
        1800.0, "s", "end of the run", source=f"{PAPER}, Fig. 5", provenance="paper", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (600.0, 1200.0, 1800.0),
        "s",
        "times that get a picture of their own",
        source=f"{PAPER}, Fig. 5",
        provenance="paper",
    )
    output_interval: float = quantity(
        60.0, "s", "time between two stored fields", source="Lithode", provenance="numerical", gt=0
    )
    seed: int = count(1, "seed of noise and nuclei", source="Lithode", provenance="assumed", ge=0)

    overpotential: float = quantity(
        -0.1,
        "V",
        "potential of the electrode against the counter electrode",
        source=f"{PAPER}, caption of Fig. 5",
        provenance="paper",
        lt=0,
        ge=-1.0,
    )
    temperature: float = quantity(
        298.15,
        "K",
        "temperature",
        source="27 degC in the paper's tests",
        provenance="assumed",
        gt=0,
    )
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )
    exchange_current_density: float = quantity(
        210.0,
        "A/m^2",
        "i_0; gives L_eta unless reaction_constant is set",
        source="growth of about 60 um in 1800 s at -0.1 V",
        provenance="calibrated",
        gt=0,
    )
    surface_energy: float = quantity(
        0.1,
        "J/m^2",
        "energy of the diffuse interface; gives W and kappa unless barrier_height is set",
        source="needle spacing on the scale of the domain",
        provenance="calibrated",
        gt=0,
    )
    interface_width: float = quantity(
        3.5,
        "um",
        "10-90 % width of the diffuse interface; as surface_energy",
        source="as sharp as a laptop resolves",
        provenance="numerical",
        gt=0,
    )
    drive_ratio: float = quantity(
        0.7,
        "",
        "r = L_eta exp(-a f eta) / (L_sigma W); gives L_sigma unless set",
        source="below 1.5 no spurious nucleation (docs/electrodeposition.md)",
        provenance="numerical",
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
    bulk_concentration: float = quantity(
        1000.0,
        "mol/m^3",
        "c_0; only D c_0 / c_s matters",
        source="Chen et al., J. Power Sources 300, 376",
        provenance="literature",
        gt=0,
    )
    diffusivity: float = quantity(
        1.95e-11,
        "m^2/s",
        "Li+ diffusivity of the electrolyte",
        source=f"{PAPER}: contact with coarse particles at 1200 s",
        provenance="calibrated",
        gt=0,
    )
    electrolyte: Literal["li3n", "lpscl"] = choice(
        "li3n",
        "material of fine and coarse particles",
        source=f"{PAPER}; Li6PS5Cl: text on Figs. S18 to S20",
        provenance="paper",
    )
    conductivity: float | None = quantity(
        None, "S/m", "ionic, instead of the electrolyte's", source="-", provenance="assumed", gt=0
    )
    lithium_conductivity: float = material(LITHIUM.conductivity, "conductivity of lithium", gt=0)
    lithium_diffusivity: float = material(
        LITHIUM.ion_diffusivity, "Li+ diffusivity inside lithium", gt=0
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
    site_density: float = material(LITHIUM.site_density, "site density of lithium c_s", gt=0)
    youngs_modulus: float | None = quantity(
        None, "GPa", "instead of the electrolyte's", source="-", provenance="assumed", gt=0
    )
    poissons_ratio: float | None = quantity(
        None, "", "instead of the electrolyte's", source="-", provenance="assumed", gt=-1, lt=0.45
    )
    lithium_youngs_modulus: float = material(
        LITHIUM.youngs_modulus, "Young's modulus of lithium", gt=0
    )
    lithium_poissons_ratio: float = material(
        LITHIUM.poissons_ratio, "Poisson's ratio of lithium", gt=-1, lt=0.45
    )
    eigenstrain_fine: float = quantity(
        2.3e-4,
        "",
        "K of lithium among fine particles, strain per axis",
        source=f"{PAPER}: 7 MPa in the fine system",
        provenance="calibrated",
        ge=0,
        lt=0.1,
    )
    eigenstrain_coarse: float = quantity(
        1e-3,
        "",
        "K of lithium in coarse particles, strain per axis",
        source=f"{PAPER}: 20 MPa at coarse particles",
        provenance="calibrated",
        ge=0,
        lt=0.1,
    )
    mechanical_factor: float = quantity(
        60.0,
        "",
        "C of the mechanical overpotential",
        source=f"{PAPER}: lithium stays out of coarse particles",
        provenance="calibrated",
        ge=0,
    )
    noise_amplitude: float = quantity(
        0.1, "", "noise A, relative to W", source="Lithode", provenance="assumed", ge=0, le=2
    )
    noise_spacing: float = quantity(
        3.0, "um", "correlation length of the noise", source="Lithode", provenance="assumed", gt=0
    )
    noise_period: float = quantity(
        10.0, "s", "correlation time of the noise", source="Lithode", provenance="assumed", gt=0
    )

    initial_thickness: float = quantity(
        6.0, "um", "initial lithium", source="Lithode", provenance="assumed", gt=0
    )
    nuclei: int = count(5, "bumps on it", source="Lithode", provenance="assumed", ge=0)
    nucleus_height: float = quantity(
        4.0, "um", "largest bump", source="Lithode", provenance="assumed", ge=0
    )
    nucleus_width: float = quantity(
        4.0, "um", "length of a Gaussian bump", source="Lithode", provenance="assumed", gt=0
    )
    transport: Literal["binary", "steric", "single_ion"] = choice(
        "binary",
        "what bounds the Li+ concentration: nothing, free sites, or fixed anions",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )
    concentration_limit: float = quantity(
        2.0,
        "",
        "largest Li+ concentration over c_0, if transport=steric",
        source="Lithode",
        provenance="assumed",
        gt=1,
    )
    charge: Literal["one_potential", "two_potential"] = choice(
        "one_potential",
        "one potential for metal and electrolyte, as in the paper, or one for each",
        source="docs/electrodeposition.md",
        provenance="paper",
    )
    mode: Literal["potentiostatic", "galvanostatic"] = choice(
        "potentiostatic",
        "whether overpotential or current is held; overpotential then still gives L_sigma",
        source=f"{PAPER}, caption of Fig. 5",
        provenance="paper",
    )
    current: float | None = quantity(
        None, "mA/cm^2", "held, if mode=galvanostatic", source="-", provenance="assumed", gt=0
    )
    cutoff_voltage: float = quantity(
        0.4,
        "V",
        "of the cell, ends the run if mode=galvanostatic",
        source="Lithode: where Li+ run out, what follows has no meaning",
        provenance="assumed",
        gt=0,
    )
    dimension: int = count(
        2, "2 or 3", source=f"{PAPER}: simulated in 2D", provenance="paper", ge=2, le=3
    )
    width: float = quantity(
        80.0, "um", "width of the layer", source="Lithode", provenance="assumed", gt=0
    )
    depth: float = quantity(
        40.0, "um", "of the layer if dimension=3", source="Lithode", provenance="assumed", gt=0
    )
    height: float = quantity(
        90.0, "um", "electrode to counter electrode", source="Lithode", provenance="assumed", gt=0
    )

    element_size: float = quantity(
        1.0,
        "um",
        "element size where lithium grows",
        source="Lithode",
        provenance="numerical",
        gt=0,
    )
    element_size_inside: float = quantity(
        3.0,
        "um",
        "element size deep inside coarse particles",
        source="Lithode",
        provenance="numerical",
        gt=0,
    )
    time_tolerance: float = quantity(
        5e-3,
        "",
        "local error of xi and c allowed per step",
        source="docs/numerics.md",
        provenance="numerical",
        gt=0,
        le=0.2,
    )
    solver: Literal["auto", "direct", "iterative", "multigrid"] = choice(
        "auto", "linear solvers", source="docs/numerics.md", provenance="numerical"
    )
    kinematics: Literal["plane_strain", "plane_stress"] = choice(
        "plane_strain",
        "out-of-plane behaviour if dimension=2",
        source="Lithode",
        provenance="assumed",
    )
    mesh_file: Path | None = choice(
        None,
        "mesh to use instead, with the groups electrode, counter_electrode, sides and the regions "
        "that would be drawn: fine, and coarse and the second layer where there are any",
        source="-",
        provenance="numerical",
    )
    mesh_unit: str = choice(
        "um", "length unit of mesh_file", source="Lithode", provenance="numerical"
    )

    _absolute = field_validator("mesh_file")(absolute)

    @property
    def lengths(self) -> tuple[float, ...]:
        """Edge lengths in um, the growth direction last."""
        return (self.width, self.height) if self.is_flat else (self.width, self.depth, self.height)

    @property
    def is_flat(self) -> bool:
        """Whether the run is in 2D."""
        return self.dimension == 2

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
        """L_eta in 1/s, given or from i_0."""
        if self.reaction_constant is not None:
            return self.reaction_constant
        interface = self._profile
        return kinetics.rate_constant(
            self.model_value("exchange_current_density"),
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
        # The identities are in the full tanh width 4 d; 10-90 % is 2 ln(9) d.
        width = self.model_value("interface_width") * 2 / math.log(9)
        return (
            free_energy.barrier_height(energy, width),
            free_energy.gradient_coefficient(energy, width),
        )

    @property
    def interface(self) -> Interface:
        """Barrier, gradient coefficient and mobility, given or derived."""
        barrier, gradient = self._profile
        if self.interface_mobility is not None:
            mobility = self.model_value("interface_mobility")
        else:
            mobility = self.reaction_rate / (self.drive_ratio * barrier)
        return Interface(barrier, gradient, mobility)

    def of_electrolyte(self, name: str) -> float:
        """Return a property of the electrolyte in model units, unless it is set."""
        if getattr(self, name) is not None:
            return self.model_value(name)
        value: Value = getattr(ELECTROLYTES[self.electrolyte], name)
        return value.model

    @property
    def electrolyte_stiffness(self) -> Stiffness:
        """Stiffness of the electrolyte."""
        return Stiffness.from_engineering(
            self.of_electrolyte("youngs_modulus"), self.of_electrolyte("poissons_ratio")
        )

    @property
    def lithium_stiffness(self) -> Stiffness:
        """Stiffness of lithium."""
        return Stiffness.from_engineering(
            self.model_value("lithium_youngs_modulus"), self.lithium_poissons_ratio
        )

    def particles_with(self, eigenstrain: float) -> ElectrolyteRegion:
        """Return particles whose lithium has this eigenstrain; the paper varies nothing else."""
        return ElectrolyteRegion(
            stiffness=self.electrolyte_stiffness,
            eigenstrain=eigenstrain,
            rate_constant=self.rate_constant,
            diffusivity=self.model_value("diffusivity"),
            conductivity=self.of_electrolyte("conductivity"),
        )

    @property
    def held_current(self) -> float | None:
        """Current density that is held, in model units; None if it is the overpotential."""
        if self.mode == "potentiostatic":
            if self.current is not None:
                raise InputError("current", self.current, "needs mode=galvanostatic", "mA/cm^2")
            return None
        if self.charge == "one_potential":
            raise InputError("mode", self.mode, "needs charge=two_potential")
        if self.current is None:
            raise InputError("current", "unset", "mode=galvanostatic needs it", "mA/cm^2")
        return self.model_value("current")

    @property
    def model(self) -> Parameters:
        """Parameters of the electrodeposition model, in its units."""
        noise = LatticeNoise(
            self.model_value("noise_spacing"), self.model_value("noise_period"), self.seed
        )
        return Parameters(
            lithium=Lithium(
                stiffness=self.lithium_stiffness,
                diffusivity=self.model_value("lithium_diffusivity"),
                conductivity=self.model_value("lithium_conductivity"),
                molar_volume=self.model_value("molar_volume"),
                site_density=self.model_value("site_density"),
            ),
            regions={
                "fine": self.particles_with(self.eigenstrain_fine),
                "coarse": self.particles_with(self.eigenstrain_coarse),
            },
            interface=self.interface,
            kinetics=Kinetics(
                self.model_value("temperature"), self.symmetry_factor, self.mechanical_factor
            ),
            overpotential=self.overpotential,
            bulk_concentration=self.model_value("bulk_concentration"),
            fluctuations=Fluctuations(self.noise_amplitude, noise)
            if self.noise_amplitude
            else None,
            transport=Transport(self.transport),
            concentration_limit=self.concentration_limit,
            charge=Charge(self.charge),
            current_density=self.held_current,
            cutoff_voltage=self.model_value("cutoff_voltage"),
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(
            solver=self.solver,
            tolerance=self.time_tolerance,
            kinematics=Kinematics(self.kinematics) if self.is_flat else Kinematics.SOLID,
        )
