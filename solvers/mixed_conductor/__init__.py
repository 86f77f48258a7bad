"""Mixed ionic-electronic conduction next to lithium: Nernst-Planck transport and nucleation.

Unknowns: the quasi-Fermi potentials p of Li+ and q of electrons and, where charge is not
neutral, the electric potential V. Equations 3 to 10 of Wang et al., Nature Energy 9 (2024) 251,
written out in docs/wang2024-transport.md. Knows no paper's numbers; all quantities are in the
coherent units of ``lithode.core.units``, potentials of the unknowns over RT/F and concentrations
over the reference concentration c_0.
"""
