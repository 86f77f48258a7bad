"""What a solid electrolyte turns into with lithium: phases, their data, and the equilibrium."""
