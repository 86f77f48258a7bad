"""Inputs of the interphase model with neutral values, for a case to fill; load no finite elements.

Salts and oxynitride are those of Li-P-O-N; kinetics, lengths and conductivity are anybody's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.core.parameters import choice, quantity
from lithode.materials.library import LITHIUM
from lithode.materials.thermal import ThermalInputs, activation_energy
from lithode.solvers.interphase.parameters import (
    Detection,
    Interstitial,
    NativeOxide,
    Numerics,
    Parameters,
)
from lithode.solvers.numerics.presets import Assembly, assembly_choice
from lithode.theory.interphase import ElectronPath, Oxynitride, hopping_diffusivity

_OURS = "neutral value of the model"
_PAGE = "docs/cheng2020-interphase.md"
_TESTS = "tests/verification/test_interphase.py"
# Any large factor: metal that percolates is one potential.
_METAL_FACTOR = 1e6


class InterphaseInputs(ThermalInputs):
    """Lithium metal on an oxynitride that it decomposes.

    Attributes:
        mesh_fields: Where an error of a mesh names its own field: the parameter behind it.
    """

    mesh_fields: ClassVar[Mapping[str, str]] = {
        "lower": "lithium_thickness",
        "upper": "electrolyte_thickness",
        "size": "element_size",
    }

    end_time: float = quantity(1e6, "s", "end of the run", source=_PAGE, provenance="assumed", gt=0)
    nitrogen_barrier: float = quantity(
        0.5, "eV", "of interstitial N in Li", source=_OURS, provenance="assumed", ge=0
    )
    oxygen_barrier: float = quantity(
        0.5, "eV", "of interstitial O in Li", source=_OURS, provenance="assumed", ge=0
    )
    phosphorus_barrier: float = quantity(
        0.5, "eV", "of interstitial P in Li", source=_OURS, provenance="assumed", ge=0
    )
    jump_length: float = quantity(
        0.248, "nm", "length of an interstitial jump", source="bcc Li", provenance="assumed", gt=0
    )
    attempt_frequency: float = quantity(
        1e13, "1/s", "of interstitial jumps", source="usual choice", provenance="assumed", gt=0
    )
    lithium_ratio: float = quantity(
        2.9, "", "Li per P of LiPON", source="usual sputtered LiPON", provenance="assumed", gt=0
    )
    oxygen_ratio: float = quantity(
        3.5, "", "O per P", source="usual sputtered LiPON", provenance="assumed", gt=0, le=4
    )
    nitrogen_ratio: float = quantity(
        0.31, "", "N per P", source="usual sputtered LiPON", provenance="assumed", gt=0
    )
    phosphorus_concentration: float = quantity(
        20.6e3, "mol/m^3", "P in LiPON", source="2.3 g/cm^3", provenance="assumed", gt=0
    )
    lithium_per_phosphorus: float = quantity(
        3.0, "", "Li that a free P takes up", source="as Li3P", provenance="assumed", ge=0
    )
    bond_activation: float | None = activation_energy("of the breaking of both bonds")
    first_rate: float = quantity(
        2e-3, "1/s", "breaking of P-N bonds", source=_OURS, provenance="assumed", gt=0
    )
    second_rate: float = quantity(
        1e-3, "1/s", "breaking of P-O bonds", source=_OURS, provenance="assumed", gt=0
    )
    released_oxygen: float = quantity(
        0.3,
        "",
        "share of O that the breaking of P-O bonds sets free",
        source=_OURS,
        provenance="assumed",
        gt=0,
        lt=1,
    )
    nitrogen_reach: float = quantity(
        5.0, "nm", "length on which N precipitates in Li", source=_OURS, provenance="assumed", gt=0
    )
    oxygen_reach: float = quantity(5.0, "nm", "of O", source=_OURS, provenance="assumed", gt=0)
    phosphorus_reach: float = quantity(5.0, "nm", "of P", source=_OURS, provenance="assumed", gt=0)
    matrix_reach: float = quantity(
        5.0,
        "nm",
        "length on which N, O and P precipitate where there is no metal",
        source=_OURS,
        provenance="assumed",
        gt=0,
    )
    electronic_conductivity: float = quantity(
        1e-11,
        "S/cm",
        "of the interphase without metal, at Li activity 1",
        source=_OURS,
        provenance="assumed",
        gt=0,
        le=1e8,
    )
    electronic_activation: float | None = activation_energy("of that conductivity")
    path_closing: float = quantity(
        0.0,
        "",
        "s: the conductivity falls by exp(-s p) with p salts of N and P per P",
        source="0: the path stays open",
        provenance="assumed",
        ge=0,
    )
    percolation_threshold: float = quantity(
        0.3,
        "",
        "share of metal that percolates",
        source="0.31 for sites of a cubic lattice, rounded",
        provenance="assumed",
        gt=0,
        lt=1,
    )
    detection: float = quantity(
        0.02,
        "",
        "least volume fraction of a phase that is seen",
        source=_OURS,
        provenance="assumed",
        gt=0,
        lt=0.5,
    )
    element_detection: float = quantity(
        0.02,
        "",
        "least share of an element, over that in LiPON, that is seen",
        source=_OURS,
        provenance="assumed",
        gt=0,
        lt=0.5,
    )
    oxide_volume: float = quantity(
        14.8, "cm^3/mol", "of Li2O", source="2.01 g/cm^3", provenance="assumed", gt=0
    )
    nitride_volume: float = quantity(
        27.4, "cm^3/mol", "of Li3N", source="1.27 g/cm^3", provenance="assumed", gt=0
    )
    phosphate_volume: float = quantity(
        45.6, "cm^3/mol", "of Li3PO4", source="2.54 g/cm^3", provenance="assumed", gt=0
    )
    native_oxide: float = quantity(
        0.0,
        "nm",
        "thickness of Li with Li2O next to the interface before contact",
        source="clean metal",
        provenance="assumed",
        ge=0,
    )
    native_oxide_share: float = quantity(
        0.05,
        "",
        "volume fraction of Li2O in it",
        source=_OURS,
        provenance="assumed",
        gt=0,
        lt=0.5,
    )
    lithium_thickness: float = quantity(
        0.15,
        "um",
        "lithium that is computed",
        source="deeper than anything is seen",
        provenance="assumed",
        gt=0,
    )
    electrolyte_thickness: float = quantity(
        1.0, "um", "of LiPON", source=_OURS, provenance="assumed", gt=0
    )
    width: float | None = quantity(
        None, "um", "along the interface; unset for 1D", source="flat", provenance="assumed", gt=0
    )
    roughness: float = quantity(
        0.0, "um", "amplitude of the interface in 2D", source="flat", provenance="assumed", ge=0
    )
    element_size: float = quantity(
        1.5, "nm", "at the interface", source=_PAGE, provenance="numerical", gt=0
    )
    resolved_depth: float = quantity(
        200.0,
        "nm",
        "of LiPON with elements of at most 2 element_size",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
    )
    time_tolerance: float = quantity(
        0.02,
        "",
        "local error of the amounts allowed per step",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
        le=0.5,
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "preset of PETSc options", source=_TESTS, provenance="numerical"
    )
    assembly: Assembly = assembly_choice()

    @property
    def output_times(self) -> tuple[float, ...]:
        """The decades from 1 s on."""
        decades = (10.0**k for k in range(math.ceil(math.log10(self.end_time))))
        return tuple(t for t in decades if t < self.end_time)

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV; interstitials hop over barriers of their own."""
        return {
            "first_rate": self.bond_activation,
            "second_rate": self.bond_activation,
            "electronic_conductivity": self.electronic_activation,
        }

    @property
    def activity_diffusivity(self) -> float:
        """Diffusivity D_a = sigma_e R T / (F^2 c_P) of lithium activity in um^2/s."""
        f = inverse_thermal_voltage(self.temperature)
        sigma = self.thermal_value("electronic_conductivity")
        return sigma / (f * FARADAY * self.model_value("phosphorus_concentration"))

    @property
    def mobilities(self) -> tuple[float, float, float]:
        """Diffusivities of N, O, P in lithium, in um^2/s, that follow from the barriers."""
        jump = self.model_value("jump_length")
        nitrogen, oxygen, phosphorus = (
            hopping_diffusivity(barrier, self.temperature, jump, self.attempt_frequency)
            for barrier in (self.nitrogen_barrier, self.oxygen_barrier, self.phosphorus_barrier)
        )
        return nitrogen, oxygen, phosphorus

    @property
    def precipitations(self) -> tuple[float, float, float]:
        """Rates in 1/s at which N, O, P become salts: diffusivity over the square of the reach."""
        nitrogen, oxygen, phosphorus = (
            mobility / self.model_value(f"{name}_reach") ** 2
            for mobility, name in zip(
                self.mobilities, ("nitrogen", "oxygen", "phosphorus"), strict=True
            )
        )
        return nitrogen, oxygen, phosphorus

    @property
    def interstitials(self) -> tuple[Interstitial, Interstitial, Interstitial]:
        """N, O, P."""
        matrix = self.model_value("matrix_reach")
        nitrogen, oxygen, phosphorus = (
            Interstitial(d, rate, rate * matrix**2)
            for d, rate in zip(self.mobilities, self.precipitations, strict=True)
        )
        return nitrogen, oxygen, phosphorus

    def model(self) -> Parameters:
        """Return the parameters of the model, in its units.

        Raises:
            InputError: A roughness without a width, or a decomposition that would make lithium.
        """
        p = self
        if p.roughness and p.width is None:
            raise InputError("roughness", p.roughness, "needs a width", "um")
        electrolyte = Oxynitride(
            p.lithium_ratio,
            p.oxygen_ratio,
            p.nitrogen_ratio,
            p.released_oxygen,
            p.lithium_per_phosphorus,
        )
        if p.native_oxide > 1e3 * p.lithium_thickness:
            allowed = f"must be at most lithium_thickness, {1e3 * p.lithium_thickness:g} nm"
            raise InputError("native_oxide", p.native_oxide, allowed, "nm")
        if electrolyte.second_uptake < 0:
            allowed = "too few Li would be taken up: its decomposition would make lithium"
            raise InputError("lithium_ratio", p.lithium_ratio, allowed)
        nitrogen, oxygen, phosphorus = p.interstitials
        supply = p.activity_diffusivity
        whole = p.lithium_thickness + p.electrolyte_thickness
        aside = () if p.width is None else (0.0,)
        return Parameters(
            electrolyte=electrolyte,
            phosphorus=p.model_value("phosphorus_concentration"),
            lithium=1 / LITHIUM.molar_volume.model,
            first=p.thermal_value("first_rate"),
            second=p.thermal_value("second_rate"),
            nitrogen=nitrogen,
            oxygen=oxygen,
            phosphorus_atom=phosphorus,
            native=NativeOxide(
                p.model_value("native_oxide"),
                p.native_oxide_share / p.model_value("oxide_volume"),
            ),
            path=ElectronPath(
                supply, _METAL_FACTOR * supply, p.percolation_threshold, p.path_closing
            ),
            detection=Detection(
                p.detection,
                p.element_detection,
                p.model_value("nitride_volume"),
                p.model_value("oxide_volume"),
                p.model_value("phosphate_volume"),
                ((*aside, 0.0), (*aside, whole)),
            ),
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(self.solver, self.time_tolerance, self.assembly)

    def health(self) -> list[HealthLine]:
        """Return the derived numbers behind the layers."""
        p = self
        zone = (
            p.activity_diffusivity / max(map(p.thermal_value, ("first_rate", "second_rate")))
        ) ** 0.5 * 1e3
        lines = [
            HealthLine(f"D_{name}", atom.diffusivity * 1e-12, f"of interstitial {name} in Li", unit)
            for name, atom, unit in zip("NOP", p.interstitials, ["m^2/s"] * 3, strict=True)
        ]
        meaning = "width of the reaction zone; finer elements where it is narrower than they are"
        return [*lines, HealthLine("zone", zone, meaning, "nm", low=p.element_size)]
