"""An interphase that grows between lithium metal and an oxynitride electrolyte.

Unknowns: lithium activity and the interstitials N, O and P; what does not move follows from them
node by node. Equations: docs/cheng2020-interphase.md. Knows no paper's numbers; lengths in um,
times in s, amounts per phosphorus of the electrolyte.
"""
