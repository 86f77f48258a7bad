"""Physical constants in the coherent model units (um, s, V, pC, amol, K)."""

from __future__ import annotations

# CODATA, written out: the table takes scipy 0.3 s to load. Only the last one is measured.
FARADAY = 0.09648533212331004
GAS_CONSTANT = 8.314462618153241e-06
BOLTZMANN = 1.3806490000000003e-11
VACUUM_PERMITTIVITY = 8.8541878188e-06


def inverse_thermal_voltage(temperature: float) -> float:
    """Return f = F / (R T) in 1/V for a temperature in K."""
    return FARADAY / (GAS_CONSTANT * temperature)
