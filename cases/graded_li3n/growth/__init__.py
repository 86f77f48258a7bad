"""Lithium through a layer of fine, or graded, Li3N particles at constant overpotential (Fig. 5)."""
