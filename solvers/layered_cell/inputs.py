"""Inputs of the layered cell with neutral values, for a case to fill; load no finite elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.core.parameters import count, material, quantity
from lithode.core.units import from_model, to_model
from lithode.materials.library import LITHIUM
from lithode.materials.thermal import ThermalInputs, activation_energy, first_known
from lithode.solvers.layered_cell.parameters import Numerics, Parameters
from lithode.solvers.numerics.presets import Assembly, assembly_choice
from lithode.theory.penetration import Face, Pores

Array = npt.NDArray[np.float64]

# In um, S/cm and ohm cm^2 alike: what is larger is a slip.
_MOST = 1e8
_OURS = "neutral value of the model"
_TESTS = "tests/verification/test_layered_cell.py"
_PAGE = "docs/ji2020-symmetric-cell.md"


class LithiumInputs(ThermalInputs):
    """Temperature and lithium."""

    temperature: float = quantity(
        298.15, "K", "temperature", source=_OURS, provenance="assumed", ge=100, le=600
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)


class PorousFaceInputs(LithiumInputs):
    """The layer next to lithium: its kinetics, its pores and the lithium in them."""

    exchange_current_density: float = quantity(
        1.0, "A/m^2", "i_0 per true area of lithium", source=_OURS, provenance="assumed", gt=0
    )
    exchange_current_activation: float | None = activation_energy(
        "of i_0; unset: as the conductivity",
        source="Chiku et al., Electrochemistry 80 (2012) 740: alike between Li and Li2S-P2S5",
        provenance="literature",
    )
    conductivity_activation: float | None = activation_energy(
        "of conductivities, and of junctions where there are any"
    )
    contact_area: float = quantity(
        1.0,
        "",
        "true over projected area of the face before cycling",
        source="flat and touched everywhere",
        provenance="assumed",
        gt=0,
        le=10,
    )
    pore_diameter: float = quantity(
        0.5, "um", "diameter of the pores", source=_OURS, provenance="assumed", gt=1e-3, le=100
    )
    porosity: float = quantity(
        0.2, "", "share of open pores", source=_OURS, provenance="assumed", gt=0, lt=1
    )
    yield_stress: float = quantity(
        1.0, "MPa", "of lithium", source=_OURS, provenance="assumed", gt=0
    )
    creep_activation: float = material(
        LITHIUM.creep_activation, "of creep, which lowers the yield stress as lithium is heated"
    )
    interface_energy: float = quantity(
        0.5, "J/m^2", "of the pore wall against lithium", source=_OURS, provenance="assumed"
    )
    trapped_share: float = quantity(
        0.1,
        "",
        "share of plated lithium that goes into unresisting pores",
        source=_OURS,
        provenance="assumed",
        gt=0,
        le=1,
    )

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV; the stress of a power law at one rate falls with an n-th of that of its rate."""
        conduction = self.conductivity_activation
        return {
            "exchange_current_density": first_known(self.exchange_current_activation, conduction),
            "conductivity": conduction,
            "yield_stress": -self.creep_activation / LITHIUM.creep_exponent.value,
        }

    @property
    def pores(self) -> Pores:
        """The pores, in coherent units."""
        return Pores(
            diameter=self.model_value("pore_diameter"),
            porosity=self.porosity,
            interface_energy=self.model_value("interface_energy"),
            yield_stress=self.thermal_value("yield_stress"),
            molar_volume=self.model_value("molar_volume"),
            share=self.trapped_share,
        )

    def face(self, conductivity: float) -> Face:
        """Return the face of a layer of this conductivity in uS/m at the reference temperature."""
        return Face(
            contact=self.contact_area,
            exchange_current_density=self.thermal_value("exchange_current_density"),
            conductivity=conductivity * self.thermal_factor("conductivity"),
            inverse_thermal_voltage=inverse_thermal_voltage(self.temperature),
        )


class LayeredCellInputs(PorousFaceInputs):
    """A stack of layers between two lithium foils, and how it is discretised."""

    thicknesses: tuple[float, ...] = quantity(
        (100.0,),
        "um",
        "of the layers from foil to foil; the outer ones are porous",
        source=_OURS,
        provenance="assumed",
    )
    conductivities: tuple[float, ...] = quantity(
        (1e-3,), "S/cm", "ionic, of the layers", source=_OURS, provenance="assumed"
    )
    junction_resistances: tuple[float, ...] | None = quantity(
        None,
        "ohm cm^2",
        "between neighbouring layers, one fewer than layers; unset for none",
        source=_OURS,
        provenance="assumed",
    )
    dimension: int = count(
        1,
        "1, or 2 with a contact that varies laterally",
        source="even contact",
        provenance="assumed",
        ge=1,
        le=2,
    )
    contact_share: float = quantity(
        1.0,
        "",
        "share of the width that lithium touches; the mean contact_area stays",
        source="even contact",
        provenance="assumed",
        gt=0,
        le=1,
    )
    width: float = quantity(
        400.0, "um", "half a period of the contact, in 2D", source=_OURS, provenance="assumed", gt=0
    )
    columns: int = count(
        20, "cells across the width, in 2D", source=_PAGE, provenance="numerical", ge=1, le=2000
    )
    element_size: float = quantity(
        0.5, "um", "at the foils", source=_TESTS, provenance="numerical", gt=0
    )
    fine_depth: float = quantity(
        20.0,
        "um",
        "from the foils, of elements of that size",
        source=_PAGE,
        provenance="numerical",
        gt=0,
    )
    tolerance: float = quantity(
        1e-3,
        "",
        "relative, of the filled depth in a step",
        source=_TESTS,
        provenance="numerical",
        gt=0,
        le=0.1,
    )
    assembly: Assembly = assembly_choice()
    curve_points: int = count(
        8,
        "least number of rows of the history in the longest step of the protocol",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        ge=1,
        le=1000,
    )

    @property
    def junctions(self) -> tuple[float, ...]:
        """Resistances between neighbouring layers in ohm cm^2."""
        if self.junction_resistances is None:
            return (0.0,) * (len(self.thicknesses) - 1)
        return self.junction_resistances

    @property
    def ohmic(self) -> float:
        """Resistance of layers and junctions in ohm cm^2."""
        lengths, sigmas = np.array(self.thicknesses), np.array(self.conductivities)
        cold = float(np.sum(1e-4 * lengths / sigmas) + np.sum(self.junctions))
        return cold / self.thermal_factor("conductivity")

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(tolerance=self.tolerance, assembly=self.assembly)

    def check(self) -> None:
        """Refuse what does not fit together.

        Raises:
            InputError: The lists have not one length, a number is not positive, or the contact
                does not end between two columns.
        """
        layers = len(self.thicknesses)
        for name, values, wanted, lowest in (
            ("thicknesses", self.thicknesses, max(layers, 1), False),
            ("conductivities", self.conductivities, layers, False),
            ("junction_resistances", self.junctions, layers - 1, True),
        ):
            if len(values) != wanted:
                raise InputError(name, f"{len(values)} numbers", f"{layers} layers need {wanted}")
            for value in values:
                if not 0 <= value <= _MOST or (value == 0 and not lowest):
                    allowed = "must be at least 0" if lowest else "must be greater than 0"
                    raise InputError(name, value, f"{allowed} and at most {_MOST:g}")
        if self.dimension == 1 and self.contact_share < 1:
            raise InputError("contact_share", self.contact_share, "below 1 needs dimension=2")
        touched = self.contact_share * self.columns
        if self.dimension == 2 and abs(touched - round(touched)) > 1e-9:
            allowed = f"must be a whole number of the {self.columns} columns"
            raise InputError("contact_share", self.contact_share, allowed)

    def health(self) -> list[HealthLine]:
        """Return the derived numbers of the cell."""
        exchange = self.contact_area * self.thermal_value("exchange_current_density")
        kinetic = 1 / (exchange * inverse_thermal_voltage(self.temperature))
        return [
            HealthLine("R", self.ohmic, "layers and junctions", "ohm cm^2"),
            HealthLine(
                "2 R_ct",
                2 * from_model(kinetic, "ohm cm^2"),
                "both faces at small current before any filling",
                "ohm cm^2",
            ),
            HealthLine("4 gamma / D", self.pores.entry_pressure, "opens a pore", "MPa"),
        ]

    def model(self, layers: Sequence[str], junctions: Sequence[str], thin: float) -> Parameters:
        """Return the parameters of the model.

        Args:
            layers: Regions of the mesh that are the layers.
            junctions: Regions between them, one fewer.
            thin: Thickness of such a region in um.
        """
        sigmas = [to_model(value, "S/cm") for value in self.conductivities]
        conductivities = dict(zip(layers, sigmas, strict=True))
        for region, resistance in zip(junctions, self.junctions, strict=True):
            # No resistance: as good as a layer, in a cell too thin to count.
            across = to_model(resistance, "ohm cm^2")
            conductivities[region] = min(thin / across, max(sigmas)) if across else max(sigmas)
        warmer = self.thermal_factor("conductivity")
        conductivities = {region: warmer * sigma for region, sigma in conductivities.items()}
        first, last = self.thicknesses[0], self.thicknesses[-1]
        return Parameters(
            conductivities,
            self.thermal_value("exchange_current_density"),
            inverse_thermal_voltage(self.temperature),
            self._contact,
            self.pores,
            (first, last) if len(layers) > 1 else (first / 2, first / 2),
        )

    @property
    def _contact(self) -> float | Callable[[Array], Array]:
        if self.dimension == 1 or self.contact_share == 1:
            return self.contact_area
        end, local = self.contact_share * self.width, self.contact_area / self.contact_share
        return lambda x: np.where(x[0] < end, local, 0.0)
