"""The symmetric cell under any protocol: activation, Ohm's law, what the pores do (Figs. 3, 4)."""
