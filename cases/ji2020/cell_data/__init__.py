"""Masses, impedance and critical current of the cells against each other (Methods, Figs. 3, 5)."""
