"""Numbers of Cheng et al. (2020) and what had to be chosen to compute its interphase.

The paper reports barriers and three layer thicknesses, and no rate: what carries the provenance
``calibrated`` was set with the thicknesses in view: three constants where precipitation is limited
by diffusion, the default, or nine of an older fit (``lithode fit``) that stays for comparison.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

from lithode.core.parameters import choice, fill, quantity
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.interphase.parameters import Interstitial, NativeOxide
from lithode.solvers.interphase.parameters import Parameters as Model

PAPER = "Cheng 2020"
DAY = 86400.0

LAYERS = (
    ("layer 1, Li + Li2O", 21.1, "layer_1 [nm]"),
    ("layer 2, Li + Li2O + Li3N", 11.6, "layer_2 [nm]"),
    ("layer 3, Li2O + Li3N + Li3PO4", 43.7, "layer_3 [nm]"),
    ("interphase", 76.4, "thickness [nm]"),
)
"""Layers of Fig. 2K: name, mean thickness in nm, and the history column that it is held against."""

_FITTED = "lithode fit on Fig. 2K; of many sets that fit as well, parameter_set=fitted"


def _of_paper(name: str, value: float, where: str) -> Any:
    return fill(InterphaseInputs, name, value, source=f"{PAPER}, {where}", provenance="paper")


def _fitted(name: str, value: float, meaning: str | None = None) -> Any:
    return fill(
        InterphaseInputs, name, value, source=_FITTED, provenance="calibrated", meaning=meaning
    )


def _kept(name: str, value: float) -> Any:
    source = "that of the older fit, not fitted again: docs/cheng2020-interphase.md"
    return fill(InterphaseInputs, name, value, source=source, provenance="assumed")


class Parameters(InterphaseInputs):
    """Parameters of the interphase scenario."""

    parameter_set: Literal["precipitation", "fitted", "barriers"] = choice(
        "precipitation",
        "precipitation: as fast as atoms diffuse to crystallites, so that all have "
        "precipitation_reach; fitted: each interstitial has a reach of its own, and O the mobility "
        "oxygen_diffusivity; barriers: by the barriers alone, with the precipitation rate of N",
        source="docs/cheng2020-interphase.md",
        provenance="assumed",
    )
    age: float = quantity(
        DAY,
        "s",
        "age at which the layers are held against the paper; rates scale with its inverse",
        source="not in the paper",
        provenance="assumed",
        gt=0,
    )
    nitrogen_barrier: float = _of_paper("nitrogen_barrier", 0.50, "text")
    oxygen_barrier: float = _of_paper(
        "oxygen_barrier", 1.08, "Fig. 5B; its caption swaps N and O, see the docs"
    )
    phosphorus_barrier: float = _of_paper("phosphorus_barrier", 0.42, "text")
    lithium_per_phosphorus: float = fill(
        InterphaseInputs,
        "lithium_per_phosphorus",
        3.0,
        source="as Li3P, which the paper does not see",
        provenance="assumed",
    )
    first_rate: float = _kept("first_rate", 3e-3)
    second_rate: float = _kept("second_rate", 1e-3)
    released_oxygen: float = _kept("released_oxygen", 0.3)
    nitrogen_reach: float = _fitted("nitrogen_reach", 6.0)
    oxygen_reach: float = _fitted("oxygen_reach", 22.0, "of O, if fitted")
    phosphorus_reach: float = _fitted("phosphorus_reach", 2.0, "of P, if fitted")
    oxygen_diffusivity: float = quantity(
        4e-19,
        "m^2/s",
        "of O in Li, if fitted; its barrier gives 6e-26",
        source=_FITTED,
        provenance="calibrated",
        gt=0,
        le=1,
    )
    matrix_reach: float = _fitted("matrix_reach", 8.0)
    native_oxide: float = fill(
        InterphaseInputs,
        "native_oxide",
        30.5,
        source=f"layer 1 of {PAPER}, Fig. 2K: lithium takes up oxygen before contact (text)",
        provenance="calibrated",
    )
    precipitation_reach: float = quantity(
        6.7,
        "nm",
        "of N and P, in metal or not, if precipitation is all: (4 pi r n)^(-1/2)",
        source=f"layer 2 of {PAPER}, Fig. 2K",
        provenance="calibrated",
        gt=0,
    )
    crystallite_radius: float = quantity(
        2.0,
        "nm",
        "of crystallites",
        source=f"{PAPER}, text on Fig. 2C: 3 to 5 nm across",
        provenance="paper",
        gt=0,
    )
    electronic_conductivity: float = _fitted("electronic_conductivity", 2.3e-11)
    ionic_conductivity: float = quantity(
        3e-6,
        "S/cm",
        "of the interphase for Li+, in Fig. 6 only",
        source=f"that of LiPON in {PAPER}",
        provenance="assumed",
        gt=0,
        le=1e8,
    )
    reduction_potential: float = quantity(
        0.68,
        "V",
        "of LiPON against Li: how far mu(Li) falls to the front",
        source=f"{PAPER}, introduction",
        provenance="paper",
        gt=0,
    )
    lithium_thickness: float = fill(
        InterphaseInputs,
        "lithium_thickness",
        0.15,
        source="deeper than anything is seen; the film has 1.5 um",
        provenance="assumed",
    )
    electrolyte_thickness: float = _of_paper("electrolyte_thickness", 1.0, "Methods")

    @property
    def output_times(self) -> tuple[float, ...]:
        """The age, and the decades from 1 s on."""
        times = {*super().output_times, self.age}
        return tuple(sorted(t for t in times if t < self.end_time))

    @property
    def mobilities(self) -> tuple[float, float, float]:
        """Diffusivities of N, O, P in lithium, in um^2/s."""
        nitrogen, oxygen, phosphorus = super().mobilities
        if self.parameter_set == "fitted":
            oxygen = self.model_value("oxygen_diffusivity")
        return nitrogen, oxygen, phosphorus

    @property
    def precipitations(self) -> tuple[float, float, float]:
        """Rates in 1/s at which N, O, P become salts.

        By diffusion to crystallites k = 4 pi D r n = D / reach^2. O hardly moves by its barrier and
        becomes a salt where it is set free, as fast as N does.
        """
        found = super().precipitations
        match self.parameter_set:
            case "fitted":
                return found
            case "barriers":
                return (found[0],) * 3
            case "precipitation":
                reach = self.model_value("precipitation_reach")
                nitrogen, _, phosphorus = (d / reach**2 for d in self.mobilities)
                return nitrogen, nitrogen, phosphorus

    @property
    def interstitials(self) -> tuple[Interstitial, Interstitial, Interstitial]:
        """N, O, P; if precipitation is all, they move alike in metal and beside it."""
        found = super().interstitials
        if self.parameter_set != "precipitation":
            return found
        nitrogen, oxygen, phosphorus = (
            replace(atom, matrix_diffusivity=atom.diffusivity) for atom in found
        )
        return nitrogen, oxygen, phosphorus

    @property
    def crystallites(self) -> tuple[float, float]:
        """Crystallites per um^3 that give the reach, and their share of the volume."""
        radius, reach = (
            self.model_value("crystallite_radius"),
            self.model_value("precipitation_reach"),
        )
        count = 1 / (4 * math.pi * radius * reach**2)
        return count, count * 4 / 3 * math.pi * radius**3

    def model(self) -> Model:
        """Return the parameters of the model; only precipitation has a native oxide."""
        found = super().model()
        if self.parameter_set == "precipitation":
            return found
        return replace(found, native=NativeOxide(0.0, found.native.concentration))
