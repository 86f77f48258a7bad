"""Lithium that cracks its electrolyte."""
