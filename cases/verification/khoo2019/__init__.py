"""Khoo, Zhao and Bazant, J. Electrochem. Soc. 166 (2019) A2280: a wave in a binary electrolyte."""
