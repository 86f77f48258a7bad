"""Inputs of the mixed-conductor model, as a case declares them; a paper only fills them.

A case whose conductivities are given takes `MixedConductorInputs`. One that knows them by another
name, e.g. of a composition, takes `TransportInputs` and says what ``ionic`` and ``electronic`` are.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import choice, quantity
from lithode.core.units import to_model
from lithode.materials.thermal import ThermalInputs, activation_energy, first_known
from lithode.solvers.mixed_conductor.parameters import (
    Conductor,
    Galvanostatic,
    LithiumSurface,
    Numerics,
    Parameters,
    Potentiostatic,
)
from lithode.solvers.numerics.presets import Assembly, assembly_choice
from lithode.theory.nucleation import Nucleation


class TransportInputs(ThermalInputs):
    """Li+, electrons and the lithium that they meet; all but the conductivities.

    Attributes:
        mesh_fields: Where an error of a mesh names its own field: the parameter behind it. A class
            that declares more of them adds them.
    """

    mesh_fields: ClassVar[Mapping[str, str]] = {
        "size": "element_size",
        "size_far": "element_size_far",
    }

    end_time: float = quantity(
        1.0, "s", "end of the run", source="Lithode", provenance="assumed", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (),
        "s",
        "further stored times",
        source="docs/wang2024-transport.md",
        provenance="numerical",
    )
    mode: Literal["potentiostatic", "galvanostatic"] = choice(
        "potentiostatic", "what is held", source="Lithode", provenance="assumed"
    )
    applied_overpotential: float = quantity(
        0.1,
        "V",
        "of the lithium against the solid electrolyte, if potentiostatic",
        source="Lithode",
        provenance="assumed",
        gt=0,
        le=0.5,
    )
    current: float = quantity(
        1.0,
        "mA/cm^2",
        "per area of the solid electrolyte, if galvanostatic",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    cation_concentration: float = quantity(
        1000.0, "mol/m^3", "c_0 of Li+", source="Lithode", provenance="assumed", gt=0
    )
    lithium_electrons: float = quantity(
        10.0,
        "mol/m^3",
        "electrons in the conductor in equilibrium with lithium, c_e,Li",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    initial_electrons: float = quantity(
        0.01, "mol/m^3", "electrons at the start", source="Lithode", provenance="assumed", gt=0
    )
    exchange_current_density: float = quantity(
        100.0, "A/m^2", "i_0 of plating", source="Lithode", provenance="assumed", gt=0
    )
    exchange_current_activation: float | None = activation_energy(
        "of i_0; unset: as the ionic conductivity",
        source="Chiku et al., Electrochemistry 80 (2012) 740: alike between Li and Li2S-P2S5",
        provenance="literature",
    )
    ionic_activation: float | None = activation_energy("of the ionic conductivity")
    electronic_activation: float | None = activation_energy("of the electronic conductivity")
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )
    stern_drop: float = quantity(
        0.0,
        "V",
        "potential drop phi at the lithium",
        source="none",
        provenance="assumed",
        ge=-0.5,
        le=0.5,
    )
    relative_permittivity: float = quantity(
        10.0,
        "",
        "eps_r, if formulation=poisson",
        source="usual order of solids",
        provenance="assumed",
        gt=0,
        le=1e6,
    )
    element_size: float = quantity(
        1.0,
        "um",
        "element size at lithium and electrolyte",
        source="docs/wang2024-transport.md",
        provenance="numerical",
        gt=0,
    )
    element_size_far: float = quantity(
        3.0,
        "um",
        "element size far from both",
        source="docs/wang2024-transport.md",
        provenance="numerical",
        gt=0,
    )
    time_tolerance: float = quantity(
        0.1,
        "",
        "local error of the concentrations allowed per step",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
        le=0.5,
    )
    formulation: Literal["neutral", "poisson"] = choice(
        "neutral",
        "electroneutral carriers, or with Poisson's equation",
        source="tests/verification/test_mixed_conductor.py",
        provenance="numerical",
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="tests/cases/test_wang2024.py", provenance="numerical"
    )
    assembly: Assembly = assembly_choice()

    @property
    @abstractmethod
    def ionic(self) -> float:
        """Ionic conductivity in S/cm, at c_0."""

    @property
    @abstractmethod
    def electronic(self) -> float:
        """Electronic conductivity in S/cm, at c_e,Li."""

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV."""
        return {
            "ionic_conductivity": self.ionic_activation,
            "electronic_conductivity": self.electronic_activation,
            "exchange_current_density": first_known(
                self.exchange_current_activation, self.ionic_activation
            ),
        }

    @property
    def conductor(self) -> Conductor:
        """The conductor; the conductivities stand for c_0 and for c_e,Li."""
        return self.conductor_of(self.ionic, self.electronic)

    def conductor_of(self, ionic: float, electronic: float) -> Conductor:
        """Return a conductor of conductivities in S/cm at the reference temperature.

        They hold at c_0 and at c_e,Li.
        """
        return Conductor.from_conductivities(
            to_model(ionic, "S/cm") * self.thermal_factor("ionic_conductivity"),
            to_model(electronic, "S/cm") * self.thermal_factor("electronic_conductivity"),
            self.cation_concentration,
            self.lithium_electrons,
            inverse_thermal_voltage(self.temperature),
        )

    def model(self, region: str, nucleation: Mapping[str, Nucleation] | None = None) -> Parameters:
        """Return the parameters of the model, in its units.

        Args:
            region: Of the mesh, that is the conductor.
            nucleation: On the host by label, e.g. of several contact angles; none by default.

        Raises:
            InputError: There are more electrons than Li+ at the start.
        """
        if self.initial_electrons >= self.cation_concentration:
            allowed = "must be less than cation_concentration"
            raise InputError("initial_electrons", self.initial_electrons, allowed, "mol/m^3")
        drive: Potentiostatic | Galvanostatic = Potentiostatic(self.applied_overpotential)
        if self.mode == "galvanostatic":
            drive = Galvanostatic(self.model_value("current"))
        return Parameters(
            regions={region: self.conductor},
            lithium=LithiumSurface(
                self.thermal_value("exchange_current_density"),
                self.symmetry_factor,
                self.lithium_electrons,
                self.stern_drop,
            ),
            drive=drive,
            cation_concentration=self.cation_concentration,
            electron_concentration=self.initial_electrons,
            temperature=self.temperature,
            relative_permittivity=self.relative_permittivity,
            nucleation=nucleation or {},
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(
            self.formulation, self.time_tolerance, solver=self.solver, assembly=self.assembly
        )


class MixedConductorInputs(TransportInputs):
    """Inputs of the model with the conductivities as they are."""

    ionic_conductivity: float = quantity(
        3e-4,
        "S/cm",
        "ionic conductivity, at c_0",
        source="Lithode",
        provenance="assumed",
        gt=0,
        le=1e8,
    )
    electronic_conductivity: float = quantity(
        3e-5,
        "S/cm",
        "electronic conductivity, at c_e,Li",
        source="Lithode",
        provenance="assumed",
        gt=0,
        le=1e8,
    )

    @property
    def ionic(self) -> float:
        """Ionic conductivity in S/cm, at c_0."""
        return self.ionic_conductivity

    @property
    def electronic(self) -> float:
        """Electronic conductivity in S/cm, at c_e,Li."""
        return self.electronic_conductivity
