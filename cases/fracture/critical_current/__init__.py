"""The current at which lithium cracks its electrolyte."""
