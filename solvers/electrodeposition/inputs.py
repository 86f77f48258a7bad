"""Inputs of the electrodeposition model, as a case declares them; a paper only fills them.

A case with one electrolyte takes `Inputs` as it is, or with some defaults of its own by
`lithode.core.parameters.fill`. One with several regions takes `LayerInputs` and says in
``regions`` what they are.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from lithode.core.errors import InputError
from lithode.core.parameters import choice, count, quantity
from lithode.solvers.electrodeposition.electrolyte_inputs import ElectrolyteInputs
from lithode.solvers.electrodeposition.parameters import (
    COUNTER_ELECTRODES,
    FOIL_CONDUCTIVITY,
    RESIDUAL,
    Charge,
    ElectrolyteRegion,
    Fluctuations,
    Kinetics,
    Lithium,
    Numerics,
    Parameters,
    Transport,
)
from lithode.solvers.numerics.presets import Assembly, assembly_choice
from lithode.theory.elasticity import Kinematics
from lithode.theory.noise import LatticeNoise


class LayerInputs(ElectrolyteInputs):
    """Physics and numerics of lithium that grows into a layer of any regions.

    Attributes:
        mesh_fields: Where an error of a mesh names its own field: the parameter behind it. A class
            that declares more of them adds them.
    """

    resumable: ClassVar[frozenset[str]] = frozenset({"end_time", "cutoff_voltage"})
    mesh_fields: ClassVar[Mapping[str, str]] = {"size": "element_size", "margin": "interface_width"}

    end_time: float = quantity(
        600.0, "s", "end of the run", source="Lithode", provenance="assumed", gt=0
    )
    output_times: tuple[float, ...] = quantity(
        (),
        "s",
        "times that get a picture of their own",
        source="docs/electrodeposition.md",
        provenance="numerical",
    )
    output_interval: float = quantity(
        60.0,
        "s",
        "time between two stored fields",
        source="docs/electrodeposition.md",
        provenance="numerical",
        gt=0,
    )
    seed: int = count(1, "seed of noise and nuclei", source="Lithode", provenance="sample", ge=0)
    noise_amplitude: float = quantity(
        0.1, "", "noise A, relative to W", source="Lithode", provenance="assumed", ge=0, le=2
    )
    noise_spacing: float = quantity(
        3.0, "um", "correlation length of the noise", source="Lithode", provenance="assumed", gt=0
    )
    noise_period: float = quantity(
        10.0, "s", "correlation time of the noise", source="Lithode", provenance="assumed", gt=0
    )
    initial_thickness: float = quantity(
        6.0, "um", "initial lithium", source="Lithode", provenance="assumed", gt=0
    )
    nuclei: int = count(5, "bumps on it", source="Lithode", provenance="assumed", ge=0)
    nucleus_height: float = quantity(
        4.0, "um", "largest bump", source="Lithode", provenance="assumed", ge=0
    )
    nucleus_width: float = quantity(
        4.0, "um", "length of a Gaussian bump", source="Lithode", provenance="assumed", gt=0
    )
    transport: Literal["binary", "steric", "single_ion"] = choice(
        "single_ion",
        "what bounds the Li+ concentration: nothing, free sites, or fixed anions",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )
    transference_number: float = quantity(
        0.5,
        "",
        "t+ of the salt if transport=binary, with a quantitative interface",
        source="both ions alike",
        provenance="assumed",
        gt=0,
        lt=1,
    )
    concentration_limit: float = quantity(
        2.0,
        "",
        "largest Li+ concentration over c_0, if transport=steric",
        source="Lithode",
        provenance="assumed",
        gt=1,
    )
    charge: Literal["one_potential", "two_potential"] = choice(
        "two_potential",
        "one potential for metal and electrolyte together, or one for each",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )
    mode: Literal["potentiostatic", "galvanostatic"] = choice(
        "potentiostatic",
        "whether overpotential or current is held; overpotential then still gives L_sigma",
        source="Lithode",
        provenance="assumed",
    )
    current: float | None = quantity(
        None, "mA/cm^2", "held, if mode=galvanostatic", source="-", provenance="assumed", gt=0
    )
    counter_electrode: Literal["reservoir", "lithium"] = choice(
        "reservoir",
        "what gives the Li+: a reservoir of them, or a lithium foil that is stripped",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )
    foil_thickness: float = quantity(
        20.0,
        "um",
        "of the foil if counter_electrode=lithium",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    cutoff_voltage: float = quantity(
        0.4,
        "V",
        "of the cell, ends the run if mode=galvanostatic",
        source="Lithode: where Li+ run out, what follows has no meaning",
        provenance="assumed",
        gt=0,
    )
    dimension: int = count(2, "2 or 3", source="Lithode", provenance="assumed", ge=2, le=3)
    width: float = quantity(
        80.0, "um", "width of the layer", source="Lithode", provenance="assumed", gt=0
    )
    depth: float = quantity(
        40.0, "um", "of the layer if dimension=3", source="Lithode", provenance="assumed", gt=0
    )
    height: float = quantity(
        90.0, "um", "electrode to counter electrode", source="Lithode", provenance="assumed", gt=0
    )
    kinematics: Literal["plane_strain", "plane_stress"] = choice(
        "plane_strain",
        "out-of-plane behaviour if dimension=2",
        source="Lithode",
        provenance="assumed",
    )
    element_size: float = quantity(
        1.2,
        "um",
        "element size where lithium grows",
        source="docs/graded-li3n.md: 1 % in pressures and times, 3 % in heights",
        provenance="numerical",
        gt=0,
    )
    mesh: Literal["fixed", "adaptive"] = choice(
        "fixed",
        "one mesh, or meshes of element_size along the front and larger elements elsewhere",
        source="docs/numerics.md",
        provenance="numerical",
    )
    time_tolerance: float = quantity(
        1e-2,
        "",
        "local error of xi and c allowed per step",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
        le=0.2,
    )
    accuracy: Literal["balanced", "strict"] = choice(
        "balanced",
        "solve to a tenth of the error in time, or to round-off",
        source="docs/numerics.md",
        provenance="numerical",
    )
    concentration_bounds: Literal["kept", "free"] = choice(
        "kept",
        "whether c may leave its bounds, or plating waits for Li+ where they run out",
        source="docs/numerics.md",
        provenance="numerical",
    )
    solver: Literal["auto", "direct", "iterative", "multigrid"] = choice(
        "auto", "linear solvers", source="docs/numerics.md", provenance="numerical"
    )
    assembly: Assembly = assembly_choice()

    @property
    @abstractmethod
    def regions(self) -> Mapping[str, ElectrolyteRegion]:
        """Electrolyte of every region of the mesh, by name, first the one that lithium is in."""

    @property
    def lengths(self) -> tuple[float, ...]:
        """Edge lengths in um, the growth direction last."""
        return (self.width, self.height) if self.is_flat else (self.width, self.depth, self.height)

    @property
    def is_flat(self) -> bool:
        """Whether the run is in 2D."""
        return self.dimension == 2

    @property
    def _metal(self) -> Lithium:
        """The metal; with a foil it stands at two potentials, and round-off limits how well."""
        if self.counter_electrode == "reservoir":
            return self.lithium
        return replace(self.lithium, conductivity=min(self.lithium.conductivity, FOIL_CONDUCTIVITY))

    @property
    def held_current(self) -> float | None:
        """Current density that is held, in model units; None if it is the overpotential."""
        if self.mode == "potentiostatic":
            if self.current is not None:
                raise InputError("current", self.current, "needs mode=galvanostatic", "mA/cm^2")
            return None
        if self.charge == "one_potential":
            raise InputError("mode", self.mode, "needs charge=two_potential")
        if self.current is None:
            raise InputError("current", "unset", "mode=galvanostatic needs it", "mA/cm^2")
        return self.model_value("current")

    @property
    def fluctuations(self) -> Fluctuations | None:
        """The noise, None without any."""
        spacing, period = self.model_value("noise_spacing"), self.model_value("noise_period")
        noise = LatticeNoise(spacing, period, self.seed)
        return Fluctuations(self.noise_amplitude, noise) if self.noise_amplitude else None

    @property
    def model(self) -> Parameters:
        """Parameters of the electrodeposition model, in its units."""
        return Parameters(
            lithium=self._metal,
            regions=self.regions,
            interface=self.diffuse_interface,
            kinetics=Kinetics(
                self.model_value("temperature"), self.symmetry_factor, self.mechanical_factor
            ),
            overpotential=self.overpotential,
            bulk_concentration=self.model_value("bulk_concentration"),
            fluctuations=self.fluctuations,
            transport=Transport(self.transport),
            concentration_limit=self.concentration_limit,
            charge=Charge(self.charge),
            current_density=self.held_current,
            cutoff_voltage=self.model_value("cutoff_voltage"),
            counter_electrode=COUNTER_ELECTRODES[self.counter_electrode],
            transference_number=self.transference_number,
            residual_conductivity=RESIDUAL[self.interface],
            stack=self.pressed,
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(
            solver=self.solver,
            tolerance=self.time_tolerance,
            relaxation=self.front_relaxation,
            assembly=self.assembly,
            accuracy=self.accuracy,
            bounds=self.concentration_bounds,
            kinematics=Kinematics(self.kinematics) if self.is_flat else Kinematics.SOLID,
        )


class Inputs(LayerInputs):
    """Physics and numerics of lithium that grows into one electrolyte."""

    eigenstrain: float = quantity(
        2e-4,
        "",
        "K of lithium, strain per axis",
        source="gives some MPa (docs/electrodeposition.md)",
        provenance="assumed",
        ge=0,
        lt=0.1,
    )

    @property
    def regions(self) -> Mapping[str, ElectrolyteRegion]:
        """The electrolyte, as the region ``electrolyte``."""
        return {"electrolyte": self.electrolyte_with(self.eigenstrain)}
