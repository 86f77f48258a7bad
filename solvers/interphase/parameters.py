"""Parameters of the interphase model, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lithode.solvers.numerics.presets import Assembly, SolverChoice
from lithode.theory.interphase import ElectronPath, Oxynitride

PREFIX = "interphase_"
"""Of the PETSc options."""

METAL, ELECTROLYTE = "metal", "electrolyte"
"""Regions that the mesh must have."""


@dataclass(frozen=True)
class Interstitial:
    """An atom that moves and precipitates.

    Attributes:
        diffusivity: In lithium metal, in um^2/s.
        precipitation: Rate at which it turns into its salt, in 1/s.
        matrix_diffusivity: Where there is no metal, in um^2/s.
    """

    diffusivity: float
    precipitation: float
    matrix_diffusivity: float


@dataclass(frozen=True)
class NativeOxide:
    """Li2O in the metal before it touches the electrolyte.

    Attributes:
        thickness: Of the metal next to the interface that has it, in um.
        concentration: O in it, in mol/m^3.
    """

    thickness: float
    concentration: float


@dataclass(frozen=True)
class Detection:
    """What a microscope would see of an interphase.

    Attributes:
        level: Least volume fraction of a phase that is seen.
        element_level: Least share of an element, over that in the electrolyte, that is seen.
        nitride_volume: Molar volume of Li3N, in um^3/amol.
        oxide_volume: Of Li2O.
        phosphate_volume: Of Li3PO4.
        line: Start (in the metal) and end (in the electrolyte), in um, of the line along which
            the layers are read off.
    """

    level: float
    element_level: float
    nitride_volume: float
    oxide_volume: float
    phosphate_volume: float
    line: tuple[Sequence[float], Sequence[float]]


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh.

    Attributes:
        electrolyte: Its composition and what it decomposes to.
        phosphorus: Concentration of P in the electrolyte, in mol/m^3; unit of all amounts.
        lithium: Concentration of Li in the metal, in mol/m^3.
        first: k1 of the breaking of P-N bonds at activity 1, in 1/s.
        second: k2 of the breaking of P-O bonds, in 1/s.
        nitrogen: Interstitial N.
        oxygen: Interstitial O.
        phosphorus_atom: Interstitial P.
        native: Oxide on the lithium before contact.
        path: How lithium reaches the reaction.
        detection: What is seen of it.
    """

    electrolyte: Oxynitride
    phosphorus: float
    lithium: float
    first: float
    second: float
    nitrogen: Interstitial
    oxygen: Interstitial
    phosphorus_atom: Interstitial
    native: NativeOxide
    path: ElectronPath
    detection: Detection

    @property
    def capacity(self) -> float:
        """Li in the metal per P of the electrolyte, by volume."""
        return self.lithium / self.phosphorus

    @property
    def interstitials(self) -> tuple[Interstitial, Interstitial, Interstitial]:
        """N, O, P in the order of the unknowns."""
        return self.nitrogen, self.oxygen, self.phosphorus_atom


Solver = Literal["direct", "iterative"]

# Beyond, factors of a 2D matrix take longer than iterations.
choose_solver = SolverChoice[Solver]({"direct": {1: math.inf, 2: 10_000, 3: 10_000}}, "iterative")


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        solver: Preset of PETSc options; ``auto`` takes ``iterative`` for many unknowns in 2D.
        tolerance: Local error per step of each species, over the largest amount of it.
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    solver: Literal["auto", Solver] = "auto"
    tolerance: float = 0.01
    assembly: Assembly = "vectorised"
