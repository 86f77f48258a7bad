"""Voids at stripped lithium against creep under stack pressure, with and without Li3N (Fig. 2)."""
