"""Electrodeposition of lithium in a solid electrolyte: the electro-chemo-mechanical phase field.

Unknowns: order parameter xi, Li+ concentration c (over its bulk value), electric potential phi
and displacement u. Equations of the graded-Li3N paper (Methods), written out in
docs/electrodeposition.md. Each step solves (xi, c) together by Newton with phi and the
hydrostatic stress extrapolated to the new time, then phi, then u: second order in time.
With ``Charge.TWO_POTENTIAL`` phi is a pair, of Li+ and of electrons, and solved with (xi, c).
All quantities are in the coherent units of ``lithode.core.units``.
"""
