"""Numbers of Wang et al. (2024) and what had to be chosen to run its transport model.

Supplementary Tables 1 and 2 are not public with the text: what carries the provenance
``calibrated`` was set by us so that the named figure comes out, and is no prediction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.core.units import from_model, to_model
from lithode.materials.library import LITHIUM, Value
from lithode.meshes.interlayer import REGION
from lithode.meshes.shapes import Polygon
from lithode.solvers.current_distribution import parameters as current_distribution
from lithode.solvers.current_distribution.parameters import NucleationReaction
from lithode.solvers.mixed_conductor.parameters import (
    Conductor,
    Galvanostatic,
    LithiumSurface,
    Numerics,
    Parameters,
    Potentiostatic,
)
from lithode.theory import interlayer_design, nucleation
from lithode.theory.interlayer_design import InterlayerDesign
from lithode.theory.nucleation import Nucleation

PAPER = "Wang 2024"
_TEXT = f"{PAPER}, text on Supplementary Figs. 11, 12"

Composition = Literal["LNI-0.5CNT", "LNI-5CNT", "LNI-50CNT"]


@dataclass(frozen=True)
class Measured:
    """Conductivities of a composite, by impedance and by direct current.

    Attributes:
        content: Weight per cent of carbon nanotubes.
        ionic: Conductivity for Li+.
        electronic: Conductivity for electrons.
    """

    content: float
    ionic: Value
    electronic: Value


def _measured(content: float, ionic: float, electronic: float) -> Measured:
    return Measured(
        content, Value(ionic, "S/cm", _TEXT, "paper"), Value(electronic, "S/cm", _TEXT, "paper")
    )


COMPOSITIONS: Mapping[Composition, Measured] = {
    "LNI-0.5CNT": _measured(0.5, 3.0e-4, 6.7e-8),
    "LNI-5CNT": _measured(5.0, 2.9e-4, 2.8e-5),
    "LNI-50CNT": _measured(50.0, 2.4e-5, 5.0e-2),
}


def at_content(content: float) -> Measured:
    """Return conductivities at a content of carbon nanotubes that was not measured.

    Power laws of the content between the measured ones; percolation may well be steeper.

    Args:
        content: Weight per cent of carbon nanotubes, 0.5 to 50.
    """
    known = sorted(COMPOSITIONS.values(), key=lambda measured: measured.content)
    logs = np.log([measured.content for measured in known])

    def interpolated(values: list[float]) -> Value:
        found = math.exp(float(np.interp(math.log(content), logs, np.log(values))))
        return Value(found, "S/cm", f"power laws between {_TEXT}", "assumed")

    return Measured(
        content,
        interpolated([measured.ionic.value for measured in known]),
        interpolated([measured.electronic.value for measured in known]),
    )


@dataclass(frozen=True)
class CriticalCurrent:
    """A measured interlayer and the current density up to which its cells lived.

    Attributes:
        name: What it is.
        thickness: In um.
        contents: Weight per cent of carbon nanotubes of its layers of equal thickness, from
            lithium upwards; none if its conductivity is not known.
        value: The current density, in mA/cm^2, each half-cycle an hour.
        is_bound: Whether the cells were not driven beyond it.
    """

    name: str
    thickness: float
    contents: tuple[float, ...]
    value: Value
    is_bound: bool = False


def _critical(value: float, source: str) -> Value:
    return Value(value, "mA/cm^2", f"{PAPER}, {source}", "paper")


CRITICAL_CURRENTS: tuple[CriticalCurrent, ...] = (
    CriticalCurrent("90 um, 0.5 % CNT", 90.0, (0.5,), _critical(0.16, "text on Fig. S24")),
    CriticalCurrent("90 um, 5 % CNT", 90.0, (5.0,), _critical(4.0, "text on Fig. 3"), True),
    CriticalCurrent("90 um, 50 % CNT", 90.0, (50.0,), _critical(0.62, "text on Fig. S24")),
    CriticalCurrent("14.8 um, 0.5 % CNT", 14.8, (0.5,), _critical(0.2, "text on Fig. S36")),
    CriticalCurrent("14.8 um, 5 % CNT", 14.8, (5.0,), _critical(1.4, "text on Fig. S36")),
    CriticalCurrent("14.8 um, 50 % CNT", 14.8, (50.0,), _critical(0.3, "text on Fig. S36")),
    CriticalCurrent("54.5 um, 7/2 % CNT", 54.5, (7.0, 2.0), _critical(6.0, "Fig. 5d")),
    CriticalCurrent("18.5 um, 25 % Mg", 18.5, (), _critical(4.0, "text on Fig. S38"), True),
)
"""Those of the symmetric cells in the text."""

NUCLEATION_ONSET = Value(0.4, "mA/cm^2", f"{PAPER}, text on Fig. 4e", "paper")
"""Current density below which nothing nucleates in 90 um of LNI-5CNT."""


class ContactParameters(CaseParameters):
    """Li+ in an interlayer and the lithium that it touches."""

    composition: Composition = choice(
        "LNI-5CNT", "composite of Li7N2I and carbon nanotubes", source=_TEXT, provenance="paper"
    )
    ionic_conductivity: float | None = quantity(
        None, "S/cm", "instead of the composition's", source="-", provenance="assumed", gt=0
    )
    temperature: float = quantity(
        298.15, "K", "temperature", source="25 degC in the paper", provenance="paper", gt=0
    )
    exchange_current_density: float = quantity(
        100.0, "A/m^2", "i_0 of plating", source="Lithode", provenance="assumed", gt=0
    )
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )

    @property
    def ionic(self) -> float:
        """Ionic conductivity in S/cm."""
        return self.ionic_conductivity or COMPOSITIONS[self.composition].ionic.value


class LayerParameters(ContactParameters):
    """What all scenarios of a whole interlayer share."""

    electronic_conductivity: float | None = quantity(
        None, "S/cm", "instead of the composition's", source="-", provenance="assumed", gt=0
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
    thickness: float = quantity(
        90.0, "um", "lithium to electrolyte", source=f"{PAPER}, text", provenance="paper", gt=0
    )

    @property
    def electronic(self) -> float:
        """Electronic conductivity in S/cm."""
        return self.electronic_conductivity or COMPOSITIONS[self.composition].electronic.value

    def nucleation_at(self, contact_angle: float) -> Nucleation:
        """Return nucleation on a host with this contact angle in degrees."""
        strength = nucleation.barrier_strength(
            self.model_value("surface_energy"), self.model_value("molar_volume"), self.temperature
        )
        return Nucleation(strength, contact_angle, self.rate_ratio)


class InterlayerParameters(LayerParameters):
    """Physics, geometry and numerics shared by the transport scenarios of the paper."""

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
    def conductor(self) -> Conductor:
        """The interlayer; the conductivities stand for c_0 and for c_e,Li."""
        return Conductor.from_conductivities(
            to_model(self.ionic, "S/cm"),
            to_model(self.electronic, "S/cm"),
            self.cation_concentration,
            self.lithium_electrons,
            inverse_thermal_voltage(self.temperature),
        )

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


class DesignParameters(LayerParameters):
    """What the design criterion needs: the scenarios that sweep the current density."""

    resumable: ClassVar[frozenset[str]] = frozenset({"currents"})

    currents: tuple[float, ...] = quantity(
        (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0, 3.5, 4.0),
        "mA/cm^2",
        "current densities of the sweep, rising",
        source=f"range of {PAPER}, Fig. 4e",
        provenance="paper",
    )
    duration: float = quantity(
        1.0,
        "h",
        "plating before each stripping",
        source=f"{PAPER}, Fig. 3",
        provenance="paper",
        gt=0,
    )
    porosity: float = quantity(
        0.46,
        "",
        "share of pores that lithium can fill",
        source="so that 14.8 um of LNI-5CNT bear 1.4 mA/cm^2; not in the text",
        provenance="calibrated",
        gt=0,
        lt=1,
    )
    resistance: float = quantity(
        32.0,
        "ohm*cm^2",
        "R of one side, from lithium to where it plates",
        source=f"{PAPER}, text on Fig. 3b: (150 - 100) ohm for 2 sides of 1.27 cm^2, 0.5 inch",
        provenance="paper",
        gt=0,
    )
    contact_angle: float = quantity(
        120.0,
        "deg",
        "of lithium on the interlayer",
        source="lithiophobic; the measured ones are not in the text",
        provenance="assumed",
        ge=0,
        le=180,
    )
    surface_energy: float = quantity(
        0.0428,
        "J/m^2",
        "effective surface energy of lithium nuclei",
        source="so that nucleation begins at 0.4 mA/cm^2 (Fig. 4e); that of the bulk is 0.5 J/m^2",
        provenance="calibrated",
        gt=0,
    )
    critical_overpotential: float | None = quantity(
        None,
        "mV",
        "eta_c, instead of that of the contact angle",
        source="-",
        provenance="assumed",
        ge=0,
    )
    nucleation_conductance: float = quantity(
        4e8,
        "A/(V*m^3)",
        "g, plating at nuclei per overpotential beyond eta_c",
        source="Lithode; plates within 3 um where there is more than eta_c",
        provenance="assumed",
        gt=0,
    )
    onset_width: float = quantity(
        1.0, "mV", "over which nucleation sets in", source="Lithode", provenance="numerical", gt=0
    )
    tolerated_current: float = quantity(
        0.57,
        "mA/cm^2",
        "plating next to the electrolyte that it bears, two-potential model",
        source="so that 90 um of LNI-50CNT bear 0.62 mA/cm^2",
        provenance="calibrated",
        gt=0,
    )
    dimension: int = count(
        1, "of the two-potential model", source="Lithode", provenance="numerical", ge=1, le=2
    )
    width: float = quantity(
        20.0, "um", "width, in 2 dimensions", source="Lithode", provenance="numerical", gt=0
    )
    element_size: float = quantity(
        0.5,
        "um",
        "element size, mean in 1 and at both ends in 2 dimensions",
        source="docs/wang2024-criterion.md",
        provenance="numerical",
        gt=0,
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/numerics.md", provenance="numerical"
    )

    @property
    def eta_c(self) -> float:
        """Critical overpotential in V."""
        if self.critical_overpotential is not None:
            return self.model_value("critical_overpotential")
        return self.nucleation_at(self.contact_angle).critical_overpotential

    @property
    def growth_slope(self) -> float:
        """s_g in um per A/m^2."""
        return interlayer_design.growth_slope(
            self.model_value("duration"), self.model_value("molar_volume"), self.porosity
        )

    def design(
        self, thicknesses: tuple[float, ...], conductivities: tuple[float, ...]
    ) -> InterlayerDesign:
        """Return the closed form of a stack of layers.

        Args:
            thicknesses: In um, from lithium upwards.
            conductivities: Electronic, in S/cm.
        """
        return InterlayerDesign(
            thicknesses,
            tuple(to_model(value, "S/cm") for value in conductivities),
            self.model_value("resistance"),
            self.eta_c,
            self.growth_slope,
        )

    @property
    def reaction(self) -> NucleationReaction:
        """Plating inside."""
        return NucleationReaction(
            self.model_value("nucleation_conductance"),
            self.eta_c,
            self.model_value("onset_width"),
        )

    @property
    def surface(self) -> current_distribution.LithiumSurface:
        """The lithium; its film makes up for what the kinetics lack of R at low currents.

        Raises:
            InputError: The kinetics alone have more than R.
        """
        kinetic = 1 / (inverse_thermal_voltage(self.temperature) * self.exchange_current_density)
        film = self.model_value("resistance") - kinetic
        if film < 0:
            allowed = f"must be at least RT/(F i_0) = {from_model(kinetic, 'ohm*cm^2'):.3g}"
            raise InputError("resistance", self.resistance, allowed, "ohm*cm^2")
        return current_distribution.LithiumSurface(
            self.exchange_current_density, self.symmetry_factor, film
        )

    def check_currents(self) -> None:
        """Refuse current densities that do not rise from above 0.

        Raises:
            InputError: They do not.
        """
        steps = np.diff([0.0, *self.currents])
        if not len(self.currents) or np.any(steps <= 0):
            given = ", ".join(f"{current:g}" for current in self.currents) or "unset"
            raise InputError("currents", given, "must rise from above 0", "mA/cm^2")
