"""What masses, resistances and voltages of the cells say of each other (Figs. 2, 3, S24, S36)."""
