"""Wang et al., Nature Energy 9 (2024) 251: interlayers that take lithium up without dendrites."""
