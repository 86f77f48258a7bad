"""Ji et al., Advanced Materials 32 (2020) 2002741: Li3N-LiF layers between lithium and Li3PS4."""
