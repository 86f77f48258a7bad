"""Impedance of a body between two electrodes, by finite elements in the frequency domain.

Solves div(kappa(w) grad phi) = 0 with a complex conductivity per region, electrodes behind complex
interface impedances, and a unit alternating voltage, as two real equations; written out in
docs/tang2026-impedance.md. Knows no paper's numbers; all quantities are in the coherent units of
``lithode.core.units``: resistivities in Mohm m, area-specific impedances in ohm m^2.
"""
