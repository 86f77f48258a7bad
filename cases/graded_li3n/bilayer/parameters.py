"""Parameters of the bilayer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import field_validator

from lithode.cases.graded_li3n.bilayer import one_li3n, predictive
from lithode.cases.graded_li3n.parameters import PAPER, GrowthParameters
from lithode.core.declared import Chosen
from lithode.core.parameters import choice, fill, quantity
from lithode.materials import registry
from lithode.materials.thermal import activation_energy
from lithode.solvers.electrodeposition.parameters import Backstop, ElectrolyteRegion
from lithode.solvers.electrodeposition.parameters import Parameters as Physics
from lithode.theory.elasticity import Stiffness


class Parameters(GrowthParameters):
    """Parameters of the bilayer."""

    chosen: ClassVar[Mapping[str, Mapping[str, Chosen]]] = {
        one_li3n.NAME: one_li3n.ONE_LI3N,
        predictive.NAME: predictive.PREDICTIVE,
    }

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **GrowthParameters.mesh_fields,
        "layer thickness": "layer_thickness",
    }

    second_layer: str = choice(
        "lzc",
        "material of the layer on top; none: the first layer is all there is",
        source=f"{PAPER}, Figs. 2 and 8",
        provenance="paper",
    )
    height: float = fill(GrowthParameters, "height", 105.0, source="Lithode", provenance="assumed")
    layer_thickness: float = quantity(
        72.0,
        "um",
        "of the layer of particles; the rest of the height is the second one",
        source=f"{PAPER}: lithium reaches it at 1200 s",
        provenance="calibrated",
        gt=0,
    )
    particle_positions: tuple[float, ...] = quantity(
        (14.0, 66.0),
        "um",
        "middle of each coarse particle along the width",
        source="drawn after Fig. 8",
        provenance="assumed",
    )
    particle_width: float = quantity(
        28.0, "um", "of a coarse particle", source="drawn after Fig. 8", provenance="assumed", gt=0
    )
    particle_rows: tuple[float, ...] = quantity(
        (14.0,),
        "um",
        "middle of each row of coarse particles along the depth if dimension=3",
        source="as particle_positions",
        provenance="assumed",
    )
    particle_depth: float = quantity(
        28.0,
        "um",
        "of a coarse particle if dimension=3",
        source="as particle_width",
        provenance="assumed",
        gt=0,
    )
    particle_height: float = quantity(
        30.0, "um", "of a coarse particle", source="drawn after Fig. 8", provenance="assumed", gt=0
    )
    particle_bevel: float = quantity(
        8.0, "um", "of its lower corners", source="drawn after Fig. 8", provenance="assumed", ge=0
    )
    particle_clearance: float = quantity(
        0.0,
        "um",
        "between the flat tops of coarse particles and the second layer",
        source=f"{PAPER}, Fig. 8B: they carry it",
        provenance="paper",
        ge=0,
    )
    second_youngs_modulus: float | None = quantity(
        None, "GPa", "instead of the second layer's", source="-", provenance="assumed", gt=0, le=1e4
    )
    second_poissons_ratio: float | None = quantity(
        None, "", "instead of the second layer's", source="-", provenance="assumed", gt=-1, lt=0.45
    )
    second_conductivity: float | None = quantity(
        None,
        "S/m",
        "instead of the second layer's",
        source="-",
        provenance="assumed",
        gt=0,
        le=1e12,
    )
    second_conductivity_activation: float | None = activation_energy(
        "of that conductivity; unset: the second layer's"
    )
    eigenstrain_second: float = quantity(
        1.3e-3,
        "",
        "K of lithium that presses into the second layer, strain per axis",
        source=f"{PAPER}: 20 MPa at the tip, with transport=binary",
        provenance="calibrated",
        ge=0,
        lt=0.1,
    )
    end_time: float = fill(
        GrowthParameters, "end_time", 2100.0, source=f"{PAPER}, Fig. 8", provenance="paper"
    )
    output_times: tuple[float, ...] = fill(
        GrowthParameters,
        "output_times",
        (1200.0, 1300.0, 2100.0),
        source=f"{PAPER}, Fig. 8; docs/electrodeposition.md",
        provenance="numerical",
    )
    exchange_current_density: float = fill(
        GrowthParameters,
        "exchange_current_density",
        280.0,
        source=f"{PAPER}: contact with the second layer at 1200 s",
        provenance="calibrated",
    )
    diffusivity: float = fill(
        GrowthParameters,
        "diffusivity",
        4.8e-11,
        source=f"{PAPER}: contact with the second layer at 1200 s",
        provenance="calibrated",
        meaning="Li+ diffusivity of the electrolytes",
    )
    transport: Literal["binary", "steric", "single_ion"] = fill(
        GrowthParameters,
        "transport",
        "steric",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )

    @field_validator("second_layer")
    @classmethod
    def _material_or_none(cls, name: str) -> str:
        return name if name == "none" else registry.key_of(name, "second_layer")

    def of_second_layer(self, name: str) -> float:
        """Return a property of the second layer in model units, unless it is set."""
        if getattr(self, f"second_{name}") is not None:
            return self.model_value(f"second_{name}")
        return self.material(self.second_layer).of(name).model

    @property
    def _second_conductivity(self) -> float:
        if self.second_conductivity is not None:
            return self.thermal_value("second_conductivity")
        material = self.material(self.second_layer)
        return material.conductivity_at(self.temperature, self.second_conductivity_activation)

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV, with that of the second layer's conductivity, if the run gives it."""
        energies = super().activation_energies
        if self.second_conductivity is None:
            return energies
        return {**energies, "second_conductivity": self.second_conductivity_activation}

    @property
    def region_names(self) -> tuple[str, ...]:
        """Regions of the mesh, in the order of their numbers."""
        second = () if self.second_layer == "none" else (self.second_layer,)
        return ("fine", *second, *(("coarse",) if self.has_particles else ()))

    @property
    def has_particles(self) -> bool:
        """Whether there are coarse particles."""
        return bool(self.particle_positions) and (self.is_flat or bool(self.particle_rows))

    @property
    def second_region(self) -> ElectrolyteRegion:
        """The second layer."""
        material = self.material(self.second_layer)
        stiffness = Stiffness.from_engineering(
            self.of_second_layer("youngs_modulus"), self.of_second_layer("poissons_ratio")
        )
        return ElectrolyteRegion(
            stiffness=stiffness,
            eigenstrain=self.eigenstrain_second,
            rate_constant=0.0 if material.no_plating else self.rate_constant,
            diffusivity=self.thermal_value("diffusivity"),
            conductivity=self._second_conductivity,
        )

    @property
    def model(self) -> Physics:
        """Parameters of the electrodeposition model, in its units."""
        physics = super().model
        if self.second_layer == "none":
            return physics
        return replace(
            physics,
            regions={**physics.regions, self.second_layer: self.second_region},
            backstop=Backstop(
                self.second_layer, "fine", particles="coarse" if self.has_particles else None
            ),
        )
