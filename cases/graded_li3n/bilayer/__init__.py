"""Lithium among particles up to a layer in which it does not plate (Fig. 8A-C)."""
