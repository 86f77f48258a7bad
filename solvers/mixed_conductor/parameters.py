"""Parameters of the mixed-conductor model, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lithode.core.constants import inverse_thermal_voltage
from lithode.solvers.numerics.presets import Assembly
from lithode.theory import transport
from lithode.theory.nucleation import Nucleation

PREFIX = "carriers_"
"""Of the PETSc options."""


@dataclass(frozen=True)
class Conductor:
    """One region of mixed conductor.

    Attributes:
        cation_diffusivity: D+ in um^2/s.
        electron_diffusivity: D_e in um^2/s.
    """

    cation_diffusivity: float
    electron_diffusivity: float

    @classmethod
    def from_conductivities(
        cls, ionic: float, electronic: float, cation: float, electron: float, f: float
    ) -> Conductor:
        """Apply the Nernst-Einstein relation.

        Args:
            ionic: Ionic conductivity in uS/m.
            electronic: Electronic conductivity in uS/m.
            cation: Concentration of Li+ that the ionic conductivity stands for, in mol/m^3.
            electron: Concentration of electrons for the electronic one, in mol/m^3.
            f: F / (R T) in 1/V.
        """
        return cls(
            transport.nernst_einstein_diffusivity(ionic, cation, f),
            transport.nernst_einstein_diffusivity(electronic, electron, f),
        )


@dataclass(frozen=True)
class LithiumSurface:
    """The lithium that electrons come from and Li+ goes to.

    Attributes:
        exchange_current_density: i_0 in A/m^2.
        symmetry_factor: alpha.
        electron_concentration: c_e,Li of electrons in equilibrium with lithium, in mol/m^3.
        stern_drop: phi across the surface in V (equation 9).
    """

    exchange_current_density: float
    symmetry_factor: float
    electron_concentration: float
    stern_drop: float = 0.0


@dataclass(frozen=True)
class Potentiostatic:
    """Lithium held at ``-overpotential`` V against Li+ at the counter electrode."""

    overpotential: float


@dataclass(frozen=True)
class Galvanostatic:
    """Li+ fed in at the counter electrode with ``current`` A/m^2 of its own area."""

    current: float


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh.

    Attributes:
        regions: Conductor of every region of the mesh, by name.
        lithium: The lithium surface.
        drive: What is held.
        cation_concentration: c_0 and c+ at the start, in mol/m^3.
        electron_concentration: c_e at the start, in mol/m^3.
        temperature: In K.
        relative_permittivity: eps_r, for the unneutral form only.
        nucleation: Nucleation on the host by label, e.g. of several contact angles.
    """

    regions: Mapping[str, Conductor]
    lithium: LithiumSurface
    drive: Potentiostatic | Galvanostatic
    cation_concentration: float
    electron_concentration: float
    temperature: float
    relative_permittivity: float = 10.0
    nucleation: Mapping[str, Nucleation] = field(default_factory=dict)

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T) in 1/V."""
        return inverse_thermal_voltage(self.temperature)

    @property
    def background(self) -> float:
        """Fixed negative charge N that makes the start neutral, over c_0."""
        return 1.0 - self.electron_concentration / self.cation_concentration


Line = tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Observation:
    """What is read off along lines that start at the lithium surface.

    Attributes:
        lines: Name to (start, end), points in um.
        level: Share of the largest nucleation rate, over all labels, that counts as nucleating.
    """

    lines: Mapping[str, Line] = field(default_factory=dict)
    level: float = 0.1


Solver = Literal["direct", "iterative"]


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        formulation: ``neutral`` (V from electroneutrality) or ``poisson`` (V is an unknown).
        tolerance: Local error per step of the concentrations, over the largest of each.
        wall_potential: In the unneutral form, hold V at the lithium (a double layer that the
            mesh must resolve) instead of an uncharged surface.
        solver: ``direct`` (MUMPS), or ``iterative`` (incomplete factors) for large meshes.
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    formulation: Literal["neutral", "poisson"] = "neutral"
    tolerance: float = 0.1
    wall_potential: bool = False
    solver: Solver = "direct"
    assembly: Assembly = "vectorised"
