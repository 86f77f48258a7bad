"""Inputs of the wetting model, as a case declares them; a paper only fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Literal

from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.parameters import choice, material, quantity
from lithode.materials.library import LITHIUM
from lithode.materials.thermal import ThermalInputs, activation_energy
from lithode.solvers.numerics.presets import Assembly, assembly_choice
from lithode.solvers.wetting.parameters import (
    Array,
    Drive,
    GrainFields,
    Numerics,
    Parameters,
    Walls,
)
from lithode.theory import capillarity, free_energy, kinetics
from lithode.theory.free_energy import Interface


class WettingInputs(ThermalInputs):
    """Surface of lithium, its contact angle with the grains, and what drives it.

    Attributes:
        mesh_fields: Where an error of a mesh names its own field: the parameter behind it. A class
            that declares more of them adds them.
    """

    mesh_fields: ClassVar[Mapping[str, str]] = {"size": "element_size"}

    contact_angle: float = quantity(
        90.0,
        "deg",
        "of lithium on the grains: below 90 lithiophilic, above lithiophobic",
        source="neither",
        provenance="assumed",
        ge=0,
        le=180,
    )
    formulation: Literal["wall", "grain_field"] = choice(
        "wall",
        "pores alone are meshed and their walls have the contact angle, or grains are fields with "
        "a cross-gradient energy",
        source="walls keep Young's angle at any width of the surface",
        provenance="assumed",
    )
    capillary_pressure: float = quantity(
        0.0,
        "MPa",
        "of lithium over that in the pores",
        source="undriven",
        provenance="assumed",
    )
    applied_overpotential: float = quantity(
        0.0,
        "V",
        "that drives lithium in, the same everywhere",
        source="undriven",
        provenance="assumed",
        ge=-0.5,
        le=0.5,
    )
    concentration: float = quantity(
        1.0, "", "Li+ over its bulk value", source="bulk", provenance="assumed", ge=0
    )
    exchange_current_density: float = quantity(
        100.0,
        "A/m^2",
        "i_0 of plating, sets the mobility of the surface",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    exchange_current_activation: float | None = activation_energy("of i_0 and of rate_constant")
    rate_constant: float | None = quantity(
        None,
        "1/s",
        "L_eta RT; unset, the one that makes an overpotential worth its pressure",
        source="near-equilibrium thermodynamics",
        provenance="assumed",
        gt=0,
    )
    surface_energy: float = quantity(
        0.5,
        "J/m^2",
        "of lithium",
        source="of the order of bulk lithium",
        provenance="assumed",
        gt=0,
        le=1e3,
    )
    interface_width: float = quantity(
        0.8,
        "um",
        "full tanh width of the surface, 4 d",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    barrier_ratio: float = quantity(
        8.0, "", "B/A of the grains, if grain_field", source="Lithode", provenance="assumed", gt=0
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )
    end_time: float = quantity(
        800.0, "h", "end of the run", source="until lithium rests", provenance="assumed", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (10.0, 25.0, 50.0, 100.0, 200.0),
        "h",
        "further stored times",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
    )
    element_size: float = quantity(
        0.2, "um", "element size", source="docs/wang2024-wetting.md", provenance="numerical", gt=0
    )
    mesh: Literal["fixed", "adaptive"] = choice(
        "fixed",
        "one mesh, or meshes of element_size along the surface and larger elements elsewhere",
        source="docs/numerics.md",
        provenance="numerical",
    )
    time_tolerance: float = quantity(
        5e-3,
        "",
        "local error of the order parameter allowed per step",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
        le=0.5,
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "linear solvers", source="docs/numerics.md", provenance="numerical"
    )
    assembly: Assembly = assembly_choice()

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV."""
        return {"exchange_current_density": self.exchange_current_activation}

    @property
    def interface(self) -> Interface:
        """The surface of lithium, which moves as Butler-Volmer kinetics let it: v = M dP.

        M = i_0 v_m^2 / (F R T) for small overpotentials, and M = 6 d L_sigma.
        """
        gamma, width = self.model_value("surface_energy"), self.interface_width
        f, volume = inverse_thermal_voltage(self.temperature), self.model_value("molar_volume")
        speed = self.thermal_value("exchange_current_density") * f * (volume / FARADAY) ** 2
        return Interface(
            free_energy.barrier_height(gamma, width),
            free_energy.gradient_coefficient(gamma, width),
            speed / (6 * width / 4),
        )

    @property
    def drive(self) -> Drive:
        """What pushes lithium in."""
        f = inverse_thermal_voltage(self.temperature)
        # At small overpotentials L_eta / L_sigma = RT / v_m: eta is worth the pressure F eta / v_m.
        consistent = self.interface.mobility * FARADAY / f / self.model_value("molar_volume")
        given = self.rate_constant
        if given is not None:
            given *= self.thermal_factor("exchange_current_density")
        return Drive(
            self.model_value("capillary_pressure"),
            -self.applied_overpotential,
            consistent if given is None else given,
            f,
            self.symmetry_factor,
            self.concentration,
        )

    @property
    def pressure(self) -> float:
        """Pressure in MPa that the drive is worth."""
        drive = self.drive
        rate = kinetics.driving(
            drive.overpotential,
            drive.inverse_thermal_voltage,
            drive.symmetry_factor,
            drive.concentration,
        )
        return drive.pressure + drive.rate_constant * rate / self.interface.mobility

    @property
    def coupling_ratio(self) -> float:
        """k_Lg over k that gives grain fields the contact angle."""
        return capillarity.grain_coupling_ratio(self.contact_angle, self.barrier_ratio)

    def model(
        self, walls: str, distances: Callable[[Array], Iterable[Array]] | None = None
    ) -> Parameters:
        """Return the parameters of the model, in its units.

        Args:
            walls: Boundary of the mesh that has the contact angle, if ``formulation=wall``.
            distances: Of points from the surface of each grain, if ``formulation=grain_field``;
                see `GrainFields`.
        """
        interface = self.interface
        solid: Walls | GrainFields = Walls({walls: self.contact_angle})
        if self.formulation == "grain_field" and distances is not None:
            solid = GrainFields(
                distances,
                self.barrier_ratio * interface.barrier,
                self.coupling_ratio * interface.gradient_coefficient,
                interface.profile_length,
            )
        return Parameters(interface, solid, self.model_value("molar_volume"), self.drive)

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(self.solver, self.time_tolerance, assembly=self.assembly)
