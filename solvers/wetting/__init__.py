"""Lithium that wets the grains of a porous interlayer: an Allen-Cahn phase field.

Unknown: the order parameter zeta, 1 in lithium and 0 in solid and pore. Equations 11 to 16 of
Wang et al., Nature Energy 9 (2024) 251, with grains as frozen fields or as walls of the mesh that
take a contact angle; written out in docs/wang2024-wetting.md. Knows no paper's numbers; all
quantities are in the coherent units of ``lithode.core.units``.
"""
