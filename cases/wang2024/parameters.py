"""What had to be chosen to run the transport model of Wang et al. (2024)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lithode.cases.wang2024.layer import LayerParameters
from lithode.cases.wang2024.measured import PAPER
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.core.parameters import choice, quantity
from lithode.core.units import to_model
from lithode.meshes.interlayer import REGION
from lithode.meshes.shapes import Polygon
from lithode.solvers.mixed_conductor.parameters import (
    Conductor,
    Galvanostatic,
    LithiumSurface,
    Numerics,
    Parameters,
    Potentiostatic,
)
from lithode.theory.nucleation import Nucleation


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
