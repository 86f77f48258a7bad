"""Physical constants in the coherent model units (um, s, V, pC, amol, K)."""

from __future__ import annotations

from scipy import constants as codata

from lithode.core.units import to_model

FARADAY = to_model(codata.value("Faraday constant"), "C/mol")
GAS_CONSTANT = to_model(codata.R, "J/(mol K)")
BOLTZMANN = to_model(codata.k, "J/K")
VACUUM_PERMITTIVITY = to_model(codata.epsilon_0, "F/m")


def inverse_thermal_voltage(temperature: float) -> float:
    """Return f = F / (R T) in 1/V for a temperature in K."""
    return FARADAY / (GAS_CONSTANT * temperature)
