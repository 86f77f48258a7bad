"""Cracks in the solid by a phase field."""
