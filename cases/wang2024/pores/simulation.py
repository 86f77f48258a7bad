"""Strips of lithium between pores, one model per porosity, swept over the size of the pores."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.wang2024.pores.parameters import AXIS, Parameters, label
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.engine.case import Simulation
from lithode.meshes import contact_strips
from lithode.meshes.contact_strips import ContactStrips
from lithode.solvers.current_distribution.contact import StripContact
from lithode.solvers.current_distribution.parameters import LithiumSurface, Numerics
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants
from lithode.theory import contact

# In periods: there the current is even to exp(-4 pi).
HEIGHT = 2.0


def geometry(parameters: Parameters) -> ContactStrips:
    """Return the cell that all porosities share."""
    p = parameters
    with fields_named({"size": "element_size", "size_far": "element_size_far"}):
        return ContactStrips(
            contacts=tuple(1 - porosity for porosity in p.porosities),
            period=1.0,
            height=HEIGHT,
            size=p.element_size,
            size_far=p.element_size_far,
        )


def _models(parameters: Parameters, domain: Domain) -> Variants:
    p, strips = parameters, geometry(parameters)
    return Variants(
        {
            label(porosity): StripContact(
                contact_strips.touching(domain, strips, 1 - porosity),
                _conductivity(p),
                LithiumSurface(p.thermal_value("exchange_current_density"), p.symmetry_factor),
                p.temperature,
                p.model_value("current"),
                porosity,
                HEIGHT,
                Numerics(p.solver),
            )
            for porosity in p.porosities
        },
        domain,
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the pore size; everything is checked before it is meshed."""
    p = parameters
    p.check()
    strips = geometry(p)
    sweep = Sweep(_models(p, domain or contact_strips.build(strips, comm)), AXIS, p.pore_sizes[0])
    return sweep.simulation(
        p.pore_sizes,
        health=[
            HealthLine(
                f"Wa({porosity:g})",
                _wagner(p, porosity, p.pore_sizes[-1]),
                f"kinetic over ohmic resistance of a strip at d = {p.pore_sizes[-1]:g} um; below "
                "1 the current crowds at its ends",
            )
            for porosity in p.porosities
        ],
        conservation={f"lithium_{label(q)}": f"cation_defect_{label(q)} [1]" for q in p.porosities},
    )


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""

    def make() -> Sweep:
        p = parameters.model_copy(
            update={"porosities": (0.5,), "element_size": 0.1, "element_size_far": 0.25}
        )
        domain = contact_strips.build(geometry(p), MPI.COMM_SELF)
        return Sweep(_models(p, domain), AXIS, p.pore_sizes[0])

    return [make]


def _wagner(parameters: Parameters, porosity: float, pore_size: float) -> float:
    p = parameters
    return contact.wagner_number(
        _conductivity(p),
        inverse_thermal_voltage(p.temperature),
        p.thermal_value("exchange_current_density"),
        p.model_value("current") / (1 - porosity),
        contact.strip_width(pore_size, porosity),
    )


def _conductivity(p: Parameters) -> float:
    return to_model(p.ionic, "S/cm") * p.thermal_factor("ionic_conductivity")
