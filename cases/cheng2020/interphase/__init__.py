"""Growth of the interphase between lithium metal and LiPON, and its layers (Figs. 2, 6)."""
