"""Wang et al. (2024), Fig. 4: up to which current density an interlayer is dendrite-safe."""
