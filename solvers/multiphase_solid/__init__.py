"""Static stress of a mixture of phases along an extent of reaction."""

from lithode.solvers.multiphase_solid.model import PREFIX, MultiphaseSolid, Numerics, Phase

__all__ = ["PREFIX", "MultiphaseSolid", "Numerics", "Phase"]
