"""Steady distribution of ionic and, optionally, electronic current around lithium.

Unknowns: the potential of Li+ and, in a mixed conductor, that of electrons, which a volumetric
reaction couples. Butler-Volmer kinetics, behind a resistive film or not, at the boundary
"electrode"; current or potential held at "counter_electrode". Knows no paper's numbers; all
quantities are in the coherent units of ``lithode.core.units``. Written out in
docs/wang2024-criterion.md.
"""

from lithode.solvers.current_distribution.contact import StripContact
from lithode.solvers.current_distribution.equations import PREFIX
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    ButlerVolmerReaction,
    Conductor,
    LinearReaction,
    LithiumSurface,
    NucleationReaction,
    Numerics,
    Observation,
    Parameters,
    Reaction,
)

__all__ = [
    "PREFIX",
    "ButlerVolmerReaction",
    "Conductor",
    "CurrentDistribution",
    "LinearReaction",
    "LithiumSurface",
    "NucleationReaction",
    "Numerics",
    "Observation",
    "Parameters",
    "Reaction",
    "StripContact",
]
