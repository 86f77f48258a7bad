"""What a solid electrolyte turns into with lithium: phases, their data, and the equilibrium."""

from __future__ import annotations

from lithode.materials.phases import Measurement, Phase, PhaseTable
from lithode.solvers.decomposition.equilibrium import Assemblages, State, lowest, names_of
from lithode.solvers.decomposition.model import Decomposition

__all__ = [
    "Assemblages",
    "Decomposition",
    "Measurement",
    "Phase",
    "PhaseTable",
    "State",
    "lowest",
    "names_of",
]
