"""Derived numbers behind wetting, before a run."""

from __future__ import annotations

from lithode.core.health import HealthLine
from lithode.solvers.wetting.inputs import WettingInputs
from lithode.theory import capillarity, free_energy


def health(inputs: WettingInputs, pore_width: float) -> list[HealthLine]:
    """Return the derived numbers behind wetting.

    Args:
        inputs: Of the model.
        pore_width: Of a typical pore, in um.
    """
    p, interface, gamma = inputs, inputs.interface, inputs.model_value("surface_energy")
    width = free_energy.interface_width_10_90(interface.barrier, interface.gradient_coefficient)
    slit = abs(capillarity.pore_pressure(gamma, p.contact_angle, pore_width))
    capillary = capillarity.pressure_overpotential(slit, p.model_value("molar_volume"))
    speed = 6 * interface.profile_length * interface.mobility * gamma / pore_width
    lines = [
        HealthLine(
            "w/h",
            width / p.element_size,
            "elements per 10-90 % width; below, the surface pins to the mesh",
            low=2.5,
        ),
        HealthLine("P", p.pressure, "pressure that drives it, with the overpotential's", "MPa"),
        HealthLine(
            "eta_cap",
            1e3 * capillary,
            "capillary overpotential 2 gamma |cos theta| v_m / (w F) of a pore",
            "mV",
        ),
        HealthLine(
            "P/A",
            abs(p.pressure) / interface.barrier,
            "drive over phase stiffness; above, lithium appears in the pores by itself",
            high=0.3,
        ),
        HealthLine("t_cap", pore_width / speed / 3600, "time for a pore width by capillarity", "h"),
    ]
    if p.formulation == "grain_field":
        meaning = "cross-gradient coefficient over that of lithium"
        lines.append(HealthLine("k_Lg/k", p.coupling_ratio, meaning))
    return lines
