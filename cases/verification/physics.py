"""Parameters of a quantitative front, as the verification cases need them."""

from __future__ import annotations

from dataclasses import replace

from lithode.core.constants import FARADAY
from lithode.solvers.electrodeposition.parameters import (
    RESERVOIR,
    RESIDUAL,
    Charge,
    CounterElectrode,
    ElectrolyteRegion,
    Kinetics,
    Lithium,
    Parameters,
    Transport,
)
from lithode.theory import free_energy, kinetics
from lithode.theory.elasticity import Stiffness
from lithode.theory.free_energy import Interface
from lithode.theory.wavy_interface import Sandwich

UNSTRAINED = Sandwich(
    Stiffness.from_engineering(1.0, 0.0), Stiffness.from_engineering(1.0, 0.0), eigenstrain=0.0
)
METAL_OVER_ELECTROLYTE = 1e5
"""Conductivity of lithium over that of the electrolyte: equipotential, and no round-off."""


def single_ion(
    *,
    profile_length: float,
    conductivity: float,
    exchange: float,
    surface_energy: float,
    molar_volume: float,
    temperature: float,
    current: float | None = None,
    overpotential: float = 0.0,
    counter_electrode: CounterElectrode = RESERVOIR,
    solids: Sandwich = UNSTRAINED,
    mechanical_factor: float = 1.0,
) -> Parameters:
    """Return the physics of a single-ion conductor and lithium, in coherent units.

    Args:
        profile_length: d in um.
        conductivity: Of the electrolyte in uS/m.
        exchange: i_0 in A/m^2.
        surface_energy: gamma in J/m^2.
        molar_volume: V_m in um^3/amol.
        temperature: In K.
        current: Held, in A/m^2; None holds the overpotential.
        overpotential: Of the electrode against the counter electrode in V.
        counter_electrode: What is opposite.
        solids: Stiffness of both, and the eigenstrain of lithium.
        mechanical_factor: C.
    """
    full, site = 4 * profile_length, 1 / molar_volume
    return Parameters(
        lithium=Lithium(
            stiffness=solids.lithium,
            diffusivity=1.0,
            conductivity=METAL_OVER_ELECTROLYTE * conductivity,
            molar_volume=molar_volume,
            site_density=site,
        ),
        regions={
            "electrolyte": ElectrolyteRegion(
                stiffness=solids.electrolyte,
                eigenstrain=solids.eigenstrain,
                rate_constant=kinetics.rate_constant(exchange, full, site),
                diffusivity=1.0,
                conductivity=conductivity,
            )
        },
        interface=Interface(
            free_energy.barrier_height(surface_energy, full),
            free_energy.gradient_coefficient(surface_energy, full),
            mobility=1.0,
        ),
        kinetics=Kinetics(temperature, symmetry_factor=0.5, mechanical_factor=mechanical_factor),
        overpotential=overpotential,
        bulk_concentration=1.0,
        transport=Transport.SINGLE_ION,
        charge=Charge.TWO_POTENTIAL,
        current_density=current,
        residual_conductivity=RESIDUAL["quantitative"],
        counter_electrode=counter_electrode,
    )


def binary(
    single: Parameters, *, bulk: float, diffusivity: float, transference: float
) -> Parameters:
    """Return the same with a salt in the electrolyte; Nernst and Einstein give its conductivity.

    Args:
        single: As of `single_ion`.
        bulk: c_0 in mol/m^3.
        diffusivity: Ambipolar D in um^2/s.
        transference: t+.
    """
    # D+ + D- = D / (2 t+ t-).
    mobile = diffusivity / (2 * transference * (1 - transference))
    conductivity = FARADAY * single.kinetics.inverse_thermal_voltage * bulk * mobile
    regions = {
        name: replace(region, diffusivity=diffusivity, conductivity=conductivity)
        for name, region in single.regions.items()
    }
    metal = replace(single.lithium, conductivity=METAL_OVER_ELECTROLYTE * conductivity)
    return replace(
        single,
        lithium=metal,
        regions=regions,
        bulk_concentration=bulk,
        transport=Transport.BINARY,
        transference_number=transference,
    )
