"""How deep lithium goes into the pores of Li3N-LiF, and what stops it (Fig. 5g)."""
