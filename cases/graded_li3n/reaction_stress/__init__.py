"""Stress of LZC that lithium has reacted with, on the state of a bilayer run (Fig. 8D)."""
