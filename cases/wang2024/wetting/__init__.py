"""Lithium that grows, or does not, into lithiophilic and lithiophobic pores (Fig. 2k, l)."""
