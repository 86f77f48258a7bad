"""Materials: every property with unit, source and provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from lithode.units import to_model

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
    """

    molar_volume: Value
    site_density: Value
    ion_diffusivity: Value


LITHIUM = Metal(
    name="lithium",
    youngs_modulus=Value(7.8, "GPa", "Tang 2026, text on mechanics", "literature"),
    poissons_ratio=Value(0.42, "", "with the E of Tang 2026; 0.36-0.42 in use", "assumed"),
    conductivity=Value(1e9, "S/m", "any large value: the metal is equipotential", "assumed"),
    molar_volume=Value(1.3e-5, "m^3/mol", "density of lithium", "literature"),
    site_density=Value(7.64e4, "mol/m^3", "Chen et al., J. Power Sources 300, 376", "literature"),
    ion_diffusivity=Value(7.5e-13, "m^2/s", "Chen et al., J. Power Sources 300, 376", "literature"),
)

LI3N = Solid(
    name="Li3N",
    youngs_modulus=Value(48.0, "GPa", "Tang 2026, text on mechanics", "literature"),
    poissons_ratio=Value(0.25, "", "usual for a brittle solid", "assumed"),
    conductivity=Value(0.1, "S/m", "1e-3 S/cm, upper end for pressed Li3N", "assumed"),
)
