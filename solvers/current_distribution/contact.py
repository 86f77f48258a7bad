"""A current distribution on contact strips, along the size of the pores between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.core.units import from_model
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    Conductor,
    LithiumSurface,
    Numerics,
    Parameters,
)
from lithode.theory import contact


class StripContact:
    """Strips of lithium between pores; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    The load is the pore size in um, the current is held. The mesh stays that of a period of 1 um:
    its potentials and currents are those of a larger period if it conducts as much worse.

    Args:
        domain: Mesh of half a period of 1 um with the boundaries electrode, on a share
            1 - ``porosity`` of its base, and counter_electrode.
        conductivity: Of the conductor for Li+, in uS/m.
        lithium: Its surface, without a film.
        temperature: In K.
        current: Current density in A/m^2 of the whole plane.
        porosity: Share of the base that is pore.
        height: Of the domain, in periods.
        numerics: How it is solved.
    """

    name = "strip contact"

    def __init__(
        self,
        domain: Domain,
        conductivity: float,
        lithium: LithiumSurface,
        temperature: float,
        current: float,
        porosity: float,
        height: float,
        numerics: Numerics | None = None,
    ) -> None:
        regions = dict.fromkeys(domain.regions, Conductor(conductivity))
        parameters = Parameters(regions, lithium, temperature)
        self.distribution = CurrentDistribution(domain, parameters, numerics)
        self.distribution.load = current
        self.conductivity, self.lithium = conductivity, lithium
        self.current, self.porosity, self.height = current, porosity, height
        self.load = 1.0

    @property
    def domain(self) -> Domain:
        """The mesh."""
        return self.distribution.domain

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        return self.distribution.unknowns

    @property
    def load(self) -> float:
        """Pore size in um."""
        return self._pore_size

    @load.setter
    def load(self, load: float) -> None:
        self._pore_size = load
        scaled = self.conductivity / contact.period(load, self.porosity)
        self.distribution.equations.ionic.x.array[:] = scaled

    def solve(self) -> tuple[int, int]:
        """Solve for the pore size; see ``SteadyModel.solve``."""
        return self.distribution.solve()

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return the potential."""
        return self.distribution.unknown_functions()

    def measure(self) -> Mapping[str, float]:
        """Return how even the current on the strips is, and the resistance of the contact.

        The resistance is that of reaction and constriction, per area of the whole plane;
        ``variation_closed_form`` holds for small pores (docs/wang2024-pores.md).
        """
        row, f = self.distribution.measure(), self.distribution.parameters.inverse_thermal_voltage
        lithium, width = self.lithium, contact.strip_width(self.load, self.porosity)
        mean, largest = (row[f"lithium_current_{name} [A/m^2]"] for name in ("mean", "max"))
        conductance = contact.reaction_conductance(
            mean, f, lithium.symmetry_factor, lithium.exchange_current_density
        )
        ohmic = self.height * contact.period(self.load, self.porosity) / self.conductivity
        resistance = row["potential [V]"] / self.current - ohmic
        unevenness = contact.unevenness_of_even_current(1 - self.porosity)
        return {
            "wagner [1]": contact.wagner_number(
                self.conductivity, f, lithium.exchange_current_density, mean, width
            ),
            "lithium_current_mean [A/m^2]": mean,
            "lithium_current_max [A/m^2]": largest,
            "lithium_current_min [A/m^2]": row["lithium_current_min [A/m^2]"],
            "max_over_mean [1]": largest / mean,
            "variation [1]": row["lithium_current_variation [1]"],
            "variation_closed_form [1]": unevenness * conductance * width / self.conductivity,
            "contact_resistance [ohm cm^2]": from_model(resistance, "ohm cm^2"),
            "cation_defect [1]": row["cation_defect [1]"],
        }

    def fields(self) -> Sequence[Function[Any]]:
        """Return potential (V) and plating current (A/m^2), over places in periods."""
        return self.distribution.fields()
