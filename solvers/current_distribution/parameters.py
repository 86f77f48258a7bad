"""Parameters of the current distribution, in the coherent units of ``lithode.core.units``.

UFL is imported where a reaction is written out, so that parameters are known without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from lithode.core.constants import inverse_thermal_voltage
from lithode.solvers.numerics.presets import Assembly

if TYPE_CHECKING:
    from lithode.solvers.numerics.properties import Property

PREFIX = "currents_"
"""Of the PETSc options."""


class Reaction(Protocol):
    """Plating of lithium inside a mixed conductor, Li+ + e- -> Li; equal ones are hashed equal."""

    def current(self, overpotential: Any, f: Any) -> Any:
        """Return the current per volume in A/m^2 per um, positive for plating.

        Args:
            overpotential: eta = phi_Li+ - phi_e- in V, positive for plating.
            f: F / (R T) in 1/V.
        """


@dataclass(frozen=True)
class LinearReaction:
    """Plating in proportion to the overpotential.

    Attributes:
        conductance: Current per volume and volt.
    """

    conductance: float

    def current(self, overpotential: Any, f: Any) -> Any:
        """Return the current per volume; see ``Reaction``."""
        return self.conductance * overpotential


@dataclass(frozen=True)
class ButlerVolmerReaction:
    """Plating at an inner surface of lithium.

    Attributes:
        exchange_current: Inner surface per volume times exchange current density.
        symmetry_factor: alpha.
    """

    exchange_current: float
    symmetry_factor: float = 0.5

    def current(self, overpotential: Any, f: Any) -> Any:
        """Return the current per volume; see ``Reaction``."""
        from lithode.solvers.physics.kinetics import surface_current

        return surface_current(overpotential, f, self.symmetry_factor, self.exchange_current)


@dataclass(frozen=True)
class NucleationReaction:
    """Plating at nuclei, which are there above a critical overpotential.

    Attributes:
        conductance: Current per volume and volt far above it.
        critical_overpotential: eta_c in V.
        width: Width of the onset in V.
    """

    conductance: float
    critical_overpotential: float
    width: float

    def current(self, overpotential: Any, f: Any) -> Any:
        """Return the current per volume; see ``Reaction``."""
        from lithode.solvers.physics.kinetics import nucleation_current

        return nucleation_current(
            overpotential, self.conductance, self.critical_overpotential, self.width
        )


@dataclass(frozen=True)
class Conductor:
    """One region.

    Attributes:
        ionic: Conductivity for Li+ in uS/m, a number or a function of the places, shape (3, n).
        electronic: Conductivity for electrons; None in all regions of an ionic conductor.
        reaction: Plating inside, in a mixed conductor only.
    """

    ionic: Property
    electronic: Property | None = None
    reaction: Reaction | None = None


@dataclass(frozen=True)
class LithiumSurface:
    """The lithium that Li+ goes to.

    Attributes:
        exchange_current_density: i_0 in A/m^2; 0 for lithium that Li+ cannot reach.
        symmetry_factor: alpha.
        film_resistance: Of a film on the lithium, in V per A/m^2.
    """

    exchange_current_density: float
    symmetry_factor: float = 0.5
    film_resistance: float = 0.0


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh and its load.

    Attributes:
        regions: Conductor of every region of the mesh, by name.
        lithium: The lithium surface.
        temperature: In K.
        drive: What the load is: the current density at the counter electrode in A/m^2, or the
            potential there in V against lithium, both positive for plating.
    """

    regions: Mapping[str, Conductor]
    lithium: LithiumSurface
    temperature: float
    drive: Literal["galvanostatic", "potentiostatic"] = "galvanostatic"

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T) in 1/V."""
        return inverse_thermal_voltage(self.temperature)

    @property
    def is_mixed(self) -> bool:
        """Whether electrons move too."""
        return any(region.electronic is not None for region in self.regions.values())


@dataclass(frozen=True)
class Observation:
    """What is read off besides the balances; heights are along the last axis, from lithium.

    Attributes:
        bands: Name to (low, high) in um, of which the plated current is given.
        further: Makes more history columns of the load, e.g. those of a closed form.
    """

    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    further: Callable[[float], Mapping[str, float]] = lambda _: {}


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        solver: ``direct`` (MUMPS), or ``iterative`` (GMRES and algebraic multigrid).
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    solver: Literal["direct", "iterative"] = "direct"
    assembly: Assembly = "vectorised"
