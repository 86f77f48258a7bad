"""Numbers of Cheng et al. (2020) and what had to be chosen to compute its interphase.

The paper reports barriers and three layer thicknesses, and no rate: what carries the provenance
``calibrated`` was fitted to the thicknesses (``lithode fit``), nine parameters to three numbers.
"""

from __future__ import annotations

import math
from typing import Literal

from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, quantity
from lithode.materials.library import LITHIUM
from lithode.meshes.layer_pair import Bilayer
from lithode.solvers.interphase.parameters import Detection, Interstitial, Numerics, Parameters
from lithode.theory.interphase import ElectronPath, Oxynitride, hopping_diffusivity

PAPER = "Cheng 2020"
DAY = 86400.0

LAYERS = (
    ("layer 1, Li + Li2O", 21.1, "layer_1 [nm]"),
    ("layer 2, Li + Li2O + Li3N", 11.6, "layer_2 [nm]"),
    ("layer 3, Li2O + Li3N + Li3PO4", 43.7, "layer_3 [nm]"),
    ("interphase", 76.4, "thickness [nm]"),
)
"""Layers of Fig. 2K: name, mean thickness in nm, and the history column that it is held against."""

_FITTED = "lithode fit on the layers of Fig. 2K; one of many sets that fit as well"
_DENSITY = "from its density"
# Any large factor: metal that percolates is one potential.
_METAL_FACTOR = 1e6


class InterphaseParameters(CaseParameters):
    """Parameters of the interphase scenario."""

    parameter_set: Literal["fitted", "barriers"] = choice(
        "fitted",
        "fitted: each interstitial has a reach of its own, and O the mobility oxygen_diffusivity; "
        "barriers: mobilities by the barriers alone, with the precipitation rate of N for all",
        source="docs/cheng2020-interphase.md",
        provenance="assumed",
    )
    end_time: float = quantity(
        1e6, "s", "end of the run", source="Lithode", provenance="numerical", gt=0
    )
    age: float = quantity(
        DAY,
        "s",
        "age at which the layers are held against the paper; rates scale with its inverse",
        source="not in the paper",
        provenance="assumed",
        gt=0,
    )
    temperature: float = quantity(
        298.15, "K", "temperature", source="room temperature", provenance="assumed", gt=0
    )
    nitrogen_barrier: float = quantity(
        0.50, "eV", "of interstitial N in Li", source=f"{PAPER}, text", provenance="paper", ge=0
    )
    oxygen_barrier: float = quantity(
        1.08,
        "eV",
        "of interstitial O in Li",
        source=f"{PAPER}, Fig. 5B; its caption swaps N and O, see the docs",
        provenance="paper",
        ge=0,
    )
    phosphorus_barrier: float = quantity(
        0.42, "eV", "of interstitial P in Li", source=f"{PAPER}, text", provenance="paper", ge=0
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
        3.0,
        "",
        "Li that a free P takes up",
        source="as Li3P, which the paper does not see",
        provenance="assumed",
        ge=0,
    )
    first_rate: float = quantity(
        3e-3, "1/s", "breaking of P-N bonds", source=_FITTED, provenance="calibrated", gt=0
    )
    second_rate: float = quantity(
        1e-3, "1/s", "breaking of P-O bonds", source=_FITTED, provenance="calibrated", gt=0
    )
    released_oxygen: float = quantity(
        0.3,
        "",
        "share of O that the breaking of P-O bonds sets free",
        source=_FITTED,
        provenance="calibrated",
        gt=0,
        lt=1,
    )
    nitrogen_reach: float = quantity(
        6.0,
        "nm",
        "length on which N precipitates in Li",
        source=_FITTED,
        provenance="calibrated",
        gt=0,
    )
    oxygen_reach: float = quantity(
        22.0, "nm", "of O, if fitted", source=_FITTED, provenance="calibrated", gt=0
    )
    phosphorus_reach: float = quantity(
        2.0, "nm", "of P, if fitted", source=_FITTED, provenance="calibrated", gt=0
    )
    oxygen_diffusivity: float = quantity(
        4e-19,
        "m^2/s",
        "of O in Li, if fitted; its barrier gives 6e-26",
        source=_FITTED,
        provenance="calibrated",
        gt=0,
    )
    matrix_reach: float = quantity(
        8.0,
        "nm",
        "length on which N, O and P precipitate where there is no metal",
        source=_FITTED,
        provenance="calibrated",
        gt=0,
    )
    electronic_conductivity: float = quantity(
        2.3e-11,
        "S/cm",
        "of the interphase without metal, at Li activity 1",
        source=_FITTED,
        provenance="calibrated",
        gt=0,
    )
    ionic_conductivity: float = quantity(
        3e-6,
        "S/cm",
        "of the interphase for Li+, in Fig. 6 only",
        source=f"that of LiPON in {PAPER}",
        provenance="assumed",
        gt=0,
    )
    reduction_potential: float = quantity(
        0.68,
        "V",
        "of LiPON against Li: how far mu(Li) falls to the front",
        source=f"{PAPER}, introduction",
        provenance="paper",
        gt=0,
    )
    path_closing: float = quantity(
        0.0,
        "",
        "s: the conductivity falls by exp(-s p) with p salts of N and P per P",
        source="0: the path stays open",
        provenance="assumed",
        ge=0,
    )
    percolation_threshold: float = quantity(
        0.3, "", "share of metal that percolates", source="in 3D", provenance="literature", gt=0,
        lt=1,
    )  # fmt: skip
    detection: float = quantity(
        0.02,
        "",
        "least volume fraction of a phase that is seen",
        source="-",
        provenance="assumed",
        gt=0,
        lt=0.5,
    )
    element_detection: float = quantity(
        0.02,
        "",
        "least share of an element, over that in LiPON, that is seen",
        source="-",
        provenance="assumed",
        gt=0,
        lt=0.5,
    )
    oxide_volume: float = quantity(
        14.8, "cm^3/mol", "of Li2O", source=_DENSITY, provenance="literature", gt=0
    )
    nitride_volume: float = quantity(
        27.4, "cm^3/mol", "of Li3N", source=_DENSITY, provenance="literature", gt=0
    )
    phosphate_volume: float = quantity(
        45.6, "cm^3/mol", "of Li3PO4", source=_DENSITY, provenance="literature", gt=0
    )
    lithium_thickness: float = quantity(
        0.15,
        "um",
        "lithium that is computed; the film has 1.5 um",
        source="deeper than anything is seen",
        provenance="numerical",
        gt=0,
    )
    electrolyte_thickness: float = quantity(
        1.0, "um", "of LiPON", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    width: float | None = quantity(
        None, "um", "along the interface; unset for 1D", source="-", provenance="numerical", gt=0
    )
    roughness: float = quantity(
        0.0, "um", "amplitude of the interface in 2D", source="-", provenance="assumed", ge=0
    )
    element_size: float = quantity(
        1.5, "nm", "at the interface", source="Lithode", provenance="numerical", gt=0
    )
    resolved_depth: float = quantity(
        200.0,
        "nm",
        "of LiPON with elements of at most 2 element_size",
        source="Lithode",
        provenance="numerical",
        gt=0,
    )
    time_tolerance: float = quantity(
        0.02,
        "",
        "local error of the amounts allowed per step",
        source="docs/cheng2020-interphase.md",
        provenance="numerical",
        gt=0,
        le=0.5,
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "preset of PETSc options", source="Lithode", provenance="numerical"
    )

    @property
    def output_times(self) -> tuple[float, ...]:
        """The age, and the decades from 1 s on."""
        decades = {10.0**k for k in range(math.ceil(math.log10(self.end_time)))}
        return tuple(sorted(t for t in decades | {self.age} if t < self.end_time))

    @property
    def activity_diffusivity(self) -> float:
        """Diffusivity D_a = sigma_e R T / (F^2 c_P) of lithium activity in um^2/s."""
        f = inverse_thermal_voltage(self.temperature)
        sigma = self.model_value("electronic_conductivity")
        return sigma / (f * FARADAY * self.model_value("phosphorus_concentration"))

    def diffusivity(self, barrier: float) -> float:
        """Return the diffusivity in lithium, in um^2/s, that follows from a barrier in eV."""
        jump = self.model_value("jump_length")
        return hopping_diffusivity(barrier, self.temperature, jump, self.attempt_frequency)

    @property
    def interstitials(self) -> tuple[Interstitial, Interstitial, Interstitial]:
        """N, O, P."""
        barriers = self.nitrogen_barrier, self.oxygen_barrier, self.phosphorus_barrier
        mobilities = [self.diffusivity(barrier) for barrier in barriers]
        reaches = [
            self.model_value(f"{name}_reach") for name in ("nitrogen", "oxygen", "phosphorus")
        ]
        if self.parameter_set == "barriers":
            rates = [mobilities[0] / reaches[0] ** 2] * 3
        else:
            mobilities[1] = self.model_value("oxygen_diffusivity")
            rates = [d / reach**2 for d, reach in zip(mobilities, reaches, strict=True)]
        matrix = self.model_value("matrix_reach")
        nitrogen, oxygen, phosphorus = (
            Interstitial(d, rate, rate * matrix**2)
            for d, rate in zip(mobilities, rates, strict=True)
        )
        return nitrogen, oxygen, phosphorus

    @property
    def layers(self) -> Bilayer:
        """The geometry."""
        p = self
        return Bilayer(
            lower=p.lithium_thickness,
            upper=p.electrolyte_thickness,
            size=p.model_value("element_size"),
            reach=(0.05, p.model_value("resolved_depth")),
            width=p.width,
            roughness=p.roughness,
        )

    def model(self) -> Parameters:
        """Return the parameters of the interphase model, in its units.

        Raises:
            InputError: A roughness without a width.
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
            first=p.first_rate,
            second=p.second_rate,
            nitrogen=nitrogen,
            oxygen=oxygen,
            phosphorus_atom=phosphorus,
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
        return Numerics(self.solver, self.time_tolerance)
