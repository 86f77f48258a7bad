"""Steady distribution of ionic and, optionally, electronic current around lithium.

Unknowns: the potential of Li+ and, in a mixed conductor, that of electrons, which a volumetric
reaction couples. Butler-Volmer kinetics, behind a resistive film or not, at the boundary
"electrode"; current or potential held at "counter_electrode". Knows no paper's numbers; all
quantities are in the coherent units of ``lithode.core.units``. Written out in
docs/wang2024-criterion.md.
"""
