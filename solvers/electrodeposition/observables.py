"""What is read off an accepted state: history, fields and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.core.parallel import lasting
from lithode.solvers.electrodeposition.backstop import BackstopGauges
from lithode.solvers.electrodeposition.coupling import Unknowns
from lithode.solvers.electrodeposition.currents import Flowing
from lithode.solvers.electrodeposition.equations import Equations
from lithode.solvers.electrodeposition.lobes import Lobes
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.front_gauges import FrontCells, FrontGauge, Overhang
from lithode.solvers.numerics.gauges import NodalWeights, boundary_size
from lithode.solvers.numerics.model import Event
from lithode.solvers.numerics.ranked import widest_gap
from lithode.theory import free_energy

# A largest value at nodes grows without end as a mesh is refined at corners; this share of the
# lithium has a pressure that converges.
_HIGH = 0.99


class Observables:
    """Gauges of a model.

    Args:
        domain: Mesh with the boundaries electrode and counter_electrode.
        weights: Nodal weights of the scalar P1 space.
        equations: The model's equations.
        unknowns: The model's unknowns; the accepted levels are read.
        currents: What flowed in the last accepted step.
    """

    def __init__(
        self,
        domain: Domain,
        weights: NodalWeights,
        equations: Equations,
        unknowns: Unknowns,
        currents: Flowing,
    ) -> None:
        self._parameters, self._two = equations.parameters, equations.has_two_potentials
        self._weights, self._unknowns, self._currents = weights, unknowns, currents
        space, self._dimension = weights.space, domain.mesh.geometry.dim
        self._comm, self._front = lasting(domain.mesh.comm), FrontGauge(space)
        self._front_cells = FrontCells(space)
        interface = self._parameters.interface
        self._margin = free_energy.interface_width_10_90(
            interface.barrier, interface.gradient_coefficient
        )
        self._lobes = Lobes(space, self._margin)
        self._electrode_size = boundary_size(domain, "electrode")
        self._overhang = Overhang(unknowns.phase.now[0], domain, self._electrode_size)
        self._heights = space.tabulate_dof_coordinates()[:, self._dimension - 1]
        self._top = float(weights.maxima(self._heights)[0])
        self.backstop = None
        if self._parameters.backstop is not None:
            self.backstop = BackstopGauges(
                domain,
                self._parameters.backstop,
                equations,
                space,
                weights,
                unknowns.phase.now[0],
                unknowns.displacement.now,
            )
        self._seen: set[str] = set()
        potentials = ("ionic_potential", "electronic_potential") if self._two else ("potential",)
        names = "order_parameter", "concentration", *potentials, "hydrostatic_stress"
        self._output = [Function(space, name=name) for name in names]
        far = ufl.TestFunction(space) * equations.counter_electrode
        self._far = weights.moments(compiled(far))

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/electrodeposition.md for each."""
        w, unknowns, currents = self._weights, self._unknowns, self._currents
        phase, pressure = unknowns.phase.now.x.array, -unknowns.stress.now.x.array
        xi, c = phase[0::2], phase[1::2]
        metal = xi >= 0.5
        interface = xi**2 * (1 - xi) ** 2
        tip, other = self._gap(xi)
        below = self._heights <= tip
        plated, current = w.whole * xi, currents.faradaic
        if self._parameters.counter_electrode.is_metal:
            lower = np.asarray(2 * self._heights <= tip + other, dtype=np.float64)
            plated, current = plated * lower, currents.plating(lower)
        sums = [w.whole * xi, plated]
        maxima = [pressure[metal], c, -c]
        for weights in w.regions.values():
            here = metal & (weights > 0)
            sums += [
                weights * interface,
                weights * interface * pressure,
                weights * below,
                weights * below * xi,
            ]
            maxima += [pressure[here], xi[weights > 0]]
        totals, largest = w.sums(*sums), w.maxima(*maxima)
        size = self._electrode_size
        row = {
            "tip_height [um]": tip,
            f"lithium [{'um^2' if self._dimension == 2 else 'um^3'}]": float(totals[0]),
            "mean_height [um]": float(totals[1]) / size,
            "plating_current [A/m^2]": current / size,
            "electrode_current [A/m^2]": currents.electrode / size,
            "counter_electrode_current [A/m^2]": currents.counter_electrode / size,
            "overhang [1]": self._overhang(),
            "lobes [1]": float(self._lobes(xi)),
            "elements_per_width [1]": self._margin / self.front_size(),
            "pressure_max [MPa]": _or_nan(largest[0]),
            "pressure_p99 [MPa]": w.quantile(pressure, w.whole * metal, _HIGH),
            "concentration_max [1]": float(largest[1]),
            "concentration_min [1]": -float(largest[2]),
            "lithium_defect [1]": currents.lithium_defect(),
            "charge_defect [1]": currents.charge_defect(),
        }
        if self._parameters.counter_electrode.is_metal:
            row["stripping_current [A/m^2]"] = (current - currents.faradaic) / size
        if self._two:
            row["cell_voltage [V]"] = self._cell_voltage()
        for k, (name, weights) in enumerate(w.regions.items()):
            interface_size, moment, area, filled = totals[2 + 4 * k : 6 + 4 * k]
            row[f"pressure_mean_{name} [MPa]"] = (
                float(moment / interface_size) if interface_size > 1e-6 else np.nan
            )
            row[f"pressure_max_{name} [MPa]"] = _or_nan(largest[3 + 2 * k])
            row[f"pressure_p99_{name} [MPa]"] = w.quantile(pressure, weights * metal, _HIGH)
            row[f"contact_{name} [1]"] = float(largest[4 + 2 * k])
            row[f"lithium_fraction_{name} [1]"] = float(filled / area) if area > 0 else 0.0
        if self.backstop is not None:
            row |= self.backstop(xi, pressure)
        return row

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the front; collective."""
        return self._front_cells.size(self._unknowns.phase.now.x.array[0::2])

    def _gap(self, xi: Any) -> tuple[float, float]:
        """Return the tip of the lithium that grows and what it grows to, in um; collective."""
        heights = self._front.heights(xi)
        if not self._parameters.counter_electrode.is_metal:
            return float(self._weights.maxima(heights)[0]), self._top
        # Along a surface crossings follow each other within an element: the gap is the widest.
        return widest_gap(self._comm, heights)

    def _cell_voltage(self) -> float:
        """Potential of the electrode against the mean one of the counter electrode, in V."""
        if not self._two:
            return self._parameters.overpotential
        carrier = self._parameters.counter_electrode.carrier
        return -self._weights.mean(self._unknowns.potential.now.x.array[carrier::2], self._far)

    def fields(self) -> Sequence[Function[Any]]:
        """Return xi, c, phi (V), hydrostatic stress (MPa, tension positive) and u (um).

        With two potentials phi of Li+, then phi of electrons, both against the counter electrode.
        """
        phase, potential = (
            levels.now.x.array for levels in (self._unknowns.phase, self._unknowns.potential)
        )
        voltage = self._cell_voltage()
        potentials = (potential[0::2], potential[1::2]) if self._two else (potential,)
        values = (
            phase[0::2],
            phase[1::2],
            *(part + voltage for part in potentials),
            self._unknowns.stress.now.x.array,
        )
        for out, value in zip(self._output, values, strict=True):
            out.x.array[:] = value
        return [*self._output, self._unknowns.displacement.now]

    def events(self) -> Sequence[Event]:
        """Return contacts of the front with regions, and what ends the run.

        That is a short circuit or, at a held current, the cut-off voltage.
        """
        w, xi = self._weights, self._unknowns.phase.now.x.array[0::2]
        found = []
        largest = w.maxima(*(xi[weights > 0] for weights in w.regions.values()))
        for name, value in zip(w.regions, largest, strict=True):
            if value >= 0.5:
                found.append(Event(f"front at {name}", f"lithium reaches region {name}", False))
        tip, other = self._gap(xi)
        if tip >= other - self._margin:
            found.append(Event("short circuit", "lithium reaches the counter electrode", True))
        elif self._parameters.counter_electrode.is_metal and other >= self._top - self._margin:
            found.append(Event("foil used up", "the counter electrode is stripped", True))
        limit = self._parameters.cutoff_voltage
        if self._parameters.current_density is not None and abs(self._cell_voltage()) >= limit:
            found.append(Event("cut-off voltage", f"the cell voltage reaches {limit:g} V", True))
        new = [event for event in found if event.name not in self._seen]
        # A final event is met again by whoever goes on from its checkpoint.
        self._seen.update(event.name for event in new if not event.final)
        return new


def _or_nan(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")
