"""Parameters of the impedance model, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lithode.solvers.numerics.presets import Assembly, SolverChoice
from lithode.theory.circuit import Element

PREFIX = "impedance_"
"""Of the PETSc options."""

Side = Literal["driven", "grounded"]
SIDES: tuple[Side, Side] = ("driven", "grounded")
Solver = Literal["direct", "iterative"]

# Beyond, the factors of a direct solver cost more than multigrid.
choose_solver = SolverChoice[Solver]({"direct": {1: 100_000, 2: 30_000, 3: 4_000}}, "iterative")


@dataclass(frozen=True)
class Contact:
    """A boundary that an electrode lies against.

    Attributes:
        side: The electrode: ``driven`` is at 1 V, ``grounded`` at 0 V.
        interface: Area-specific impedance between electrode and body, in ohm m^2; None for a body
            that is at the potential of the electrode.
    """

    side: Side
    interface: Element | None = None


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh.

    Attributes:
        regions: Resistivity of every region by name, in Mohm m.
        contacts: Boundary name to contact; boundaries that are not named insulate.
        axisymmetric: Whether the mesh is of (r, z), to be turned around r = 0.
    """

    regions: Mapping[str, Element]
    contacts: Mapping[str, Contact]
    axisymmetric: bool = False

    def boundaries(self, side: Side) -> list[str]:
        """Return the boundaries that one electrode lies against."""
        return [name for name, contact in self.contacts.items() if contact.side == side]

    @property
    def interfaces(self) -> dict[str, Element]:
        """Boundaries with an impedance of their own."""
        found = self.contacts.items()
        return {name: c.interface for name, c in found if c.interface is not None}


@dataclass(frozen=True)
class Numerics:
    """How the model is solved.

    Attributes:
        solver: ``direct`` (MUMPS), ``iterative`` (GMRES and multigrid), or by size.
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    solver: Literal["auto", Solver] = "auto"
    assembly: Assembly = "vectorised"
