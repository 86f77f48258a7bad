"""Wang et al. (2024), Fig. S23: pore size against an even current at lithium."""
