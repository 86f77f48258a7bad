"""The two-potential model of an interlayer, and its sweep over the current density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from mpi4py import MPI

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.cases.wang2024.design_readings import AXIS
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.core.health import HealthLine
from lithode.core.units import from_model
from lithode.engine.case import Simulation
from lithode.meshes import interlayer
from lithode.meshes.structured import layered_interval
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    Conductor,
    Numerics,
    Observation,
    Parameters,
)
from lithode.solvers.numerics.properties import Property
from lithode.solvers.numerics.sweep import SteadyModel, Sweep
from lithode.theory.interlayer_design import InterlayerDesign

# Lithium that plates within this many um counts as next to lithium, or to the electrolyte; in an
# interlayer not twice as thick each half does.
EDGE = 10.0

P = TypeVar("P", bound=DesignParameters)


def two_potential_model(
    domain: Domain,
    parameters: DesignParameters,
    conductivities: Sequence[tuple[Property, Property]],
    design: InterlayerDesign,
) -> CurrentDistribution:
    """Make the model of one interlayer, with the columns of the closed form beside its own.

    Args:
        domain: The mesh.
        parameters: The parameters.
        conductivities: Of each layer, from lithium upwards: ionic and electronic, in uS/m.
        design: The same interlayer for the closed form.
    """
    p, thickness = parameters, design.thickness
    regions = {
        name: Conductor(ionic, electronic, p.reaction)
        for name, (ionic, electronic) in zip(
            interlayer.layer_names(len(conductivities)), conductivities, strict=True
        )
    }

    def lengths(load: float) -> Mapping[str, float]:
        spike = float(design.spike_voltage(load))
        return {
            "nucleation_length [um]": float(design.nucleation_length(load)),
            "growth_length [um]": float(design.growth_length(load)),
            "spike_voltage [V]": spike,
            "spike_over_current [ohm cm^2]": from_model(spike / load, "ohm cm^2"),
        }

    edge = min(EDGE, thickness / 2)
    bands = {"lithium": (0.0, edge), "electrolyte": (thickness - edge, thickness)}
    return CurrentDistribution(
        domain,
        Parameters(regions, p.surface, p.temperature),
        Numerics(p.solver),
        Observation(bands, lengths),
    )


def coarse(parameters: P) -> P:
    """Return the parameters for a few cells in 1 dimension."""
    few = {"dimension": 1, "element_size": parameters.whole_thickness}
    return parameters.model_copy(update=few)


def mesh(parameters: DesignParameters, comm: MPI.Intracomm) -> Domain:
    """Mesh the layers of a run, each a region, in 1 or 2 dimensions; collective.

    Raises:
        InputError: The element size does not fit.
    """
    p = parameters
    named = zip(interlayer.layer_names(len(p.layers)), p.layers, strict=True)
    layers = {name: layer.thickness for name, layer in named}
    if p.dimension == 1:
        return layered_interval(comm, layers, p.element_size)
    with fields_named({"size": "element_size"}):
        shape = interlayer.Interlayer(
            p.width,
            p.whole_thickness,
            p.element_size,
            4 * p.element_size,
            layers=tuple(interlayer.Layer(*layer) for layer in layers.items()),
        )
    return interlayer.build(shape, comm)


def simulation(
    parameters: DesignParameters,
    steady: SteadyModel,
    designs: Mapping[str, InterlayerDesign],
) -> Simulation:
    """Make the sweep over the current density.

    Args:
        parameters: The parameters.
        steady: What is solved at each.
        designs: Suffix of the columns to the closed form.
    """
    p, currents = parameters, parameters.currents
    sweep = Sweep(steady, AXIS, currents[0])
    health = [
        HealthLine("eta_c", 1e3 * p.eta_c, "critical overpotential of nucleation", "mV"),
        HealthLine(
            "i_c",
            from_model(next(iter(designs.values())).onset_current, AXIS.unit),
            "eta_c / R: nothing nucleates below, closed form",
            AXIS.unit,
        ),
    ]
    for suffix, design in designs.items():
        meaning = "C R / (4 s_g i_c): up to 1 growth covers nucleation at every current"
        name = f"tangent{suffix}"
        health.append(HealthLine(name, design.tangent_ratio, meaning, high=1.0))
    return sweep.simulation(
        currents,
        health=health,
        conservation={
            f"{name}{suffix}": f"{column}_defect{suffix} [1]"
            for suffix in designs
            for name, column in (("lithium", "cation"), ("electrons", "electron"))
        },
    )
