"""Wang et al. (2024), Fig. 5: homogeneous, dual-layer and graded interlayers compared."""
