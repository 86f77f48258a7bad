"""Derived numbers behind the pattern of growth next to a mixed conductor."""

from __future__ import annotations

from lithode.core.constants import VACUUM_PERMITTIVITY, inverse_thermal_voltage
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.solvers.mixed_conductor.inputs import TransportInputs
from lithode.theory import transport


def health(inputs: TransportInputs, height: float) -> list[HealthLine]:
    """Return diffusivities, reaches and the Wagner number.

    Args:
        inputs: Of the model.
        height: Of what stands out of the lithium, or of the whole conductor, in um.
    """
    p, f = inputs, inverse_thermal_voltage(inputs.temperature)
    electrons, cations = p.conductor.electron_diffusivity, p.conductor.cation_diffusivity
    debye = transport.squared_debye_length(
        p.relative_permittivity * VACUUM_PERMITTIVITY, p.cation_concentration, f
    )
    ionic = to_model(p.ionic, "S/cm") * p.thermal_factor("ionic_conductivity")
    wagner = ionic / (f * p.thermal_value("exchange_current_density") * height)
    return [
        HealthLine("D_e", electrons, "diffusivity of electrons; sets the pattern", "um^2/s"),
        HealthLine("D_Li", cations, "diffusivity of Li+", "um^2/s"),
        HealthLine(
            "l_e", (electrons * p.end_time) ** 0.5, "reach of electrons by diffusion alone", "um"
        ),
        HealthLine(
            "Wa", wagner, "kinetic over ohmic resistance of a protrusion; below 1 its tip leads"
        ),
        HealthLine("lambda", 1e3 * debye**0.5, "Debye length; the mesh does not resolve it", "nm"),
    ]
