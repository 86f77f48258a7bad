"""A galvanostatic cell of layers between two lithium foils, whose pores fill with lithium.

Unknowns: the potential of Li+ and that of the left foil, the right one being at 0 V. Butler-Volmer
kinetics at both foils and on the walls of the filled pores; the current follows a protocol. The
filled depths march in time. Written out in docs/ji2020-symmetric-cell.md.
"""
