"""Parameters of the electrodeposition model, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.solvers.numerics.presets import Assembly, SolverChoice
from lithode.theory.creep import PowerLaw
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.free_energy import Interface
from lithode.theory.noise import LatticeNoise

PREFIXES = ("phase_", "potential_", "displacement_", "monolithic_")
"""Of the PETSc options of the blocks."""


@dataclass(frozen=True)
class Lithium:
    """Lithium metal: stiffness, D in um^2/s, sigma in uS/m, v_m in um^3/amol, c_s in mol/m^3.

    Without a law of creep it is elastic.
    """

    stiffness: Stiffness
    diffusivity: float
    conductivity: float
    molar_volume: float
    site_density: float
    creep: PowerLaw | None = None


@dataclass(frozen=True)
class Stack:
    """What presses on the counter electrode, where it is not clamped: a traction p + k u_n.

    Attributes:
        pressure: p in MPa, where nothing has moved.
        stiffness: k in MPa/um of what is beyond; 0 holds the pressure.
    """

    pressure: float
    stiffness: float


@dataclass(frozen=True)
class ElectrolyteRegion:
    """One region of electrolyte.

    Attributes:
        stiffness: Elastic constants.
        eigenstrain: Strain per axis K that lithium grown here would like to have.
        rate_constant: L_eta in 1/s; 0 where lithium does not plate.
        diffusivity: D_SSE in um^2/s.
        conductivity: sigma_SSE in uS/m.
    """

    stiffness: Stiffness
    eigenstrain: float
    rate_constant: float
    diffusivity: float
    conductivity: float


@dataclass(frozen=True)
class Kinetics:
    """Butler-Volmer kinetics: temperature in K, symmetry factor, mechanical factor C."""

    temperature: float
    symmetry_factor: float
    mechanical_factor: float

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T) in 1/V."""
        return inverse_thermal_voltage(self.temperature)


@dataclass(frozen=True)
class Fluctuations:
    """Noise of relative amplitude A: the phase equation feels A W h'(xi) chi."""

    amplitude: float
    field: LatticeNoise


class Transport(StrEnum):
    """What bounds the Li+ concentration, which else piles up where lithium cannot plate.

    ``BINARY``: nothing, the anions move too. ``STERIC``: Li+ fills free sites only, up to a limit.
    ``SINGLE_ION``: the anions are fixed, so c = 1 - xi and Li+ alone carries the current.
    """

    BINARY = "binary"
    STERIC = "steric"
    SINGLE_ION = "single_ion"


class Charge(StrEnum):
    """How charge is balanced.

    ``ONE_POTENTIAL``: one potential for metal and electrolyte, as in the paper; the metal is a
    short to the front. ``TWO_POTENTIAL``: Li+ carry the current in the electrolyte and electrons
    in the metal, and the reaction exchanges the two.
    """

    ONE_POTENTIAL = "one_potential"
    TWO_POTENTIAL = "two_potential"


@dataclass(frozen=True)
class CounterElectrode:
    """What ends the layer opposite to the electrode.

    Attributes:
        order_parameter: xi that is held there: 0 of an electrolyte, 1 of lithium.
        concentration: c over its bulk value that is held there; None where Li+ are blocked.
        carrier: Which potential is held there where there are two: 0 of Li+, 1 of electrons.
    """

    order_parameter: float
    concentration: float | None
    carrier: Literal[0, 1]

    @property
    def is_metal(self) -> bool:
        """Whether it is lithium, which is stripped as lithium is plated."""
        return self.order_parameter == 1.0


RESERVOIR = CounterElectrode(order_parameter=0.0, concentration=1.0, carrier=0)
"""Gives as many Li+ as the layer takes."""
FOIL = CounterElectrode(order_parameter=1.0, concentration=None, carrier=1)
"""A lithium foil: its metal is held at a potential, and Li+ come from its surface."""
FOIL_CONDUCTIVITY = 1e10
"""Of lithium in uS/m at most, if there is a foil: of more, round-off would hide the current."""
COUNTER_ELECTRODES: Mapping[str, CounterElectrode] = {"reservoir": RESERVOIR, "lithium": FOIL}


RESIDUAL: Mapping[str, float] = {"classic": 0.01, "quantitative": 1e-3}
"""`Parameters.residual_conductivity` by the kind of interface."""


@dataclass(frozen=True)
class Backstop:
    """A layer in which lithium does not plate, to be reported on.

    Attributes:
        region: Region of the layer.
        matrix: Region through which lithium comes to it.
        particles: Region of stiff particles below it, None without any.
    """

    region: str
    matrix: str
    particles: str | None = None


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh and initial state.

    Attributes:
        lithium: The metal.
        regions: Electrolyte of every region of the mesh, by name.
        interface: The diffuse interface.
        kinetics: The reaction.
        overpotential: Potential of the electrode against the counter electrode, in V; not used
            where the current is held.
        bulk_concentration: c_0 in mol/m^3.
        fluctuations: Noise, or None.
        transport: What bounds the concentration.
        concentration_limit: Largest c over its bulk value with ``Transport.STERIC``.
        charge: How charge is balanced.
        current_density: Current density in A/m^2 that is held at the counter electrode,
            positive where lithium plates; None holds the overpotential.
        cutoff_voltage: Magnitude of the cell voltage in V that ends a run at a held current.
        residual_conductivity: Share of the electrolyte's conductivity that Li+ keep in lithium
            and electrons have in the electrolyte, with ``Charge.TWO_POTENTIAL``.
        backstop: Layer to report on, or None.
        counter_electrode: What is at the other end.
        transference_number: t+ of a binary electrolyte; the quantitative front uses it.
        stack: What presses on the counter electrode; None clamps it.
    """

    lithium: Lithium
    regions: Mapping[str, ElectrolyteRegion]
    interface: Interface
    kinetics: Kinetics
    overpotential: float
    bulk_concentration: float
    fluctuations: Fluctuations | None = None
    transport: Transport = Transport.BINARY
    concentration_limit: float = math.inf
    charge: Charge = Charge.ONE_POTENTIAL
    current_density: float | None = None
    cutoff_voltage: float = math.inf
    residual_conductivity: float = 0.01
    backstop: Backstop | None = None
    counter_electrode: CounterElectrode = RESERVOIR
    transference_number: float = 0.5
    stack: Stack | None = None

    def __post_init__(self) -> None:
        """Refuse what one potential cannot do.

        Raises:
            InputError: A current is given to the one-potential closure, or it does not plate, or
                nothing would strip a foil.
        """
        alone = self.charge is Charge.ONE_POTENTIAL and self.transport is Transport.SINGLE_ION
        if alone and self.counter_electrode.is_metal:
            allowed = "needs two potentials between fixed anions: with one, nothing strips it"
            raise InputError("counter_electrode", "lithium", allowed)
        if self.current_density is None:
            return
        if self.charge is Charge.ONE_POTENTIAL:
            allowed = "needs two potentials: with one, the boundary current is not the plating one"
            raise InputError("current_density", self.current_density, allowed, "A/m^2")
        if self.current_density <= 0:
            raise InputError("current_density", self.current_density, "must be positive", "A/m^2")

    @property
    def site_ratio(self) -> float:
        """Sites of lithium over Li+ in the bulk, c_s / c_0."""
        return self.lithium.site_density / self.bulk_concentration

    @property
    def holds_ions(self) -> bool:
        """Whether something holds the potential of Li+, so that a shift of it moves a current."""
        if self.charge is Charge.ONE_POTENTIAL:
            return True
        return self.current_density is None and not self.counter_electrode.is_metal

    @property
    def needs_bounds(self) -> bool:
        """Whether c can leave its bounds: between fixed anions it is within them by itself."""
        return self.transport is not Transport.SINGLE_ION

    @property
    def lithium_gain(self) -> float:
        """Li+ in mol/m^3 that lithium takes from elsewhere to grow; fixed anions leave some."""
        site = self.lithium.site_density
        return site - self.bulk_concentration * (self.transport is Transport.SINGLE_ION)


Accuracy = Literal["strict", "balanced"]
Solver = Literal["direct", "iterative", "multigrid"]

# Factorisations of more cost more than Krylov solves, and beyond 150,000 vertices incomplete
# factors of (xi, c) iterate too long (docs/numerics.md).
choose_solver = SolverChoice[Solver](
    {"direct": {2: 3000}, "iterative": {1: 150_000, 2: 150_000, 3: 150_000}}, "multigrid"
)


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        solver: ``direct`` (MUMPS), ``iterative`` (incomplete factors for xi and c),
            ``multigrid``, or ``auto`` (by dimension and size).
        tolerance: Local error of xi, and of c times ``concentration_weight``, allowed per step.
        concentration_weight: c inside the interface only follows xi and may err more.
        lumping: Lean of the quadrature of all but the mechanical terms (``leaning_measure``).
        coupling: ``staggered``, or ``monolithic`` for verification.
        coupling_iterations: Times that (xi, c), phi and u are solved per step; 1 extrapolates
            only, more repeat with the new phi and stress until they change by less than
            ``coupling_tolerance``.
        coupling_tolerance: Largest change of xi at which the repetition ends.
        relaxation: b over the largest speed times d of the quantitative front, which keeps psi a
            distance.
        accuracy: ``strict`` solves to round-off, whatever the time step errs; ``balanced`` to a
            tenth of that, and closes the balances of lithium and charge afterwards.
        bounds: ``kept`` withholds plating where Li+ run out, and stripping where no site is free,
            so that c stays within its bounds; ``free`` lets it leave them.
        mechanics: Whether the displacement is solved for.
        kinematics: Plane strain, plane stress, or solid in 3D.
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    solver: Literal["auto", Solver] = "auto"
    tolerance: float = 5e-3
    concentration_weight: float = 0.2
    lumping: float = 1.0 / 3.0
    coupling: Literal["staggered", "monolithic"] = "staggered"
    coupling_iterations: int = 1
    coupling_tolerance: float = 1e-11
    relaxation: float = 4.0
    accuracy: Accuracy = "strict"
    bounds: Literal["kept", "free"] = "free"
    mechanics: bool = True
    kinematics: Kinematics = Kinematics.PLANE_STRAIN
    assembly: Assembly = "vectorised"

    @property
    def is_extrapolated(self) -> bool:
        """Whether a step takes the blocks once, one after the other."""
        return self.coupling == "staggered" and self.coupling_iterations == 1

    @property
    def keeps_bounds(self) -> bool:
        """Whether c is kept within its bounds, if it can leave them; repeated couplings are not."""
        return self.is_extrapolated and self.bounds == "kept"

    @property
    def is_balanced(self) -> bool:
        """Whether steps are solved as accurately as they deserve; repeated couplings are not."""
        return self.is_extrapolated and self.accuracy == "balanced"
