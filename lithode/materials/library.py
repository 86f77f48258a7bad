"""Materials: every property with unit, source and provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from lithode.core.errors import InputError
from lithode.core.units import to_model
from lithode.theory import arrhenius

REFERENCE_TEMPERATURE = 298.15
"""In K, of constants that say nothing else."""

SourceKind: TypeAlias = Literal["paper", "literature", "calibrated", "assumed"]
"""Where a number comes from."""


@dataclass(frozen=True)
class Value:
    """A number from somewhere.

    Attributes:
        value: The number, in ``unit``.
        unit: Unit as pint reads it, empty for a pure number.
        source: Citation, or the reason for the choice.
        provenance: Kind of source.
    """

    value: float
    unit: str
    source: str
    provenance: SourceKind

    @property
    def model(self) -> float:
        """The number in the coherent units of the solvers."""
        return to_model(self.value, self.unit)


@dataclass(frozen=True)
class Solid:
    """An isotropic elastic solid that conducts.

    Attributes:
        name: Name in the library.
        youngs_modulus: E.
        poissons_ratio: nu.
        conductivity: Ionic conductivity, electronic for a metal.
    """

    name: str
    youngs_modulus: Value
    poissons_ratio: Value
    conductivity: Value


@dataclass(frozen=True)
class Metal(Solid):
    """A metal that is plated.

    Attributes:
        molar_volume: v_m.
        site_density: Atoms per volume, c_s.
        ion_diffusivity: Diffusivity that the phase field gives its ions inside the metal.
        creep_rate: A of rate = A sigma^n, the equivalent rate at 1 MPa and 25 degC.
        creep_exponent: n.
        creep_activation: Activation energy of A.
    """

    molar_volume: Value
    site_density: Value
    ion_diffusivity: Value
    creep_rate: Value
    creep_exponent: Value
    creep_activation: Value


@dataclass(frozen=True)
class Electrolyte:
    """A solid electrolyte; what is not known of it is missed when it is needed.

    Attributes:
        name: Formula or short name.
        youngs_modulus: E.
        poissons_ratio: nu.
        conductivity: Of Li+, at the reference temperature.
        activation_energy: Of the conductivity; unknown, it holds at the reference temperature.
        reference_temperature: 25 degC unless it is given.
        no_plating: Why lithium does not plate in it; empty where it does.
        fracture_toughness: K_IC.
    """

    name: str
    youngs_modulus: Value | None = None
    poissons_ratio: Value | None = None
    conductivity: Value | None = None
    activation_energy: Value | None = None
    reference_temperature: Value | None = None
    no_plating: str = ""
    fracture_toughness: Value | None = None

    def of(self, name: str) -> Value:
        """Return a property by its name.

        Raises:
            InputError: It is not known.
        """
        value: Value | None = getattr(self, name)
        if value is None:
            raise InputError("materials", "", f"{self.name} has no {name}")
        return value

    def conductivity_at(self, temperature: float, barrier: float | None = None) -> float:
        """Return the conductivity in uS/m at a temperature in K.

        Args:
            temperature: T.
            barrier: Activation energy in eV, instead of the material's.

        Raises:
            InputError: Conductivity, or at another temperature activation energy, is not known.
        """
        known = self.reference_temperature
        reference = REFERENCE_TEMPERATURE if known is None else known.value
        conductivity = self.of("conductivity").model
        if temperature == reference:
            return conductivity
        if barrier is None and self.activation_energy is None:
            allowed = f"the conductivity of {self.name} has no activation energy"
            raise InputError("temperature", temperature, f"{allowed}: {reference:g} K alone", "K")
        energy = self.of("activation_energy").value if barrier is None else barrier
        return conductivity * arrhenius.factor(energy, temperature, reference)


_CHEN = "Chen et al., J. Power Sources 300 (2015) 376"
_LEPAGE = "LePage et al., J. Electrochem. Soc. 166 (2019) A89"
_DENG = "as in Deng et al., J. Electrochem. Soc. 163 (2016) A67, not looked up again"

LITHIUM = Metal(
    name="lithium",
    youngs_modulus=Value(7.8, "GPa", "Tang 2026, text on mechanics", "literature"),
    poissons_ratio=Value(0.42, "", "with the E of Tang 2026; 0.36-0.42 in use", "assumed"),
    conductivity=Value(1e9, "S/m", "any large value: the metal is equipotential", "assumed"),
    molar_volume=Value(
        1.3e-5,
        "m^3/mol",
        "CRC Handbook of Chemistry and Physics, 95th ed. (2014)",
        "literature",
    ),
    site_density=Value(7.64e4, "mol/m^3", _CHEN, "literature"),
    ion_diffusivity=Value(7.5e-13, "m^2/s", _CHEN, "literature"),
    creep_rate=Value(8.9e-4, "1/s", f"{_LEPAGE}, at 1 MPa, from memory", "assumed"),
    creep_exponent=Value(6.56, "", _LEPAGE, "literature"),
    creep_activation=Value(
        0.383, "eV", f"{_LEPAGE}: 37 kJ/mol, from memory; 0.5 eV for self-diffusion", "assumed"
    ),
)

LI3N = Electrolyte(
    name="Li3N",
    youngs_modulus=Value(48.0, "GPa", "Tang 2026, text on mechanics", "literature"),
    poissons_ratio=Value(0.25, "", "usual for a brittle solid", "assumed"),
    conductivity=Value(0.1, "S/m", "1e-3 S/cm, upper end for pressed Li3N", "assumed"),
    activation_energy=Value(
        0.29,
        "eV",
        "von Alpen et al., Appl. Phys. Lett. 30 (1977) 621: across c, from memory",
        "assumed",
    ),
)

LPSCL = Electrolyte(
    name="Li6PS5Cl",
    youngs_modulus=Value(22.0, "GPa", "Tang 2026, text on mechanics", "literature"),
    poissons_ratio=Value(0.37, "", _DENG, "assumed"),
    conductivity=Value(0.2, "S/m", "2e-3 S/cm, usual for cold-pressed pellets", "assumed"),
    fracture_toughness=Value(
        0.23,
        "MPa*m^0.5",
        "that of Li2S-P2S5 glass: McGrogan et al., Adv. Energy Mater. 7 (2017) 1602011",
        "assumed",
    ),
)

LZC = Electrolyte(
    name="Li2ZrCl6",
    youngs_modulus=Value(25.0, "GPa", "no value found; as other soft chlorides", "assumed"),
    poissons_ratio=Value(0.30, "", "no value found", "assumed"),
    conductivity=Value(
        0.08, "S/m", "Wang et al., Nat. Commun. 12 (2021) 4410: 0.81 mS/cm", "literature"
    ),
    no_plating="lithium reduces it to LiCl and Zr or ZrCl2 instead of growing in it "
    "(graded-Li3N paper, Figs. 6 and 7)",
)

LGPS = Electrolyte(
    name="Li10GeP2S12",
    youngs_modulus=Value(21.7, "GPa", _DENG, "assumed"),
    poissons_ratio=Value(0.37, "", _DENG, "assumed"),
    conductivity=Value(
        1.2, "S/m", "Kamaya et al., Nat. Mater. 10 (2011) 682: 12 mS/cm", "literature"
    ),
    activation_energy=Value(
        0.22,
        "eV",
        "Kuhn et al., Energy Environ. Sci. 6 (2013) 3548, abstract: in the lattice",
        "literature",
    ),
    no_plating="lithium reduces it instead of growing in it (graded-Li3N paper, Fig. 2F)",
)

LLZO = Electrolyte(
    name="Li7La3Zr2O12",
    youngs_modulus=Value(
        149.8,
        "GPa",
        "Ni et al., J. Mater. Sci. 47 (2012) 7978: with 3 % pores",
        "literature",
    ),
    poissons_ratio=Value(
        0.25,
        "",
        "K = 100, G = 60 GPa in Materzanini et al., npj Comput. Mater. (2022), "
        "doi:10.1038/s41524-022-00948-8",
        "literature",
    ),
    conductivity=Value(
        0.0454, "S/m", "Hu et al., Chin. Phys. Lett. 38 (2021) 098401: with Ta, dense", "literature"
    ),
)

_HU = "Hu et al., Chin. Phys. Lett. 38 (2021) 098401: hot-pressed, 98 % dense"

LLZTO = Electrolyte(
    name="Li6.4La3Zr1.4Ta0.6O12",
    youngs_modulus=Value(158.5, "GPa", _HU, "literature"),
    poissons_ratio=Value(0.25, "", "as of Li7La3Zr2O12", "assumed"),
    conductivity=Value(0.0454, "S/m", _HU, "literature"),
    fracture_toughness=Value(1.51, "MPa*m^0.5", f"{_HU}; 0.44 at 83 %", "literature"),
)
