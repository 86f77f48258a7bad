"""Which solid keeps lithium out: the criteria of Ji et al. (Figs. 1 and 2) as numbers."""
