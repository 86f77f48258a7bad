"""Lithode: FEniCSx multiphysics for lithium growth in solid-state batteries."""

__version__ = "0.1.0"
