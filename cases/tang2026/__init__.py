"""Li3N interlayers by gas-phase synthesis: Tang et al., Small Structures (2026)."""
