"""Resistance and voltage of cycled cells from impedance, and how they go on (Table 2, Fig. 2)."""
