"""Numbers of Wang et al. (2024) and what had to be chosen to run its transport model.

Supplementary Tables 1 and 2 are not public with the text: what carries the provenance
``calibrated`` was set by us so that the named figure comes out, and is no prediction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lithode.errors import InputError
from lithode.meshes.interlayer import REGION
from lithode.meshes.shapes import Polygon
from lithode.parameters import CaseParameters, choice, material, quantity
from lithode.solvers.materials import LITHIUM, Value
from lithode.solvers.mixed_conductor import (
    Conductor,
    Galvanostatic,
    LithiumSurface,
    Numerics,
    Parameters,
    Potentiostatic,
)
from lithode.solvers.physics import nucleation
from lithode.solvers.physics.constants import inverse_thermal_voltage
from lithode.solvers.physics.nucleation import Nucleation
from lithode.units import to_model

PAPER = "Wang 2024"
_TEXT = f"{PAPER}, text on Supplementary Figs. 11, 12"

Composition = Literal["LNI-0.5CNT", "LNI-5CNT", "LNI-50CNT"]


@dataclass(frozen=True)
class Measured:
    """Conductivities of a composite, by impedance and by direct current."""

    ionic: Value
    electronic: Value


def _measured(ionic: float, electronic: float) -> Measured:
    return Measured(Value(ionic, "S/cm", _TEXT, "paper"), Value(electronic, "S/cm", _TEXT, "paper"))


COMPOSITIONS: Mapping[Composition, Measured] = {
    "LNI-0.5CNT": _measured(3.0e-4, 6.7e-8),
    "LNI-5CNT": _measured(2.9e-4, 2.8e-5),
    "LNI-50CNT": _measured(2.4e-5, 5.0e-2),
}


class InterlayerParameters(CaseParameters):
    """Physics, geometry and numerics shared by the transport scenarios of the paper."""

    composition: Composition = choice(
        "LNI-5CNT", "composite of Li7N2I and carbon nanotubes", source=_TEXT, provenance="paper"
    )
    ionic_conductivity: float | None = quantity(
        None, "S/cm", "instead of the composition's", source="-", provenance="assumed", gt=0
    )
    electronic_conductivity: float | None = quantity(
        None, "S/cm", "instead of the composition's", source="-", provenance="assumed", gt=0
    )
    end_time: float = quantity(
        2.0, "s", "end of the run", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (0.1, 0.5, 1.0), "s", "further stored times", source="Lithode", provenance="numerical"
    )
    mode: Literal["potentiostatic", "galvanostatic"] = choice(
        "potentiostatic", "what is held", source=f"{PAPER}, Methods", provenance="paper"
    )
    applied_overpotential: float = quantity(
        0.1,
        "V",
        "of the lithium against the solid electrolyte, if potentiostatic",
        source="of the order of Fig. 2a-c",
        provenance="assumed",
        gt=0,
        le=0.5,
    )
    current: float = quantity(
        1.0,
        "mA/cm^2",
        "per area of the solid electrolyte, if galvanostatic",
        source=f"{PAPER}, Fig. 3",
        provenance="assumed",
        gt=0,
    )
    temperature: float = quantity(
        298.15, "K", "temperature", source="25 degC in the paper", provenance="paper", gt=0
    )
    cation_concentration: float = quantity(
        1000.0, "mol/m^3", "c_0 of Li+", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    lithium_electrons: float = quantity(
        10.0,
        "mol/m^3",
        "electrons in the interlayer in equilibrium with lithium, c_e,Li",
        source="so that Figs. 2e, 2f, S16 come out",
        provenance="calibrated",
        gt=0,
    )
    initial_electrons: float = quantity(
        0.01, "mol/m^3", "electrons at the start", source="Lithode", provenance="assumed", gt=0
    )
    exchange_current_density: float = quantity(
        100.0, "A/m^2", "i_0 of plating", source="Lithode", provenance="assumed", gt=0
    )
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )
    stern_drop: float = quantity(
        0.0,
        "V",
        "potential drop phi at the lithium (eq 9)",
        source="not in the text",
        provenance="assumed",
        ge=-0.5,
        le=0.5,
    )
    relative_permittivity: float = quantity(
        10.0,
        "",
        "eps_r, if formulation=poisson",
        source="not in the text",
        provenance="assumed",
        gt=0,
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
    surface_energy: float = quantity(
        0.165,
        "J/m^2",
        "effective surface energy of lithium nuclei",
        source="so that Fig. 2g-j come out; that of the bulk is 0.5 J/m^2",
        provenance="calibrated",
        gt=0,
    )
    rate_ratio: float = quantity(
        1e13,
        "",
        "J_0 / J_c, largest rate over the one that counts as nucleation",
        source="usual barrier of 30 k_B T",
        provenance="assumed",
        gt=1,
    )
    overpotential: Literal["applied", "local"] = choice(
        "applied",
        "eta of eq 10: electric potential left of the applied one (the paper's reading), or the "
        "local supersaturation of lithium, (RT/F) ln a",
        source=f"{PAPER}, Methods",
        provenance="paper",
    )
    width: float = quantity(
        60.0, "um", "width of the interlayer", source="Lithode", provenance="assumed", gt=0
    )
    thickness: float = quantity(
        90.0, "um", "lithium to electrolyte", source=f"{PAPER}, text", provenance="paper", gt=0
    )
    protrusion: Literal["triangle", "polygon", "none"] = choice(
        "triangle", "lithium that stands out", source=f"{PAPER}, Fig. S14", provenance="paper"
    )
    protrusion_width: float = quantity(
        20.0, "um", "foot of the triangle", source="Lithode", provenance="assumed", gt=0
    )
    protrusion_height: float = quantity(
        15.0, "um", "height of the triangle", source="Lithode", provenance="assumed", gt=0
    )
    protrusion_corners: tuple[float, ...] = quantity(
        (),
        "um",
        "x, y of each corner of the polygon, which stands on y = 0",
        source="-",
        provenance="assumed",
    )
    element_size: float = quantity(
        1.0,
        "um",
        "element size at lithium and electrolyte",
        source="Lithode",
        provenance="numerical",
        gt=0,
    )
    element_size_far: float = quantity(
        3.0, "um", "element size far from both", source="Lithode", provenance="numerical", gt=0
    )
    time_tolerance: float = quantity(
        0.1,
        "",
        "local error of the concentrations allowed per step",
        source="docs/wang2024-transport.md",
        provenance="numerical",
        gt=0,
        le=0.5,
    )
    formulation: Literal["neutral", "poisson"] = choice(
        "neutral",
        "electroneutral carriers, or with Poisson's equation",
        source="docs/wang2024-transport.md",
        provenance="numerical",
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/wang2024-transport.md", provenance="numerical"
    )

    @property
    def ionic(self) -> float:
        """Ionic conductivity in S/cm."""
        return self.ionic_conductivity or COMPOSITIONS[self.composition].ionic.value

    @property
    def electronic(self) -> float:
        """Electronic conductivity in S/cm."""
        return self.electronic_conductivity or COMPOSITIONS[self.composition].electronic.value

    @property
    def conductor(self) -> Conductor:
        """The interlayer; the conductivities stand for c_0 and for c_e,Li."""
        return Conductor.from_conductivities(
            to_model(self.ionic, "S/cm"),
            to_model(self.electronic, "S/cm"),
            self.cation_concentration,
            self.lithium_electrons,
            inverse_thermal_voltage(self.temperature),
        )

    def nucleation_at(self, contact_angle: float) -> Nucleation:
        """Return nucleation on a host with this contact angle in degrees."""
        strength = nucleation.barrier_strength(
            self.model_value("surface_energy"), self.model_value("molar_volume"), self.temperature
        )
        return Nucleation(strength, contact_angle, self.rate_ratio)

    def model(self, nucleations: Mapping[str, Nucleation]) -> Parameters:
        """Return the parameters of the mixed-conductor model, in its units.

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
            regions={REGION: self.conductor},
            lithium=LithiumSurface(
                self.exchange_current_density,
                self.symmetry_factor,
                self.lithium_electrons,
                self.stern_drop,
            ),
            drive=drive,
            cation_concentration=self.cation_concentration,
            electron_concentration=self.initial_electrons,
            temperature=self.temperature,
            relative_permittivity=self.relative_permittivity,
            nucleation=nucleations,
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(self.formulation, self.time_tolerance, solver=self.solver)

    @property
    def polygon(self) -> Polygon | None:
        """The protrusion.

        Raises:
            InputError: The corners are no polygon.
        """
        corners = self.protrusion_corners
        if corners and self.protrusion != "polygon":
            raise InputError("protrusion_corners", corners, "needs protrusion=polygon", "um")
        if self.protrusion == "none":
            return None
        if self.protrusion == "triangle":
            half, middle = self.protrusion_width / 2, self.width / 2
            return Polygon(
                ((middle - half, 0.0), (middle + half, 0.0), (middle, self.protrusion_height))
            )
        if len(corners) < 6 or len(corners) % 2:
            allowed = "give x and y of at least 3 corners"
            raise InputError("protrusion_corners", corners or "unset", allowed, "um")
        return Polygon(tuple(zip(corners[0::2], corners[1::2], strict=True)))
